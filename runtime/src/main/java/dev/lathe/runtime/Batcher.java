package dev.lathe.runtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Joins requests that arrive at about the same time to one run of a model.
 *
 * <p>A request has one or more rows: samples along the first axis of every input. Requests whose
 * other sizes agree are put one behind the other, up to a number of rows, and the model runs once;
 * each gets its own rows of the outputs. A request waits for others no longer than a delay, and not
 * at all once a batch is full. So that few programs are needed, runs have the greatest number of
 * rows, or a half, a quarter, … of it: rows that lack are filled up and thrown away.
 *
 * <p>A row's outputs are those of a run of its own up to rounding: for another batch the backend
 * may add in another order.
 *
 * <pre>{@code
 * try (Model model = Model.load(Path.of("classifier.jar"));
 *     Batcher batcher = new Batcher(model, Batcher.Options.defaults())) {
 *   // In as many threads, virtual ones too, as there are requests:
 *   Tensor[] outputs = batcher.submit(image).join();
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads. One thread of its own runs the model; stages that depend on a
 * future and are not asynchronous run on it as well, and should be short.
 */
public final class Batcher implements AutoCloseable {
  private final Model model;
  private final Options options;
  private final Clock clock;
  private final Rows rows;
  private final TensorChecker checker;
  private final Thread worker;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Request> queue = new ArrayDeque<>();
  private long queuedRows;
  private boolean closed;

  /**
   * How requests are joined.
   *
   * @param batch the most rows of a run, at least 1
   * @param delay the longest time that a request waits for others, while the model is free; zero
   *     joins only what is waiting already
   * @param queue the most requests that wait, at least 1
   */
  public record Options(int batch, Duration delay, int queue) {
    /**
     * @throws IllegalArgumentException if a number is less than 1, or the delay is negative
     */
    public Options {
      if (batch < 1 || queue < 1 || delay.isNegative()) {
        throw new IllegalArgumentException(
            "a batch and a queue have at least one place, and a delay is not negative: batch "
                + batch
                + ", queue "
                + queue
                + ", delay "
                + delay);
      }
    }

    /** Up to 8 rows, a delay of a millisecond, and 1024 requests that wait. */
    public static Options defaults() {
      return new Options(8, Duration.ofMillis(1), 1024);
    }
  }

  /** A request that came when as many waited as may. Try again later, or turn clients away. */
  public static final class FullException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private FullException(String message) {
      super(message);
    }
  }

  /** A request to a batcher that is closed. */
  public static final class ClosedException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    private ClosedException(String message) {
      super(message);
    }
  }

  /** Time, for tests. */
  interface Clock {
    long nanos();

    /** Waits until the condition is signalled, or that much time has gone by, or neither. */
    void await(Condition condition, long nanos) throws InterruptedException;
  }

  private static final Clock SYSTEM =
      new Clock() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        @SuppressWarnings("WaitNotInLoop") // It is, in the only caller.
        public void await(Condition condition, long nanos) throws InterruptedException {
          long left = condition.awaitNanos(nanos);
          assert left <= nanos;
        }
      };

  /** A request that waits or is being computed. */
  private static final class Request {
    final Tensor[] inputs;
    final long rows;
    final long deadline;
    final CompletableFuture<Tensor[]> result = new CompletableFuture<>();

    Request(Tensor[] inputs, long rows, long deadline) {
      this.inputs = inputs;
      this.rows = rows;
      this.deadline = deadline;
    }
  }

  /**
   * A batcher for a model, which must stay open until this is closed.
   *
   * @throws IllegalArgumentException if the first sizes of the model's inputs and outputs are not
   *     one symbol, such as {@code N}; the message names the first for which that is so
   * @throws IllegalStateException if the model is closed
   */
  public Batcher(Model model, Options options) {
    this(model, options, SYSTEM);
  }

  Batcher(Model model, Options options, Clock clock) {
    this.model = model;
    this.options = options;
    this.clock = clock;
    this.checker = new TensorChecker(model.signature());
    Rows.expectJoinable(model);
    Session session = model.newSession();
    this.rows = new Rows(model.signature(), options.batch());
    worker =
        Thread.ofPlatform()
            .daemon()
            .name("lathe-batcher-" + model.name())
            .unstarted(() -> work(session));
    worker.start();
  }

  /**
   * Asks for the outputs of some rows.
   *
   * @param inputs a tensor for each input, in the order of the signature, all with the same number
   *     of rows. They are read until the result is there: do not change or close them before, nor
   *     have them in an arena that is confined to a thread
   * @return the outputs of these rows in the order of the signature; their memory is freed when
   *     they are no longer reachable. To cancel it takes the request out of the queue, if it is
   *     still there. It fails with what the model's run fails with for this request alone
   * @throws InvalidTensorException if there are too many or too few inputs, one is of another type
   *     or shape, or there are no rows or more than a batch has
   * @throws FullException if as many requests wait as may
   * @throws ClosedException if this is closed
   */
  public CompletableFuture<Tensor[]> submit(Tensor... inputs) {
    Tensor[] given = inputs.clone();
    lock.lock();
    try {
      if (closed) {
        throw closedException();
      }
      checker.checkInputs(given);
      long count = rows.check(given, worker);
      if (queue.size() >= options.queue()) {
        queue.removeIf(request -> request.result.isDone());
        if (queue.size() >= options.queue()) {
          throw new FullException(
              options.queue()
                  + " requests wait for model "
                  + model.name()
                  + " already, as many as may; try again later");
        }
      }
      Request request = new Request(given, count, clock.nanos() + options.delay().toNanos());
      queue.addLast(request);
      queuedRows += count;
      if (queue.size() == 1 || queuedRows >= options.batch()) {
        changed.signal();
      }
      return request.result;
    } finally {
      lock.unlock();
    }
  }

  private ClosedException closedException() {
    return new ClosedException("the batcher of model " + model.name() + " is closed");
  }

  /** Has the worker look at the clock again. */
  void wake() {
    lock.lock();
    try {
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void work(Session session) {
    try (session;
        rows) {
      for (List<Request> batch = next(); !batch.isEmpty(); batch = next()) {
        serve(session, batch);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      abandon();
    }
  }

  /** Fails what nobody will compute: nothing, unless the worker was interrupted. */
  private void abandon() {
    List<Request> left;
    lock.lock();
    try {
      closed = true;
      left = List.copyOf(queue);
      queue.clear();
    } finally {
      lock.unlock();
    }
    left.forEach(request -> request.result.completeExceptionally(closedException()));
  }

  /** Waits for the requests of the next run; none once this is closed and all are served. */
  private List<Request> next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        queue.removeIf(request -> request.result.isDone());
        Request first = queue.peekFirst();
        if (first == null) {
          if (closed) {
            return List.of();
          }
          queuedRows = 0;
          changed.await();
          continue;
        }
        List<Request> batch = new ArrayList<>();
        boolean full = gather(first, batch);
        long wait = first.deadline - clock.nanos();
        if (full || closed || wait <= 0) {
          queue.removeAll(batch);
          queuedRows = queue.stream().mapToLong(request -> request.rows).sum();
          return batch;
        }
        clock.await(changed, wait);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Collects what can run with the first; true if there is no place for more. */
  private boolean gather(Request first, List<Request> batch) {
    long count = 0;
    Iterator<Request> waiting = queue.iterator();
    while (waiting.hasNext() && count < options.batch()) {
      Request request = waiting.next();
      if (Rows.agree(first.inputs, request.inputs)) {
        if (count + request.rows > options.batch()) {
          return true;
        }
        batch.add(request);
        count += request.rows;
      }
    }
    return count == options.batch();
  }

  private void serve(Session session, List<Request> batch) {
    List<Tensor[]> results;
    try {
      results = rows.run(session, batch.stream().map(request -> request.inputs).toList());
    } catch (RuntimeException | Error e) {
      if (batch.size() == 1) {
        batch.getFirst().result.completeExceptionally(e);
      } else {
        // One of them is to blame; its neighbours are not.
        batch.forEach(request -> serve(session, List.of(request)));
      }
      return;
    }
    for (int i = 0; i < batch.size(); i++) {
      batch.get(i).result.complete(results.get(i));
    }
  }

  /**
   * Refuses further requests, and returns when those that wait are computed; without that when it
   * is called by a stage that runs on the batcher's own thread. A second call does nothing more.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (!Thread.currentThread().equals(worker) && worker.isAlive()) {
      try {
        worker.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
