package dev.lathe.backend.onednn.binding;

import org.jspecify.annotations.Nullable;

/**
 * How threads wait for each other between kernels, before they sleep: the system property {@value
 * #PROPERTY}, {@code active}, {@code passive} or {@code auto}. It is read when the native library
 * is loaded, which is when a process loads its first model, and holds for all models of the
 * process.
 *
 * <p>A thread that waits actively goes on at once, but takes a processor from whoever else has work
 * for it; one that sleeps has to be woken, which takes about fifty microseconds. Where more threads
 * work than there are processors, as when several sessions run, libgomp lets them sleep almost at
 * once (100 turns), whatever is chosen here.
 */
enum Waiting {
  /** Some ten milliseconds: for a process that has the processors for itself. */
  ACTIVE,

  /** Not at all: for a machine that is busy with other things. */
  PASSIVE,

  /**
   * Some hundred microseconds, which bridge the gap between two kernels, be there kernels in Java
   * between them that one thread computes: with a twentieth of that, a quantised transformer took a
   * sixth longer. In a container whose share of time is less than its processors, a tenth: what
   * waits there uses up the time of what works. On one processor, not at all.
   */
  AUTO;

  static final String PROPERTY = "lathe.wait";

  private static final long LONG = 2_000_000;
  private static final long GAP = 20_000;
  private static final long SHORT = 2_000;

  /**
   * What a property says; {@link #AUTO} where it is not set.
   *
   * @throws IllegalArgumentException if it says something else
   */
  static Waiting of(@Nullable String text) {
    return switch (text) {
      case null -> AUTO;
      case "auto" -> AUTO;
      case "active" -> ACTIVE;
      case "passive" -> PASSIVE;
      default ->
          throw new IllegalArgumentException(
              "the system property "
                  + PROPERTY
                  + " must be active, passive or auto, not '"
                  + text
                  + "'");
    };
  }

  /**
   * How often a thread looks for work before it sleeps; some 200 times in a microsecond.
   *
   * @param processors as many as the process gets the time of
   * @param allowed those it may run on
   */
  long turns(int processors, int allowed) {
    return switch (this) {
      case ACTIVE -> LONG;
      case PASSIVE -> 0;
      case AUTO -> processors == 1 ? 0 : processors < allowed ? SHORT : GAP;
    };
  }
}
