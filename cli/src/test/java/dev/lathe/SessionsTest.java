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
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions of one model in several threads, on every backend. */
class SessionsTest {
  private static final int RUNS = 10_000;
  private static final int INPUTS = 4;

  /** An array of two references. */
  private static final int ARRAY_BYTES = 24;

  /**
   * A matrix with its sizes, its segment, and the arena and cleaner that free it: 392 in JDK 25.
   */
  private static final int TENSOR_BYTES = 400;

  private static final String WEIGHTS =
      """
        parameter "w" : f32[16, 3, 3, 3] = %s
        parameter "d" : f32[16, 16, 3, 3] = %s
        parameter "v" : f32[16, 5] = %s
      """
          .formatted(weights(16 * 27, 11), weights(16 * 16 * 9, 12), weights(80, 13));

  /**
   * Convolutions, pools, a product, a softmax and host kernels: every kind of kernel that a run
   * goes through. {@code N} is the batch.
   */
  private static final String FORWARD =
      """
        function "forward"(%x "x": f32[N, 3, 14, 14]) -> ("y", "order") {
          %w = parameter() {name = w, type = "f32[16, 3, 3, 3]"} : f32[16, 3, 3, 3]
          %d = parameter() {name = d, type = "f32[16, 16, 3, 3]"} : f32[16, 16, 3, 3]
          %v = parameter() {name = v, type = "f32[16, 5]"} : f32[16, 5]
          %c = conv(%x, %w) {strides = [1, 1], dilations = [1, 1], pads_begin = [1, 1],
                             pads_end = [1, 1], groups = 1} : f32[N, 16, 14, 14]
          %r = relu(%c) : f32[N, 16, 14, 14]
          %q = max_pool(%r) {kernel = [2, 2], strides = [2, 2], dilations = [1, 1],
                             pads_begin = [0, 0], pads_end = [0, 0], ceil = false,
                             indices = false, column_major = false} : f32[N, 16, 7, 7]
          %e = conv(%q, %d) {strides = [1, 1], dilations = [1, 1], pads_begin = [1, 1],
                             pads_end = [1, 1], groups = 1} : f32[N, 16, 7, 7]
          %a = add(%e, %q) : f32[N, 16, 7, 7]
          %m = reduce_mean(%a) {axes = [2, 3], keep_dims = false} : f32[N, 16]
          %p = matmul(%m, %v) {transpose_a = false, transpose_b = false} : f32[N, 5]
          %y = softmax(%p) {axis = -1} : f32[N, 5]
          %o = cum_sum(%y) {axis = 1, exclusive = false, reverse = false} : f32[N, 5]
          return %y, %o
        }
      """;

