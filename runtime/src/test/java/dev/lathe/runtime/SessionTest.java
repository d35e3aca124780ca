package dev.lathe.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.lathe.ir.ElementType;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionTest {
  private final Model model =
      Model.of(AddBackend.graph("m", 10, 20), ModelOptions.defaults(), () -> {});
  private final Session session = model.newSession();
  private final Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
  private final Tensor y = Tensor.of(new float[] {5, 6, 7, 8}, 2, 2);

  @AfterEach
  void close() {
    session.close();
    model.close();
    x.close();
    y.close();
  }

  @Test
  void runsByNameAndByPosition() {
    assertThat(session.run(Map.of("y", y, "x", x)).get("sum").toFloats())
        .containsExactly(16, 28, 20, 32);
    assertThat(session.run(x, y)[0].toFloats()).containsExactly(16, 28, 20, 32);
  }

  @Test
  void writesIntoGivenOutputs() {
    try (Tensor sum = Tensor.allocate(ElementType.F32, 2, 2)) {
      Tensor[] outputs = {sum};
      session.run(new Tensor[] {x, y}, outputs);
      assertThat(outputs[0]).isSameAs(sum);
      assertThat(sum.toFloats()).containsExactly(16, 28, 20, 32);
    }
  }

  @Test
  void replacesAnOutputThatDiffersInADynamicDimension() {
    try (Tensor sum = Tensor.allocate(ElementType.F32, 3, 2)) {
      Tensor[] outputs = {sum};
      session.run(new Tensor[] {x, y}, outputs);
      assertThat(outputs[0].shape()).containsExactly(2, 2);
    }
  }

  @Test
  void aWarmRunAllocatesNothingOnTheHeap() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Tensor[] inputs = {x, y};
    Tensor[] outputs = new Tensor[1];
    for (int i = 0; i < 1000; i++) {
      session.run(inputs, outputs);
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 1000; i++) {
      session.run(inputs, outputs);
    }
    // The measurement itself may allocate a little; a run that did would show a thousandfold.
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(8000);
  }

  private void refuses(String message, Tensor... inputs) {
    assertThatThrownBy(() -> session.run(inputs))
        .isInstanceOf(InvalidTensorException.class)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void refusesInputsThatAreMissingUnknownOrTooMany() {
    assertThatThrownBy(() -> session.run(Map.of("x", x)))
        .isInstanceOf(InvalidTensorException.class)
        .hasMessage("input 'y' is missing; the model takes x: f32[N, 2], y: f32[N, 2]");
    assertThatThrownBy(() -> session.run(Map.of()))
        .hasMessage("inputs 'x', 'y' are missing; the model takes x: f32[N, 2], y: f32[N, 2]");
    assertThatThrownBy(() -> session.run(Map.of("x", x, "y", y, "z", y)))
        .isInstanceOf(InvalidTensorException.class)
        .hasMessage("there is no input 'z'; the model takes x: f32[N, 2], y: f32[N, 2]");
    refuses(
        "the model takes 2 inputs (x: f32[N, 2], y: f32[N, 2]), but 1 tensor is given",
        new Tensor[] {x});
    refuses("input y: f32[N, 2] is missing: null is given", x, null);
  }

  @Test
  void refusesAnotherTypeRankOrShape() {
    refuses(
        "input 'y' must be f32[N, 2], but is i64[2, 2]: the element type must be f32",
        x,
        Tensor.of(new long[4], 2, 2));
    refuses(
        "input 'y' must be f32[N, 2], but is f32[4]: the rank must be 2",
        x,
        Tensor.of(new float[4], 4));
    refuses(
        "input 'x' must be f32[N, 2], but is f32[1, 4]: axis 1 must be 2",
        Tensor.of(new float[4], 1, 4),
        y);
    refuses(
        "input 'y' must be f32[N, 2], but is f32[3, 2]: axis 0 must be 2, as another dimension N"
            + " is",
        x,
        Tensor.of(new float[6], 3, 2));
  }

  @Test
  void refusesMemoryThatCannotBeRead() throws Exception {
    Tensor freed = Tensor.of(new float[4], 2, 2);
    freed.close();
    refuses("input 'x' is a tensor whose memory was freed; close it after the run", freed, y);
    try (Arena confined = Arena.ofConfined()) {
      Tensor mine = Tensor.allocate(confined, ElementType.F32, 2, 2);
      assertThat(CompletableFuture.supplyAsync(() -> messageOf(mine)).get())
          .isEqualTo(
              "input 'x' lies in memory of an arena that is confined to another thread; use a"
                  + " shared arena");
    }
  }

  private String messageOf(Tensor first) {
    try {
      session.run(first, y);
      return "";
    } catch (InvalidTensorException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void refusesOutputsThatDoNotFit() {
    Tensor[] inputs = {x, y};
    refusesOutput("the model gives 1 output (sum: f32[N, 2]), but there are 0 places", inputs);
    refusesOutput(
        "output 'sum' must be f32[N, 2], but is f32[2, 3]: axis 1 must be 2",
        inputs,
        Tensor.of(new float[6], 2, 3));
    refusesOutput(
        "output 'sum' shares memory with input 'y'; give it memory of its own", inputs, y);
    refusesOutput(
        "output 'sum' lies in read-only memory",
        inputs,
        Tensor.wrap(x.segment().asReadOnly(), ElementType.F32, 2, 2));
  }

  private void refusesOutput(String message, Tensor[] inputs, Tensor... outputs) {
    assertThatThrownBy(() -> session.run(inputs, outputs))
        .isInstanceOf(InvalidTensorException.class)
        .hasMessage(message);
  }

  @Test
  void aSecondThreadIsToldToMakeItsOwnSession() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch refused = new CountDownLatch(1);
    AddBackend.DURING_RUN.put(
        "busy",
        () -> {
          running.countDown();
          await(refused);
        });
    try (Model busy = Model.of(AddBackend.graph("busy", 0, 0), ModelOptions.defaults(), () -> {});
        Session shared = busy.newSession()) {
      CompletableFuture<Tensor[]> first = CompletableFuture.supplyAsync(() -> shared.run(x, y));
      await(running);
      assertThatThrownBy(() -> shared.run(x, y))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "another thread is running this session; make a session for each thread with the"
                  + " model's newSession()");
      assertThatThrownBy(shared::close).hasMessageContaining("another thread is running");
      refused.countDown();
      assertThat(result(first)[0].toFloats()).containsExactly(6, 8, 10, 12);
    }
  }

  private static Tensor[] result(CompletableFuture<Tensor[]> future)
      throws ExecutionException, InterruptedException {
    return future.get();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aClosedSessionSaysSo() {
    Session closed = model.newSession();
    closed.close();
    assertThatThrownBy(() -> closed.run(x, y))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the session is closed; make another with the model's newSession()");
  }

  @Test
  void profilesKernels() {
    assertThat(session.profile(2, x, y)).hasSize(1);
    assertThatThrownBy(() -> session.profile(0, x, y))
        .hasMessage("a profile needs an iteration, not 0");
  }
}
