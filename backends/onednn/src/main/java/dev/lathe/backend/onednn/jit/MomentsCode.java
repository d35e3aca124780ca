package dev.lathe.backend.onednn.jit;

import static dev.lathe.backend.onednn.jit.Assembler.R10;
import static dev.lathe.backend.onednn.jit.Assembler.R11;
import static dev.lathe.backend.onednn.jit.Assembler.R8;
import static dev.lathe.backend.onednn.jit.Assembler.R9;
import static dev.lathe.backend.onednn.jit.Assembler.RAX;
import static dev.lathe.backend.onednn.jit.Assembler.RCX;
import static dev.lathe.backend.onednn.jit.Assembler.RDI;
import static dev.lathe.backend.onednn.jit.Assembler.RDX;
import static dev.lathe.backend.onednn.jit.Assembler.RSI;

import dev.lathe.backend.onednn.jit.Assembler.Label;
import dev.lathe.backend.onednn.jit.CodeSource.ChannelMoments;

/**
 * The code of {@link ChannelMoments}: some vectors of channels at a time go through the positions
 * of the part twice, so that squares are those of small numbers.
 */
final class MomentsCode {
  private static final int TAIL = 1;
  private static final int LANES = CodeSource.LANES;

  // Registers.
  private static final int SUMS = 0;
  private static final int MOST = 12;
  private static final int MEANS = MOST;
  private static final int VALUES = 2 * MOST;
  private static final int VALUE_COUNT = 6;
  private static final int COUNT = 31;

  private final Assembler a = new Assembler();
  private final ChannelMoments source;

  private MomentsCode(ChannelMoments source) {
    this.source = source;
  }

  static byte[] of(ChannelMoments source) {
    return new MomentsCode(source).code();
  }

  private byte[] code() {
    int last = source.rows() - (source.parts() - 1) * source.unitRows();
    Label done = a.label();
    Label whole = a.label();
    Label wholeCount = a.label();
    Label lastCount = a.label();
    Units.enter(a);
    Lanes.tail(a, TAIL, source.channels(), RCX);
    Label unit = a.here();
    Units.take(a, RDI, done);
    a.imul(R11, RAX, 2 * source.channels() * Float.BYTES);
    a.load(RCX, RDI, Units.address(1));
    a.add(R11, RCX);
    place(a, source);
    begin(a, R10, 0, source.channels() * source.read().bytes());
    a.vbroadcastss(COUNT, wholeCount);
    a.cmpImmediate(RSI, source.unitRows());
    a.jump(Assembler.EQUAL, whole);
    a.vbroadcastss(COUNT, lastCount);
    a.bind(whole);
    int vectors = Math.ceilDiv(source.channels(), LANES);
    for (int first = 0; first < vectors; first += MOST) {
      channels(first, Math.min(MOST, vectors - first));
    }
    a.jump(unit);
    a.bind(done);
    Units.leave(a);
    a.align(Float.BYTES);
    a.bind(wholeCount);
    a.data(1f / source.unitRows());
    a.bind(lastCount);
    a.data(1f / last);
    return a.toBytes();
  }

  /**
   * From the number of a unit in RAX: its sample there, its first position, counted through all
   * samples, in R9, and how many positions it has in RSI. RCX, RDX and R8 are lost.
   */
  static void place(Assembler a, ChannelMoments source) {
    a.xor(RDX, RDX);
    a.movImmediate(RCX, source.parts());
    a.div(RCX);
    a.imul(R9, RDX, source.unitRows());
    Units.rest(a, RSI, R9, source.rows(), source.unitRows());
    a.imul(R8, RAX, source.rows());
    a.add(R9, R8);
  }

  /** Points a register to the position in R9 of operand {@code index}. */
  static void begin(Assembler a, int register, int index, int rowBytes) {
    a.imul(register, R9, rowBytes);
    a.load(RCX, RDI, Units.address(index));
    a.add(register, RCX);
  }

  private void channels(int first, int count) {
    sum(first, count, (sum, value, mean) -> a.vaddps(sum, sum, value));
    for (int i = 0; i < count; i++) {
      a.vmulps(MEANS + i, SUMS + i, COUNT);
      a.storeVector(R11, (first + i) * Assembler.VECTOR, MEANS + i, mask(first + i));
    }
    sum(
        first,
        count,
        (sum, value, mean) -> {
          a.vsubps(value, value, mean);
          a.vfmadd231ps(sum, value, value);
        });
    int squares = source.channels() * Float.BYTES;
    for (int i = 0; i < count; i++) {
      a.storeVector(R11, squares + (first + i) * Assembler.VECTOR, SUMS + i, mask(first + i));
    }
  }

  /** What a vector adds to its sum. */
  private interface Step {
    void emit(int sum, int value, int mean);
  }

  /** The sums over all positions; what is behind the last channel is zero and stays so. */
  private void sum(int first, int count, Step step) {
    for (int i = 0; i < count; i++) {
      a.vpxord(SUMS + i, SUMS + i, SUMS + i);
    }
    a.mov(R8, R10);
    a.mov(RCX, RSI);
    Label row = a.here();
    for (int i = 0; i < count; i++) {
      int value = VALUES + i % VALUE_COUNT;
      source.read().load(a, value, R8, (first + i) * source.read().vector(), mask(first + i));
      step.emit(SUMS + i, value, MEANS + i);
    }
    a.addImmediate(R8, source.channels() * source.read().bytes());
    a.addImmediate(RCX, -1);
    a.jump(Assembler.NOT_EQUAL, row);
  }

  private int mask(int vector) {
    return (vector + 1) * LANES <= source.channels() ? Assembler.UNMASKED : TAIL;
  }
}
