package dev.lathe.backend.onednn.jit;

import static dev.lathe.backend.onednn.jit.Assembler.R10;
import static dev.lathe.backend.onednn.jit.Assembler.R8;
import static dev.lathe.backend.onednn.jit.Assembler.R9;
import static dev.lathe.backend.onednn.jit.Assembler.RAX;
import static dev.lathe.backend.onednn.jit.Assembler.RCX;
import static dev.lathe.backend.onednn.jit.Assembler.RDI;
import static dev.lathe.backend.onednn.jit.Assembler.RDX;

import dev.lathe.backend.onednn.jit.Assembler.Label;
import dev.lathe.backend.onednn.jit.CodeSource.Softmax;

/**
 * The code of {@link Softmax}: the greatest number, the exponentials of what is below it and their
 * sum, and the quotients.
 */
final class SoftmaxCode {
  private static final int LANES = CodeSource.LANES;
  private static final int VECTOR = Assembler.VECTOR;
  private static final int TAIL = 1;

  // Registers.
  private static final int X = 0;
  private static final int GREATEST = 1;
  private static final int SUM = 2;
  private static final int OTHER = 3;
  private static final int LOWEST = 4;
  private static final int FREE = 5;
  private static final int FREE_END = FREE + ActivationCode.TEMPORARIES;

  private final Assembler a = new Assembler();
  private final ActivationCode exponential = new ActivationCode(a, Activation.EXP);
  private final int columns;

  private SoftmaxCode(int columns) {
    if (columns < 1 || columns > Integer.MAX_VALUE / Float.BYTES) {
      throw new IllegalArgumentException("rows of " + columns + " numbers");
    }
    this.columns = columns;
  }

  static byte[] of(Softmax source) {
    return new SoftmaxCode(source.columns()).code();
  }

  private byte[] code() {
    Label lowest = a.label();
    Label one = a.label();
    Label done = a.label();
    Units.enter(a);
    Lanes.tail(a, TAIL, columns, RCX);
    a.vbroadcastss(LOWEST, lowest);
    Label unit = a.here();
    Units.take(a, RDI, done);
    a.imul(RAX, RAX, columns * Float.BYTES);
    a.load(R10, RDI, Units.address(0));
    a.add(R10, RAX);
    a.load(RDX, RDI, Units.address(1));
    a.add(RDX, RAX);
    a.vmovups(GREATEST, LOWEST, Assembler.UNMASKED);
    each(this::widen);
    Lanes.fold(a, GREATEST, OTHER, a::vmaxps);
    a.vpxord(SUM, SUM, SUM);
    each(this::exponential);
    Lanes.fold(a, SUM, OTHER, a::vaddps);
    a.vbroadcastss(X, one);
    a.vdivps(SUM, X, SUM);
    // What was written is read now.
    a.mov(R10, RDX);
    each(this::scale);
    a.jump(unit);
    a.bind(done);
    Units.leave(a);
    a.align(Float.BYTES);
    a.bind(lowest);
    a.data(Float.NEGATIVE_INFINITY);
    a.bind(one);
    a.data(1);
    exponential.data();
    return a.toBytes();
  }

  /** What is done with the vector at R8, to be written at R9. */
  private interface Step {
    void emit(int mask);
  }

  /** A step for all vectors of the row at R10, to be written at RDX. */
  private void each(Step step) {
    a.mov(R8, R10);
    a.mov(R9, RDX);
    if (columns >= LANES) {
      a.movImmediate(RCX, columns / LANES);
      Label next = a.here();
      step.emit(Assembler.UNMASKED);
      a.addImmediate(R8, VECTOR);
      a.addImmediate(R9, VECTOR);
      a.addImmediate(RCX, -1);
      a.jump(Assembler.NOT_EQUAL, next);
    }
    if (columns % LANES != 0) {
      step.emit(TAIL);
    }
  }

  private void widen(int mask) {
    a.loadVector(X, R8, 0, mask);
    if (mask != Assembler.UNMASKED) {
      a.vmovups(OTHER, LOWEST, Assembler.UNMASKED);
      a.vmovups(OTHER, X, mask);
      a.vmaxps(GREATEST, GREATEST, OTHER);
    } else {
      a.vmaxps(GREATEST, GREATEST, X);
    }
  }

  private void exponential(int mask) {
    a.loadVector(X, R8, 0, mask);
    a.vsubps(X, X, GREATEST);
    exponential.apply(X, X + 1, FREE, FREE_END);
    a.storeVector(R9, 0, X, mask);
    if (mask != Assembler.UNMASKED) {
      a.vpxord(OTHER, OTHER, OTHER);
      a.vmovups(OTHER, X, mask);
      a.vaddps(SUM, SUM, OTHER);
    } else {
      a.vaddps(SUM, SUM, X);
    }
  }

  private void scale(int mask) {
    a.loadVector(X, R8, 0, mask);
    a.vmulps(X, X, SUM);
    a.storeVector(R9, 0, X, mask);
  }
}
