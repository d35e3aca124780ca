package dev.lathe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Graph;
import dev.lathe.ir.text.IrParser;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.ModelOptions;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Tensor;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sessions of one model in several threads, on every backend. */
class SessionsTest {
  private static final int RUNS = 10_000;
  private static final int INPUTS = 4;

  /** Convolutions, a pool, a host kernel, a product: so that several kinds of kernels run. */
  private static final String NET =
      """
      graph "net" {
        parameter "w" : f32[16, 3, 3, 3] = %s
        parameter "d" : f32[16, 16, 3, 3] = %s
        parameter "v" : f32[16, 5] = %s
        function "forward"(%%x "x": f32[1, 3, 14, 14]) -> ("y", "order") {
          %%w = parameter() {name = w, type = "f32[16, 3, 3, 3]"} : f32[16, 3, 3, 3]
          %%d = parameter() {name = d, type = "f32[16, 16, 3, 3]"} : f32[16, 16, 3, 3]
          %%v = parameter() {name = v, type = "f32[16, 5]"} : f32[16, 5]
          %%c = conv(%%x, %%w) {strides = [1, 1], dilations = [1, 1], pads_begin = [1, 1],
                             pads_end = [1, 1], groups = 1} : f32[1, 16, 14, 14]
          %%r = relu(%%c) : f32[1, 16, 14, 14]
          %%e = conv(%%r, %%d) {strides = [1, 1], dilations = [1, 1], pads_begin = [1, 1],
                             pads_end = [1, 1], groups = 1} : f32[1, 16, 14, 14]
          %%a = add(%%e, %%r) : f32[1, 16, 14, 14]
          %%m = reduce_mean(%%a) {axes = [2, 3], keep_dims = false} : f32[1, 16]
          %%p = matmul(%%m, %%v) {transpose_a = false, transpose_b = false} : f32[1, 5]
          %%y = softmax(%%p) {axis = -1} : f32[1, 5]
          %%o = cum_sum(%%y) {axis = 1, exclusive = false, reverse = false} : f32[1, 5]
          return %%y, %%o
        }
      }
      """
          .formatted(weights(16 * 27, 11), weights(16 * 16 * 9, 12), weights(80, 13));

  private static String weights(int count, long seed) {
    Random random = new Random(seed);
    List<String> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      numbers.add(Float.toString((random.nextFloat() - 0.5f) / 2));
    }
    return "dense [" + String.join(", ", numbers) + "]";
  }

  private static Model model(String backend) {
    Graph graph = IrParser.parse(NET);
    return Model.of(graph, ModelOptions.defaults().backend(backend).threads(2), () -> {});
  }

  private static Tensor input(long seed) {
    Random random = new Random(seed);
    float[] elements = new float[3 * 14 * 14];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = random.nextFloat() - 0.5f;
    }
    return Tensor.of(elements, 1, 3, 14, 14);
  }

  /** Every session runs all inputs in turn, each its own, so that a mix-up would show. */
  @ParameterizedTest
  @CsvSource({"reference, 500", "onednn, 10000"})
  void twoThreadsGetWhatOneGets(String backend, int runs) throws Exception {
    try (Model model = model(backend);
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Callable<Integer>> tasks = new ArrayList<>();
      Set<String> distinct = new HashSet<>();
      for (long session = 0; session < 2; session++) {
        Tensor[] inputs = new Tensor[INPUTS];
        byte[][] alone = new byte[INPUTS][];
        try (Session single = model.newSession()) {
          for (int i = 0; i < INPUTS; i++) {
            inputs[i] = input(session * INPUTS + i);
            alone[i] = bytes(single.run(inputs[i]));
            distinct.add(Arrays.toString(alone[i]));
          }
        }
        tasks.add(() -> differences(model, inputs, alone, runs));
      }
      assertThat(distinct).hasSize(2 * INPUTS);
      for (Future<Integer> result : threads.invokeAll(tasks)) {
        assertThat(result.get()).isZero();
      }
    }
  }

  /** How many of many runs in a session of their own give other bits than one run alone did. */
  private static int differences(Model model, Tensor[] inputs, byte[][] alone, int runs) {
    int differences = 0;
    try (Session session = model.newSession()) {
      Tensor[] input = new Tensor[1];
      Tensor[] outputs = new Tensor[2];
      for (int i = 0; i < runs; i++) {
        input[0] = inputs[i % INPUTS];
        session.run(input, outputs);
        if (!Arrays.equals(bytes(outputs), alone[i % INPUTS])) {
          differences++;
        }
      }
    }
    return differences;
  }

  private static byte[] bytes(Tensor[] tensors) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Tensor tensor : tensors) {
      all.writeBytes(tensor.toBytes());
    }
    return all.toByteArray();
  }

  @Test
  void aWarmRunAllocatesNothingOnTheHeap() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Model model = model("onednn");
        Session session = model.newSession();
        Tensor input = input(3)) {
      Tensor[] inputs = {input};
      Tensor[] outputs = new Tensor[2];
      for (int i = 0; i < RUNS; i++) {
        session.run(inputs, outputs);
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < RUNS; i++) {
        session.run(inputs, outputs);
      }
      // The measurement itself may allocate a little; a run that did would show ten-thousandfold.
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(RUNS);
    }
  }

  /** What {@code run(inputs)} returns, an array and two tensors, is all that it allocates. */
  @Test
  void aWarmRunThatReturnsTensorsAllocatesThemAlone() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Model model = model("onednn");
        Session session = model.newSession();
        Tensor input = input(3)) {
      for (int i = 0; i < RUNS; i++) {
        session.run(input);
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < RUNS; i++) {
        session.run(input);
      }
      long returned = (threads.getCurrentThreadAllocatedBytes() - before) / RUNS;
      before = threads.getCurrentThreadAllocatedBytes();
      long elements = 0;
      for (int i = 0; i < RUNS; i++) {
        Tensor[] made = {
          Tensor.allocate(Arena.ofAuto(), ElementType.F32, 1, 5),
          Tensor.allocate(Arena.ofAuto(), ElementType.F32, 1, 5)
        };
        elements += made[i % 2].elementCount();
      }
      assertThat(elements).isEqualTo(5L * RUNS);
      long tensors = (threads.getCurrentThreadAllocatedBytes() - before) / RUNS;
      // The inputs' array, of one reference, and the sizes that the tensors are made from.
      assertThat(returned - tensors).isLessThan(200);
    }
  }
}
