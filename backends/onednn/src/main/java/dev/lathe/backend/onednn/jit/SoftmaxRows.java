package dev.lathe.backend.onednn.jit;

import static dev.lathe.backend.onednn.jit.Assembler.R10;
import static dev.lathe.backend.onednn.jit.Assembler.R11;
import static dev.lathe.backend.onednn.jit.Assembler.R8;
import static dev.lathe.backend.onednn.jit.Assembler.RAX;
import static dev.lathe.backend.onednn.jit.Assembler.RCX;

import dev.lathe.backend.onednn.jit.Assembler.Label;

/**
 * Writes code that makes weights of rows of scores, in place: exponentials of what they are below
 * the greatest, and the reciprocals of their sums.
 */
final class SoftmaxRows {
  private static final int VECTOR = Assembler.VECTOR;

  /** Vectors whose exponentials are computed together. */
  private static final int GROUP = 6;

  // Registers.
  private static final int FREE = GROUP;
  private static final int FREE_END = FREE + GROUP * ActivationCode.TEMPORARIES;
  private static final int GREATEST = FREE_END;
  private static final int SUM = FREE_END + 1;
  private static final int OTHER = FREE_END + 2;
  private static final int ONE = FREE_END + 3;

  private final Assembler a;
  private final ActivationCode exponential;
  private final int vectors;
  private final int rowBytes;
  private final int numbers;
  private final Label one;

  /**
   * @param vectors of a row; what is behind the last number is minus infinity
   * @param rowBytes from row to row
   * @param numbers a mask register, where weights that are not a number count as 0, else 0
   */
  SoftmaxRows(Assembler a, int vectors, int rowBytes, int numbers) {
    this.a = a;
    this.exponential = new ActivationCode(a, Activation.EXP);
    this.vectors = vectors;
    this.rowBytes = rowBytes;
    this.numbers = numbers;
    this.one = a.label();
  }

  /** Writes the numbers that the code reads, behind code that does not run on. */
  void data() {
    a.align(Float.BYTES);
    a.bind(one);
    a.data(1);
    exponential.data();
  }

  /**
   * The code for some rows. RAX, RCX, R8, R10 and R11 are lost.
   *
   * @param scores a register with the address of the first row
   * @param sums a register near which the reciprocal of each row's sum is written, a vector of it
   * @param behind how many bytes behind it
   */
  void emit(int rows, int scores, int sums, int behind) {
    a.vbroadcastss(ONE, one);
    a.mov(R8, scores);
    a.mov(R10, sums);
    a.addImmediate(R10, behind);
    a.movImmediate(RAX, rows);
    Label next = a.here();
    row();
    a.addImmediate(R8, rowBytes);
    a.addImmediate(R10, VECTOR);
    a.addImmediate(RAX, -1);
    a.jump(Assembler.NOT_EQUAL, next);
  }

  private void row() {
    a.loadVector(GREATEST, R8, 0, Assembler.UNMASKED);
    groups(
        count -> {
          for (int i = 0; i < count; i++) {
            a.loadVector(i, R11, i * VECTOR, Assembler.UNMASKED);
          }
          for (int i = 0; i < count; i++) {
            a.vmaxps(GREATEST, GREATEST, i);
          }
        });
    Lanes.fold(a, GREATEST, OTHER, a::vmaxps);
    a.vpxord(SUM, SUM, SUM);
    groups(
        count -> {
          for (int i = 0; i < count; i++) {
            a.loadVector(i, R11, i * VECTOR, Assembler.UNMASKED);
            a.vsubps(i, i, GREATEST);
          }
          exponential.apply(0, count, FREE, FREE_END);
          for (int i = 0; i < count; i++) {
            a.storeVector(R11, i * VECTOR, i, Assembler.UNMASKED);
            a.vaddps(SUM, SUM, i);
          }
        });
    Lanes.fold(a, SUM, OTHER, a::vaddps);
    a.vdivps(OTHER, ONE, SUM);
    if (numbers != 0) {
      a.vcmpps(numbers, SUM, SUM, Assembler.EQUALS);
      a.vpxord(SUM, SUM, SUM);
      a.vmovups(SUM, OTHER, numbers);
      a.vmovups(OTHER, SUM, Assembler.UNMASKED);
      groups(
          count -> {
            for (int i = 0; i < count; i++) {
              a.loadVector(i, R11, i * VECTOR, numbers);
              a.storeVector(R11, i * VECTOR, i, Assembler.UNMASKED);
            }
          });
    }
    a.storeVector(R10, 0, OTHER, Assembler.UNMASKED);
  }

  /** What is done with some vectors at R11. */
  private interface Step {
    void emit(int count);
  }

  /** A step for all vectors of the row at R8. */
  private void groups(Step step) {
    int groups = Math.ceilDiv(vectors, GROUP);
    int count = vectors / groups;
    int larger = vectors % groups;
    a.mov(R11, R8);
    alike(count + 1, larger, step);
    alike(count, groups - larger, step);
  }

  private void alike(int count, int times, Step step) {
    if (times == 0) {
      return;
    }
    if (times > 1) {
      a.movImmediate(RCX, times);
    }
    Label next = a.here();
    step.emit(count);
    a.addImmediate(R11, count * VECTOR);
    if (times > 1) {
      a.addImmediate(RCX, -1);
      a.jump(Assembler.NOT_EQUAL, next);
    }
  }
}