  private static String weights(int count, long seed) {
    Random random = new Random(seed);
    List<String> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      numbers.add(Float.toString((random.nextFloat() - 0.5f) / 2));
    }
    return "dense [" + String.join(", ", numbers) + "]";
  }

  /** The network with a batch of {@code batch}: a size, or the symbol N. */
  private static Model model(String backend, String batch) {
    Graph graph =
        IrParser.parse(
            "graph \"net\" {\n" + WEIGHTS + FORWARD.replace("[N,", "[" + batch + ",") + "}");
    return Model.of(graph, ModelOptions.defaults().backend(backend).threads(2), () -> {});
  }

  private static Tensor input(int batch, long seed) {
    Random random = new Random(seed);
    float[] elements = new float[batch * 3 * 14 * 14];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = random.nextFloat() - 0.5f;
    }
    return Tensor.of(elements, batch, 3, 14, 14);
  }

  /**
   * Every session runs all inputs in turn, each its own and of batches that differ, so that a
   * mix-up of sessions, of runs or of the programs for two shapes would show.
   */
  @ParameterizedTest
  @CsvSource({"reference, 500", "onednn, 10000"})
  void twoThreadsGetWhatOneGets(String backend, int runs) throws Exception {
    try (Model model = model(backend, "N");
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Callable<Integer>> tasks = new ArrayList<>();
      Set<String> distinct = new HashSet<>();
      for (long session = 0; session < 2; session++) {
        Tensor[] inputs = new Tensor[INPUTS];
        byte[][] alone = new byte[INPUTS][];
        try (Session single = model.newSession()) {
          for (int i = 0; i < INPUTS; i++) {
            inputs[i] = input(1 + i % 2, session * INPUTS + i);
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

  /**
   * Into given outputs, a run allocates nothing: not a byte in thousands of runs, whether the
   * program was chosen when the model was loaded or is looked up by the inputs' shapes.
   */
  @ParameterizedTest
  @ValueSource(strings = {"1", "N"})
  void aWarmRunIntoGivenOutputsAllocatesNothing(String batch) {
    try (Model model = model("onednn", batch);
        Session session = model.newSession();
        Tensor input = input(1, 3);
        Tensor y = Tensor.allocate(ElementType.F32, 1, 5);
        Tensor order = Tensor.allocate(ElementType.F32, 1, 5)) {
      Tensor[] inputs = {input};
      Tensor[] outputs = {y, order};
      assertThat(allocated(() -> session.run(inputs, outputs))).isZero();
      assertThat(outputs).containsExactly(y, order);
    }
  }

  /**
   * What {@code run(inputs)} returns, an array and two tensors, is all that it allocates: into
   * given outputs the same run allocates nothing, as the test above says, so what is here is
   * theirs.
   *
   * <p>The bound is their size in code that is not compiled. The compiler may leave copies of a
   * shape and views of a segment out, so that fewer bytes are right too, and how many it leaves out
   * differs from process to process: what it does elsewhere is no measure.
   */
  @ParameterizedTest
  @ValueSource(strings = {"1", "N"})
  void aWarmRunThatReturnsTensorsAllocatesThemAlone(String batch) {
    try (Model model = model("onednn", batch);
        Session session = model.newSession();
        Tensor input = input(1, 3)) {
      Tensor[] inputs = {input};
      Tensor[][] kept = new Tensor[1][];
      long bytes = allocated(() -> kept[0] = session.run(inputs));
      assertThat(bytes / 1000).isBetween((long) ARRAY_BYTES, ARRAY_BYTES + 2L * TENSOR_BYTES);
    }
  }

  /**
   * The fewest bytes that this thread allocates in a thousand calls, of several thousands. Warm
   * means compiled with all optimisations, which happens in the background and later on a busy
   * machine; before that, a few short-lived objects are really made. A call that allocates by what
   * it does would do so in every thousand.
   */
  private static long allocated(Runnable call) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < RUNS; i++) {
      call.run();
    }
    long fewest = Long.MAX_VALUE;
    for (int batch = 0; batch < 20; batch++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 1000; i++) {
        call.run();
      }
      long after = threads.getCurrentThreadAllocatedBytes();
      fewest = Math.min(fewest, after - before);
    }
    return fewest;
  }

  /** As where the memory of a tensor that is freed becomes the next one's. */
  @ParameterizedTest
  @ValueSource(strings = {"reference", "onednn"})
  void memoryOfAClosedTensorMayBeTheNextOnes(String backend) {
    Graph graph =
        IrParser.parse(
            """
            graph "sums" {
              function "forward"(%x "x": f32[4]) -> ("y") {
                %y = cum_sum(%x) {axis = 0, exclusive = false, reverse = false} : f32[4]
                return %y
              }
            }
            """);
    ModelOptions options = ModelOptions.defaults().backend(backend);
    try (Arena arena = Arena.ofConfined();
        Model model = Model.of(graph, options, () -> {});
        Session session = model.newSession()) {
      long address = arena.allocate(4 * Float.BYTES, 64).address();
      for (int i = 1; i <= 3; i++) {
        try (Arena own = Arena.ofConfined()) {
          MemorySegment memory =
              MemorySegment.ofAddress(address).reinterpret(4 * Float.BYTES, own, null);
          for (int k = 0; k < 4; k++) {
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, k, i);
          }
          try (Tensor x = Tensor.wrap(memory, ElementType.F32, 4);
              Tensor y = session.run(x)[0]) {
            assertThat(y.getDouble(3)).isEqualTo(4 * i);
          }
        }
      }
    }
  }
}
