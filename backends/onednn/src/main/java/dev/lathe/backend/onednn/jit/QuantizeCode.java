package dev.lathe.backend.onednn.jit;

import static dev.lathe.backend.onednn.jit.Assembler.R10;
import static dev.lathe.backend.onednn.jit.Assembler.R8;
import static dev.lathe.backend.onednn.jit.Assembler.R9;
import static dev.lathe.backend.onednn.jit.Assembler.RAX;
import static dev.lathe.backend.onednn.jit.Assembler.RCX;
import static dev.lathe.backend.onednn.jit.Assembler.RDI;
import static dev.lathe.backend.onednn.jit.Assembler.RDX;
import static dev.lathe.backend.onednn.jit.Assembler.RSI;

import dev.lathe.backend.onednn.jit.Assembler.Label;
import dev.lathe.backend.onednn.jit.CodeSource.DynamicQuantize;
import dev.lathe.backend.onednn.jit.CodeSource.Range;

/**
 * The code of {@link Range} and {@link DynamicQuantize}. Both go through a part of the numbers,
 * sixteen at a time; of the last sixteen of the whole, a mask takes what is there.
 */
final class QuantizeCode {
  private static final int LANES = CodeSource.LANES;
  private static final int VECTOR = Assembler.VECTOR;
  private static final int TAIL = 1;
  private static final int CHOICE = 2;
  private static final int FIRST = 3;

  // Registers.
  private static final int X = 0;
  private static final int LEAST = 1;
  private static final int GREATEST = 2;
  private static final int OTHER = 3;
  private static final int SCALE = 4;
  private static final int ZERO_POINT = 5;
  private static final int ZERO = 6;
  private static final int ONE = 7;
  private static final int MAX = 8;

  private final Assembler a = new Assembler();
  private final long count;

  private QuantizeCode(long count) {
    if (count * Float.BYTES > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(count + " numbers are too many");
    }
    this.count = count;
  }

  static byte[] range(Range source) {
    return new QuantizeCode(source.count()).range();
  }

  static byte[] quantize(DynamicQuantize source) {
    return new QuantizeCode(source.count()).quantize(Math.toIntExact(source.units()));
  }

  /**
   * The numbers of the unit in RAX that are whole vectors: where they begin in R8, count in RSI.
   */
  private void part() {
    a.imul(R8, RAX, Range.PART * Float.BYTES);
    a.load(RCX, RDI, Units.address(0));
    a.add(R8, RCX);
    a.imul(RSI, RAX, -Range.PART / LANES);
    a.addImmediate(RSI, (int) (count / LANES));
    a.cmpImmediate(RSI, Range.PART / LANES);
    Label rest = a.label();
    a.jump(Assembler.BELOW, rest);
    a.movImmediate(RSI, Range.PART / LANES);
    a.bind(rest);
  }

  /** What is done {@code RSI} times, which may be none. */
  private void times(Runnable body) {
    Label end = a.label();
    a.cmpImmediate(RSI, 0);
    a.jump(Assembler.EQUAL, end);
    Label next = a.here();
    body.run();
    a.addImmediate(RSI, -1);
    a.jump(Assembler.NOT_EQUAL, next);
    a.bind(end);
  }

  /** What is done in the last unit with the numbers that are no whole vector. */
  private void tail(Runnable body) {
    int rest = (int) (count % LANES);
    if (rest == 0) {
      return;
    }
    Label end = a.label();
    a.cmpImmediate(RAX, Math.toIntExact(new Range(count).units() - 1));
    a.jump(Assembler.NOT_EQUAL, end);
    Lanes.tail(a, TAIL, rest, RCX);
    body.run();
    a.bind(end);
  }

