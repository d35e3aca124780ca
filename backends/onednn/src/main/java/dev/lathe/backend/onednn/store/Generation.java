package dev.lathe.backend.onednn.store;

import dev.lathe.backend.onednn.binding.Engine;
import dev.lathe.backend.onednn.binding.PrimitiveFactory;
import dev.lathe.backend.onednn.lower.Threads;
import dev.lathe.backend.onednn.program.PrimitiveSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The primitives of a stored program while they are generated: by the thread that reads the
 * program, when it has, and before that by the {@linkplain #assist one that has loaded the
 * library}. Thread-safe.
 */
final class Generation {
  /** How long a thread that has loaded the library waits for a program, in nanoseconds. */
  private static final long PATIENCE = 1_000_000_000;

  private static final Object OFFERS = new Object();

  /** What the next thread that assists is to do. */
  private static @Nullable Generation offered;

  private final String library;
  private final List<PrimitiveSource> sources;
  private final Supplier<Engine> engine;
  private int next;
  private int running;
  private @Nullable Throwable failure;

  /**
   * @param library what the library has to be; if it is not, nothing is generated
   * @param engine asked for when something is generated, perhaps by two threads at once
   */
  Generation(String library, List<PrimitiveSource> sources, Supplier<Engine> engine) {
    this.library = library;
    this.sources = sources;
    this.engine = engine;
  }

  /**
   * Generates primitives of the first program that is read, or of none if none is read soon. For
   * the thread that has loaded the library.
   */
  static void assist() {
    Generation work = null;
    synchronized (OFFERS) {
      try {
        long end = System.nanoTime() + PATIENCE;
        long left = PATIENCE;
        while (offered == null && left > 0) {
          TimeUnit.NANOSECONDS.timedWait(OFFERS, left);
          left = end - System.nanoTime();
        }
        work = offered;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        offered = null;
      }
      if (work != null) {
        work.enter();
      }
    }
    if (work != null) {
      try {
        work.work();
      } finally {
        work.leave();
      }
    }
  }

  /** Lets a thread that {@linkplain #assist assists} begin, until this is complete. */
  void offer() {
    synchronized (OFFERS) {
      if (offered == null) {
        offered = this;
        OFFERS.notifyAll();
      }
    }
  }

  /** Lets no thread begin to assist from now on; whether one does. */
  private boolean withdraw() {
    synchronized (OFFERS) {
      if (offered == this) {
        offered = null;
      }
      return isRunning();
    }
  }

  private synchronized boolean isRunning() {
    return running > 0;
  }

  private synchronized void enter() {
    running++;
  }

  private synchronized void leave() {
    running--;
    notifyAll();
  }

  /**
   * Generates what is left.
   *
   * @param threads how many share the work
   * @throws IllegalArgumentException if the library has other kernels, or a recipe is damaged
   */
  void complete(int threads) {
    int helpers = Math.clamp(left(), 1, threads) - 1;
    int others = withdraw() ? helpers - 1 : helpers;
    if (others > 0) {
      Threads.together(1 + others, this::work);
    } else {
      work();
    }
    stop();
    switch (failure()) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> {}
    }
  }

  /** Begins no more; returns when nothing is being generated. */
  void stop() {
    withdraw();
    boolean interrupted = false;
    synchronized (this) {
      next = sources.size();
      while (running > 0) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized @Nullable Throwable failure() {
    return failure;
  }

  private void work() {
    if (!ProgramStore.library().equals(library)) {
      return;
    }
    try (PrimitiveFactory factory = new PrimitiveFactory(engine.get())) {
      PrimitiveSource source;
      while ((source = take()) != null) {
        source.generate(factory);
      }
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private synchronized int left() {
    return sources.size() - next;
  }

  private synchronized @Nullable PrimitiveSource take() {
    return next < sources.size() ? sources.get(next++) : null;
  }

  private synchronized void fail(Throwable e) {
    if (failure == null) {
      failure = e;
    }
    next = sources.size();
  }
}
