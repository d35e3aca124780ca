package dev.lathe.backend.onednn.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Working with threads, and waiting for them. */
public final class Threads {
  private Threads() {}

  /** Starts a daemon. Without a builder, whose classes a fresh process would load first. */
  public static Thread start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Waits until {@code thread} has ended; that this thread is interrupted is for others to see. */
  public static void join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Has several threads do the same, the calling one among them, and returns when all are done.
   *
   * @param threads how many, at least 1
   * @param worker what each does: some of the work there is, until none is left. What it throws is
   *     thrown here, of several the first
   */
  public static void together(int threads, Runnable worker) {
    if (threads == 1) {
      worker.run();
      return;
    }
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Runnable guarded =
        () -> {
          try {
            worker.run();
          } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
          }
        };
    List<Thread> helpers = new ArrayList<>();
    for (int i = 1; i < threads; i++) {
      helpers.add(start("lathe-prepare-" + i, guarded));
    }
    guarded.run();
    helpers.forEach(Threads::join);
    switch (failure.get()) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> {}
    }
  }
}