  private byte[] range() {
    Units.enter(a);
    Label done = a.label();
    Label unit = a.here();
    Units.take(a, RDI, done);
    part();
    a.vpxord(LEAST, LEAST, LEAST);
    a.vpxord(GREATEST, GREATEST, GREATEST);
    times(
        () -> {
          a.loadVector(X, R8, 0, Assembler.UNMASKED);
          widen();
          a.addImmediate(R8, VECTOR);
        });
    // What is masked is zero, which belongs to every range.
    tail(
        () -> {
          a.loadVector(X, R8, 0, TAIL);
          widen();
        });
    a.imul(RAX, RAX, 2 * VECTOR);
    a.load(R9, RDI, Units.address(1));
    a.add(R9, RAX);
    a.storeVector(R9, 0, LEAST, Assembler.UNMASKED);
    a.storeVector(R9, VECTOR, GREATEST, Assembler.UNMASKED);
    a.jump(unit);
    a.bind(done);
    Units.leave(a);
    return a.toBytes();
  }

  private void widen() {
    a.vminps(LEAST, LEAST, X);
    a.vmaxps(GREATEST, GREATEST, X);
  }

  private byte[] quantize(int units) {
    Units.enter(a);
    Label one = a.label();
    Label max = a.label();
    Label done = a.label();
    a.vpxord(ZERO, ZERO, ZERO);
    a.vbroadcastss(ONE, one);
    a.vbroadcastss(MAX, max);
    a.movImmediate(RCX, 1);
    a.kmovw(FIRST, RCX);
    scale(units);
    Label unit = a.here();
    Units.take(a, RDI, done);
    part();
    a.imul(R9, RAX, Range.PART);
    a.load(RCX, RDI, Units.address(2));
    a.add(R9, RCX);
    times(
        () -> {
          a.loadVector(X, R8, 0, Assembler.UNMASKED);
          quantizeVector(Assembler.UNMASKED);
          a.addImmediate(R8, VECTOR);
          a.addImmediate(R9, LANES);
        });
    tail(
        () -> {
          a.loadVector(X, R8, 0, TAIL);
          quantizeVector(TAIL);
        });
    a.jump(unit);
    a.bind(done);
    Units.leave(a);
    a.align(Float.BYTES);
    a.bind(one);
    a.data(1);
    a.bind(max);
    a.data(255);
    return a.toBytes();
  }

  /** Scale and zero point of all ranges, which every thread computes and writes alike. */
  private void scale(int units) {
    a.vpxord(LEAST, LEAST, LEAST);
    a.vpxord(GREATEST, GREATEST, GREATEST);
    a.load(R10, RDI, Units.address(1));
    a.movImmediate(RSI, units);
    times(
        () -> {
          a.loadVector(X, R10, 0, Assembler.UNMASKED);
          a.vminps(LEAST, LEAST, X);
          a.loadVector(X, R10, VECTOR, Assembler.UNMASKED);
          a.vmaxps(GREATEST, GREATEST, X);
          a.addImmediate(R10, 2 * VECTOR);
        });
    Lanes.fold(a, LEAST, OTHER, a::vminps);
    Lanes.fold(a, GREATEST, OTHER, a::vmaxps);
    a.vsubps(SCALE, GREATEST, LEAST);
    a.vcmpps(CHOICE, SCALE, ZERO, Assembler.EQUALS);
    a.vdivps(SCALE, SCALE, MAX);
    a.vmovups(SCALE, ONE, CHOICE);
    a.vsubps(X, ZERO, LEAST);
    a.vdivps(X, X, SCALE);
    a.vmaxps(X, X, ZERO);
    a.vminps(X, X, MAX);
    a.vcvtps2dq(ZERO_POINT, X);
    a.load(R8, RDI, Units.address(3));
    a.storeVector(R8, 0, SCALE, FIRST);
    a.load(RDX, RDI, Units.address(4));
    a.vpmovusdb(RDX, 0, ZERO_POINT, FIRST);
  }

  private void quantizeVector(int mask) {
    a.vdivps(X, X, SCALE);
    a.vcvtps2dq(X, X);
    a.vpaddd(X, X, ZERO_POINT);
    a.vpmaxsd(X, X, ZERO);
    a.vpmovusdb(R9, 0, X, mask);
  }
}
