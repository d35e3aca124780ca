package dev.lathe.passes;

/** How much the pipeline does. */
public enum OptimizationLevel {
  /** Nothing: the graph stays as the frontend made it. */
  NONE,
  /** Shape arithmetic, constants, algebra, common and dead nodes. */
  SIMPLIFY,
  /** All that, scales and shifts folded into weights, and ops recognised in decompositions. */
  FULL;

  /**
   * The level with the given number, as on a command line: 0 none, 1 simplify, 2 full.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static OptimizationLevel of(int number) {
    if (number < 0 || number >= values().length) {
      throw new IllegalArgumentException(
          "optimisation level " + number + " does not exist; choose 0 (none), 1 (simplify) or 2");
    }
    return values()[number];
  }
}
