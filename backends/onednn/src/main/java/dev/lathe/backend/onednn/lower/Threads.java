package dev.lathe.backend.onednn.lower;

/** Waiting for threads. */
public final class Threads {
  private Threads() {}

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
}
