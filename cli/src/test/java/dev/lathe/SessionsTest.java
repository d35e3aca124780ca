package dev.lathe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.lathe.ir.Graph;
import dev.lathe.ir.text.IrParser;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.ModelOptions;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Tensor;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions of one model in several threads, on every backend. */
class SessionsTest {
  private static final int RUNS = 2000;

  /** A convolution, a reduction and a product, so that several kinds of kernels run. */
  private static final String NET =
      """
      graph "net" {
        parameter "w" : f32[8, 3, 3, 3] = splat 0.125
        parameter "v" : f32[8, 5] = splat -0.5
        function "forward"(%x "x": f32[1, 3, 12, 12]) -> ("y") {
          %w = parameter() {name = w, type = "f32[8, 3, 3, 3]"} : f32[8, 3, 3, 3]
          %v = parameter() {name = v, type = "f32[8, 5]"} : f32[8, 5]
          %c = conv(%x, %w) {strides = [1, 1], dilations = [1, 1], pads_begin = [0, 0],
                             pads_end = [0, 0], groups = 1} : f32[1, 8, 10, 10]
          %r = relu(%c) : f32[1, 8, 10, 10]
          %m = reduce_mean(%r) {axes = [2, 3], keep_dims = false} : f32[1, 8]
          %p = matmul(%m, %v) {transpose_a = false, transpose_b = false} : f32[1, 5]
          %y = softmax(%p) {axis = -1} : f32[1, 5]
          return %y
        }
      }
      """;

  private static Model model(String backend) {
    Graph graph = IrParser.parse(NET);
    return Model.of(graph, ModelOptions.defaults().backend(backend).threads(1), () -> {});
  }

  private static Tensor input(long seed) {
    Random random = new Random(seed);
    float[] elements = new float[3 * 12 * 12];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = random.nextFloat() - 0.5f;
    }
    return Tensor.of(elements, 1, 3, 12, 12);
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "onednn"})
  void twoThreadsGetWhatOneGets(String backend) throws Exception {
    try (Model model = model(backend);
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Callable<Boolean>> tasks = new ArrayList<>();
      for (long seed = 1; seed <= 2; seed++) {
        Tensor input = input(seed);
        byte[] alone;
        try (Session session = model.newSession()) {
          alone = session.run(input)[0].toBytes();
        }
        tasks.add(
            () -> {
              try (Session session = model.newSession()) {
                Tensor[] inputs = {input};
                Tensor[] outputs = new Tensor[1];
                for (int i = 0; i < RUNS; i++) {
                  session.run(inputs, outputs);
                  if (!java.util.Arrays.equals(outputs[0].toBytes(), alone)) {
                    return false;
                  }
                }
                return true;
              }
            });
      }
      for (Future<Boolean> result : threads.invokeAll(tasks)) {
        assertThat(result.get()).isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"onednn"})
  void aWarmRunAllocatesNothingOnTheHeap(String backend) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Model model = model(backend);
        Session session = model.newSession();
        Tensor input = input(3)) {
      Tensor[] inputs = {input};
      Tensor[] outputs = new Tensor[1];
      for (int i = 0; i < RUNS; i++) {
        session.run(inputs, outputs);
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < RUNS; i++) {
        session.run(inputs, outputs);
      }
      // The measurement itself may allocate a little; a run that did would show by the thousand.
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(8L * RUNS);
    }
  }
}
