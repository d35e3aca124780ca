package dev.lathe.backend.onednn.jit;

import static dev.lathe.backend.onednn.jit.Assembler.R10;
import static dev.lathe.backend.onednn.jit.Assembler.R11;
import static dev.lathe.backend.onednn.jit.Assembler.R8;
import static dev.lathe.backend.onednn.jit.Assembler.RAX;
import static dev.lathe.backend.onednn.jit.Assembler.RCX;
import static dev.lathe.backend.onednn.jit.Assembler.RSI;

import dev.lathe.backend.onednn.jit.Assembler.Label;

/**
 * Writes code that transposes the keys of a matrix, sixteen by sixteen numbers in registers:
 * neighbours are paired, then pairs, then groups of four, and of eight.
 */
final class Transposition {
  private static final int LANES = CodeSource.LANES;
  private static final int VECTOR = Assembler.VECTOR;

  // Which groups of four, or pairs of numbers in them, are taken of each of two vectors.
  private static final int FIRST_PAIRS = 0x44;
  private static final int SECOND_PAIRS = 0xEE;
  private static final int EVEN = 0x88;
  private static final int ODD = 0xDD;

  private final Assembler a;
  private final AttentionShape shape;
  private final int tail;

  /**
   * @param tail the mask of the last numbers of a key
   */
  Transposition(Assembler a, AttentionShape shape, int tail) {
    this.a = a;
    this.shape = shape;
    this.tail = tail;
  }

  /**
   * Reads the keys at the address in a register and writes them as so many bytes behind another:
   * (depth, keys), with zeros behind the last key. R8, R10, R11, RAX, RCX and RSI are lost.
   */
  void emit(int from, int to, int behind) {
    a.mov(RSI, from);
    a.mov(R11, to);
    a.addImmediate(R11, behind);
    int whole = shape.keys() / LANES;
    if (whole > 0) {
      a.movImmediate(RAX, whole);
      Label next = a.here();
      keys(LANES);
      a.addImmediate(RSI, LANES * shape.k().rowBytes());
      a.addImmediate(R11, VECTOR);
      a.addImmediate(RAX, -1);
      a.jump(Assembler.NOT_EQUAL, next);
    }
    if (shape.keys() % LANES != 0) {
      keys(shape.keys() % LANES);
    }
  }

  /** A vector of keys at RSI, to be written at R11. */
  private void keys(int count) {
    a.mov(R8, RSI);
    a.mov(R10, R11);
    int whole = shape.depth() / LANES;
    if (whole > 0) {
      a.movImmediate(RCX, whole);
      Label next = a.here();
      square(count, LANES);
      a.addImmediate(R8, VECTOR);
      a.addImmediate(R10, LANES * shape.rowBytes());
      a.addImmediate(RCX, -1);
      a.jump(Assembler.NOT_EQUAL, next);
    }
    if (shape.depth() % LANES != 0) {
      square(count, shape.depth() % LANES);
    }
  }

  /** So many keys of so many numbers. */
  private void square(int keys, int numbers) {
    for (int i = 0; i < LANES; i++) {
      if (i < keys) {
        int mask = numbers < LANES ? tail : Assembler.UNMASKED;
        a.loadVector(i, R8, i * shape.k().rowBytes(), mask);
      } else {
        a.vpxord(i, i, i);
      }
    }
    int other = LANES;
    for (int i = 0; i < LANES; i += 2) {
      a.vunpcklps(other + i, i, i + 1);
      a.vunpckhps(other + i + 1, i, i + 1);
    }
    for (int i = 0; i < LANES; i += 4) {
      a.vshufps(i, other + i, other + i + 2, FIRST_PAIRS);
      a.vshufps(i + 1, other + i, other + i + 2, SECOND_PAIRS);
      a.vshufps(i + 2, other + i + 1, other + i + 3, FIRST_PAIRS);
      a.vshufps(i + 3, other + i + 1, other + i + 3, SECOND_PAIRS);
    }
    for (int i = 0; i < 4; i++) {
      int quarter = other + 4 * i;
      a.vshuff32x4(quarter, i, 4 + i, EVEN);
      a.vshuff32x4(quarter + 1, i, 4 + i, ODD);
      a.vshuff32x4(quarter + 2, 8 + i, 12 + i, EVEN);
      a.vshuff32x4(quarter + 3, 8 + i, 12 + i, ODD);
    }
    for (int i = 0; i < 4; i++) {
      int quarter = other + 4 * i;
      store(i, quarter, EVEN, numbers);
      store(4 + i, quarter + 1, EVEN, numbers);
      store(8 + i, quarter, ODD, numbers);
      store(12 + i, quarter + 1, ODD, numbers);
    }
  }

  private void store(int number, int half, int groups, int numbers) {
    if (number < numbers) {
      a.vshuff32x4(number, half, half + 2, groups);
      a.storeVector(R10, number * shape.rowBytes(), number, Assembler.UNMASKED);
    }
  }
}
