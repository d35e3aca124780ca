package dev.lathe.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.BlockBuilder;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class BatcherTest {
  private static final Duration FOREVER = Duration.ofDays(1);

  private final List<AutoCloseable> owned = new ArrayList<>();
  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicReference<Runnable> during = new AtomicReference<>(() -> {});

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : owned.reversed()) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T own(T resource) {
    owned.add(resource);
    return resource;
  }

  private Model model(TestInfo test) {
    String name = test.getDisplayName();
    AddBackend.DURING_RUN.put(
        name,
        () -> {
          runs.incrementAndGet();
          during.get().run();
        });
    owned.add(() -> AddBackend.DURING_RUN.remove(name));
    return own(Model.of(AddBackend.graph(name, 10, 20), ModelOptions.defaults(), () -> {}));
  }

  private Tensor rows(float... elements) {
    return own(Tensor.of(elements, elements.length / 2, 2));
  }

  private static Batcher.Options options(int batch, int queue) {
    return new Batcher.Options(batch, FOREVER, queue);
  }

  @Test
  void aFullBatchIsOneRun(TestInfo test) {
    Batcher batcher = own(new Batcher(model(test), options(4, 9)));
    CompletableFuture<Tensor[]> one = batcher.submit(rows(1, 2), rows(3, 4));
    CompletableFuture<Tensor[]> two = batcher.submit(rows(5, 6, 7, 8), rows(1, 1, 2, 2));
    assertThat(runs).hasValue(0);
    CompletableFuture<Tensor[]> three = batcher.submit(rows(0, 0), rows(0, 0));
    assertThat(one.join()[0].toFloats()).containsExactly(14, 26);
    assertThat(two.join()[0].shape()).containsExactly(2, 2);
    assertThat(two.join()[0].toFloats()).containsExactly(16, 27, 19, 30);
    assertThat(three.join()[0].toFloats()).containsExactly(10, 20);
    assertThat(runs).hasValue(1);
  }

  /** Time that a test moves on. */
  private static final class ManualClock implements Batcher.Clock {
    final AtomicLong now = new AtomicLong();

    @Override
    public long nanos() {
      return now.get();
    }

    @Override
    @SuppressWarnings("WaitNotInLoop") // The caller's.
    public void await(Condition condition, long nanos) throws InterruptedException {
      condition.await();
    }
  }

  @Test
  void aRequestWaitsForOthersNoLongerThanTheDelay(TestInfo test) {
    ManualClock clock = new ManualClock();
    Batcher.Options options = new Batcher.Options(8, Duration.ofNanos(100), 9);
    Batcher batcher = own(new Batcher(model(test), options, clock));
    CompletableFuture<Tensor[]> one = batcher.submit(rows(1, 2), rows(3, 4));
    clock.now.set(99);
    CompletableFuture<Tensor[]> two = batcher.submit(rows(1, 1, 2, 2), rows(0, 0, 0, 0));
    batcher.wake();
    assertThat(one).isNotDone();
    clock.now.set(100);
    batcher.wake();
    assertThat(one.join()[0].toFloats()).containsExactly(14, 26);
    assertThat(two.join()[0].toFloats()).containsExactly(11, 21, 12, 22);
    assertThat(runs).hasValue(1);
  }

  @Test
  void whatDoesNotFitWaitsForTheNextRun(TestInfo test) {
    Batcher batcher = own(new Batcher(model(test), options(2, 9)));
    CompletableFuture<Tensor[]> one = batcher.submit(rows(1, 2), rows(3, 4));
    CompletableFuture<Tensor[]> two = batcher.submit(rows(5, 6, 7, 8), rows(1, 1, 2, 2));
    assertThat(one.join()[0].toFloats()).containsExactly(14, 26);
    assertThat(two.join()[0].toFloats()).containsExactly(16, 27, 19, 30);
    assertThat(runs).hasValue(2);
  }

  @Test
  void manyVirtualThreadsGetTheirOwnRows(TestInfo test) throws Exception {
    Batcher.Options options = new Batcher.Options(8, Duration.ofMillis(1), 1000);
    Batcher batcher = own(new Batcher(model(test), options));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<float[]>> results = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        float number = i;
        results.add(
            threads.submit(
                () -> {
                  try (Tensor x = Tensor.of(new float[] {number, 0}, 1, 2);
                      Tensor y = Tensor.of(new float[] {0, number}, 1, 2)) {
                    return batcher.submit(x, y).join()[0].toFloats();
                  }
                }));
      }
      for (int i = 0; i < 500; i++) {
        assertThat(results.get(i).get()).containsExactly(i + 10, i + 20);
      }
    }
    assertThat(runs.get()).isBetween(63, 500);
  }

  @Test
  void badRequestsAreRefusedAndHarmNobody(TestInfo test) {
    Batcher batcher = own(new Batcher(model(test), options(3, 9)));
    Tensor good = rows(1, 2);
    CompletableFuture<Tensor[]> one = batcher.submit(good, good);
    assertThatThrownBy(() -> batcher.submit(good))
        .isInstanceOf(InvalidTensorException.class)
        .hasMessageContaining("the model takes 2 inputs");
    Tensor wide = own(Tensor.of(new float[3], 1, 3));
    assertThatThrownBy(() -> batcher.submit(wide, wide))
        .isInstanceOf(InvalidTensorException.class)
        .hasMessageContaining("axis 1 must be 2");
    Tensor many = rows(0, 0, 0, 0, 0, 0, 0, 0);
    assertThatThrownBy(() -> batcher.submit(many, many))
        .isInstanceOf(InvalidTensorException.class)
        .hasMessage("a request has from 1 to 3 rows, as many as a batch, but this has 4");
    Tensor none = own(Tensor.of(new float[0], 0, 2));
    assertThatThrownBy(() -> batcher.submit(none, none))
        .isInstanceOf(InvalidTensorException.class)
        .hasMessageEndingWith("but this has 0");
    try (Arena confined = Arena.ofConfined()) {
      Tensor mine = Tensor.allocate(confined, good.elementType(), 1, 2);
      assertThatThrownBy(() -> batcher.submit(good, mine))
          .isInstanceOf(InvalidTensorException.class)
          .hasMessageContaining("input 'y' lies in memory of an arena that is confined");
    }
    // Closed too early: its neighbours are computed without it.
    Tensor closed = Tensor.of(new float[] {1, 2}, 1, 2);
    CompletableFuture<Tensor[]> bad = batcher.submit(closed, closed);
    closed.close();
    CompletableFuture<Tensor[]> two = batcher.submit(good, good);
    assertThat(one.join()[0].toFloats()).containsExactly(12, 24);
    assertThat(two.join()[0].toFloats()).containsExactly(12, 24);
    assertThatThrownBy(bad::join)
        .hasCauseInstanceOf(InvalidTensorException.class)
        .hasMessageContaining("memory was freed");
  }

  @Test
  void aRunThatFailsIsRepeatedForEachAlone(TestInfo test) {
    AtomicInteger failures = new AtomicInteger(2);
    during.set(
        () -> {
          if (failures.getAndDecrement() > 0) {
            throw new ArithmeticException("some row is bad");
          }
        });
    Batcher batcher = own(new Batcher(model(test), options(2, 9)));
    CompletableFuture<Tensor[]> one = batcher.submit(rows(1, 2), rows(3, 4));
    CompletableFuture<Tensor[]> two = batcher.submit(rows(0, 0), rows(0, 0));
    assertThatThrownBy(one::join)
        .hasCauseInstanceOf(ArithmeticException.class)
        .hasMessageContaining("some row is bad");
    assertThat(two.join()[0].toFloats()).containsExactly(10, 20);
    assertThat(runs).hasValue(3);
  }

  @Test
  void tooManyRequestsAreTurnedAwayAndCancelledOnesMakePlace(TestInfo test) {
    Batcher batcher = own(new Batcher(model(test), options(8, 2)));
    Tensor x = rows(1, 2);
    CompletableFuture<Tensor[]> one = batcher.submit(x, x);
    CompletableFuture<Tensor[]> two = batcher.submit(x, x);
    String name = test.getDisplayName();
    assertThatThrownBy(() -> batcher.submit(x, x))
        .isInstanceOf(Batcher.FullException.class)
        .hasMessage(
            "2 requests wait for model " + name + " already, as many as may; try again later");
    assertThat(one.cancel(false)).isTrue();
    CompletableFuture<Tensor[]> three = batcher.submit(x, x);
    batcher.close();
    assertThat(two.join()[0].toFloats()).containsExactly(12, 24);
    assertThat(three.join()[0].toFloats()).containsExactly(12, 24);
    assertThat(one).isCancelled();
  }

  @Test
  void closingServesWhoWaitsAndRefusesOthers(TestInfo test) {
    Batcher batcher = own(new Batcher(model(test), options(8, 9)));
    Tensor x = rows(1, 2);
    CompletableFuture<Tensor[]> one = batcher.submit(x, x);
    Thread.currentThread().interrupt();
    batcher.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(one).isCompleted();
    batcher.close();
    assertThatThrownBy(() -> batcher.submit(x, x))
        .isInstanceOf(Batcher.ClosedException.class)
        .hasMessage("the batcher of model " + test.getDisplayName() + " is closed");
  }

  @Test
  void anInterruptedWorkerFailsWhoWaits(TestInfo test) throws InterruptedException {
    Batcher batcher = own(new Batcher(model(test), options(2, 9)));
    AtomicReference<Thread> worker = new AtomicReference<>();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    during.set(
        () -> {
          worker.set(Thread.currentThread());
          inside.countDown();
          try {
            go.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    Tensor x = rows(1, 2);
    Tensor pair = rows(1, 2, 3, 4);
    CompletableFuture<Tensor[]> one = batcher.submit(pair, pair);
    inside.await();
    CompletableFuture<Tensor[]> two = batcher.submit(x, x);
    during.set(() -> {});
    go.countDown();
    one.join();
    worker.get().interrupt();
    assertThatThrownBy(two::join).hasCauseInstanceOf(Batcher.ClosedException.class);
    batcher.close();
  }

  @Test
  void aStageThatClosesDoesNotWaitForItself(TestInfo test) {
    Batcher batcher = own(new Batcher(model(test), options(1, 9)));
    CountDownLatch closed = new CountDownLatch(1);
    Tensor x = rows(1, 2);
    during.set(
        () -> {
          batcher.close();
          closed.countDown();
        });
    assertThat(batcher.submit(x, x).join()[0].toFloats()).containsExactly(12, 24);
    assertThat(closed.getCount()).isZero();
  }

  @Test
  void modelsWithoutAnOpenBatchAreRefused() {
    refused("f32[3, 2]", "f32[3, 2]", "input x: f32[3, 2]: its first size must be open, a symbol");
    refused("f32[N, 2]", "f32[M, 2]", "input y: f32[M, 2]: its first size must be N, the batch");
    refused("f32[N, N]", "f32[N, N]", "input x: f32[N, N]: its axis 1 depends on the batch too");
    assertThatThrownBy(() -> new Batcher.Options(0, FOREVER, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("batch 0, queue 1");
  }

  private static void refused(String x, String y, String message) {
    Graph graph = new Graph("fixed");
    graph.parameter("bias", ConstantData.ofFloats(1));
    BlockBuilder b = graph.newBlock();
    Value first = b.argument("x", TensorType.parse(x));
    b.argument("y", TensorType.parse(y));
    graph.add(
        new Function(Graph.FORWARD, b.finish(List.of(first)), List.of("x", "y"), List.of("sum")));
    try (Model model = Model.of(graph, ModelOptions.defaults(), () -> {})) {
      assertThatThrownBy(() -> new Batcher(model, Batcher.Options.defaults()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("requests to model fixed cannot be joined: " + message);
    }
  }
}
