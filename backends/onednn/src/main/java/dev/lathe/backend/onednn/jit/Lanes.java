package dev.lathe.backend.onednn.jit;

/** What is done between the sixteen elements of one vector. */
final class Lanes {
  private static final int STEPS = 4;

  private Lanes() {}

  /** An instruction that computes a vector of two, whose order does not matter. */
  interface Join {
    void emit(int to, int left, int right);
  }

  /**
   * All elements become what all of them give together: each meets the others by halves, quarters,
   * pairs and neighbours.
   *
   * @param other a register that may be changed
   */
  static void fold(Assembler a, int register, int other, Join join) {
    for (int step = 0; step < STEPS; step++) {
      int order = step % 2 == 0 ? 0x4E : 0xB1;
      if (step < 2) {
        a.vshuff32x4(other, register, register, order);
      } else {
        a.vpermilps(other, register, order);
      }
      join.emit(register, register, other);
    }
  }

  /**
   * Makes the mask of what is behind the last whole vector of {@code count} numbers; none where all
   * are whole.
   *
   * @param free a register that may be changed
   */
  static void tail(Assembler a, int mask, int count, int free) {
    int rest = count % CodeSource.LANES;
    if (rest != 0) {
      a.movImmediate(free, (1 << rest) - 1);
      a.kmovw(mask, free);
    }
  }
}
