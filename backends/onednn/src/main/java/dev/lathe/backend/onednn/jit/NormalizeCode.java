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
import dev.lathe.backend.onednn.jit.CodeSource.NormalizeRows;

/**
 * The code of {@link NormalizeRows}. A row is gone through three times, for its mean, for the mean
 * of the squares of what is left, and to be written; short rows stay in registers meanwhile.
 */
final class NormalizeCode {
  private static final int TAIL = 1;

  // Registers.
  private static final int MEAN = 0;
  private static final int FACTOR = 1;
  private static final int OTHER = 2;
  private static final int SUMS = 3;
  private static final int SUM_COUNT = 4;
  private static final int VALUE = 7;
  private static final int FREE = 8;
  private static final int HELD = FREE + ActivationCode.TEMPORARIES;
  private static final int MOST_HELD = 32 - HELD;

  /** Vectors whose code is written out; longer rows are gone through by so many. */
  private static final int CHUNK = 64;

  private final Assembler a = new Assembler();
  private final NormalizeRows source;
  private final ActivationCode activation;
  private final int vectors;
  private final boolean held;
  private final Label count = a.label();
  private final Label epsilon = a.label();
  private final Label one = a.label();

  private NormalizeCode(NormalizeRows source) {
    this.source = source;
    activation = new ActivationCode(a, source.activation());
    vectors = Math.ceilDiv(source.columns(), CodeSource.LANES);
    held = vectors <= MOST_HELD;
  }

  static byte[] of(NormalizeRows source) {
    if (source.columns() < 1 || !source.isAddressable()) {
      throw new IllegalArgumentException(source.rows() + " rows of " + source.columns());
    }
    return new NormalizeCode(source).code();
  }

  private byte[] code() {
    Label done = a.label();
    Units.enter(a);
    Lanes.tail(a, TAIL, source.columns(), RCX);
    Label unit = a.here();
    Units.take(a, RDI, done);
    a.imul(RAX, RAX, source.unitRows());
    Units.rest(a, RSI, RAX, source.rows(), source.unitRows());
    int operand = 0;
    begin(R10, operand++, source.read());
    a.load(R8, RDI, Units.address(operand++));
    if (source.shift()) {
      a.load(R9, RDI, Units.address(operand++));
    }
    begin(RDX, operand++, source.stored());
    if (source.residual() != null) {
      begin(R11, operand, source.residual());
    }
    Label row = a.here();
    row();
    a.addImmediate(RSI, -1);
    a.jump(Assembler.NOT_EQUAL, row);
    a.jump(unit);
    a.bind(done);
    Units.leave(a);
    a.align(Float.BYTES);
    a.bind(count);
    a.data(1f / source.columns());
    a.bind(epsilon);
    a.data(source.epsilon());
    a.bind(one);
    a.data(1);
    activation.data();
    return a.toBytes();
  }

  /** Points a register to the row whose number is in RAX. */
  private void begin(int register, int operand, ResultType type) {
    a.imul(register, RAX, source.columns() * type.bytes());
    a.load(RCX, RDI, Units.address(operand));
    a.add(register, RCX);
  }

  private void row() {
    if (source.centred()) {
      sum(this::add);
      a.vmulps(MEAN, SUMS, count);
    }
    sum(this::addSquare);
    a.vmulps(FACTOR, SUMS, count);
    a.vaddps(FACTOR, FACTOR, epsilon);
    a.vsqrtps(FACTOR, FACTOR);
    a.vbroadcastss(OTHER, one);
    a.vdivps(FACTOR, OTHER, FACTOR);
    each(true, this::write);
    next(R10, source.read(), source.columns());
    next(RDX, source.stored(), source.columns());
    if (source.residual() != null) {
      next(R11, source.residual(), source.columns());
    }
  }

  /** What is done with vector {@code index} behind where the registers point. */
  private interface Step {
    void emit(int index, int mask);
  }

  /** All elements of the first sum become what a step adds to the sums over the row. */
  private void sum(Step step) {
    for (int i = 0; i < SUM_COUNT; i++) {
      a.vpxord(SUMS + i, SUMS + i, SUMS + i);
    }
    each(false, step);
    a.vaddps(SUMS, SUMS, SUMS + 1);
    a.vaddps(SUMS + 2, SUMS + 2, SUMS + 3);
    a.vaddps(SUMS, SUMS, SUMS + 2);
    Lanes.fold(a, SUMS, OTHER, a::vaddps);
  }

  /**
   * A step for all vectors of a row.
   *
   * @param all whether it moves the pointers to what is written, and not that to what is read alone
   */
  private void each(boolean all, Step step) {
    int whole = source.columns() / CodeSource.LANES;
    int chunks = vectors <= CHUNK ? 0 : whole / CHUNK;
    if (chunks > 0) {
      a.movImmediate(RCX, chunks);
      Label chunk = a.here();
      for (int i = 0; i < CHUNK; i++) {
        step.emit(i, Assembler.UNMASKED);
      }
      move(all, CHUNK);
      a.addImmediate(RCX, -1);
      a.jump(Assembler.NOT_EQUAL, chunk);
    }
    for (int i = chunks * CHUNK; i < vectors; i++) {
      step.emit(i - chunks * CHUNK, i < whole ? Assembler.UNMASKED : TAIL);
    }
    move(all, -chunks * CHUNK);
  }

  /** Moves pointers by vectors. */
  private void move(boolean all, int by) {
    int lanes = by * CodeSource.LANES;
    next(R10, source.read(), lanes);
    if (!all) {
      return;
    }
    next(RDX, source.stored(), lanes);
    next(R8, ResultType.F32, lanes);
    if (source.shift()) {
      next(R9, ResultType.F32, lanes);
    }
    if (source.residual() != null) {
      next(R11, source.residual(), lanes);
    }
  }

  private void next(int register, ResultType type, int elements) {
    if (elements != 0) {
      a.addImmediate(register, elements * type.bytes());
    }
  }

  private int register(int index) {
    return held ? HELD + index : VALUE;
  }

  /** Reads a vector where it is not in its register already. */
  private int value(int index, int mask, boolean first) {
    int register = register(index);
    if (first || !held) {
      source.read().load(a, register, R10, index * source.read().vector(), mask);
    }
    return register;
  }

  private void add(int index, int mask) {
    int sum = SUMS + index % SUM_COUNT;
    a.vaddps(sum, sum, value(index, mask, true));
  }

  private void addSquare(int index, int mask) {
    int sum = SUMS + index % SUM_COUNT;
    int value = value(index, mask, !source.centred());
    if (source.centred()) {
      a.vsubps(value, value, MEAN);
      if (mask != Assembler.UNMASKED) {
        // Behind the row there were zeros, which do not count.
        a.vpxord(OTHER, OTHER, OTHER);
        a.vmovups(OTHER, value, mask);
        a.vfmadd231ps(sum, OTHER, OTHER);
        return;
      }
    }
    a.vfmadd231ps(sum, value, value);
  }

  private void write(int index, int mask) {
    int value = value(index, mask, false);
    if (!held && source.centred()) {
      a.vsubps(value, value, MEAN);
    }
    int result = OTHER;
    int vector = index * Assembler.VECTOR;
    a.vmulps(value, value, FACTOR);
    a.loadVector(FREE, R8, vector, mask);
    if (source.shift()) {
      a.loadVector(result, R9, vector, mask);
      a.vfmadd231ps(result, value, FREE);
    } else {
      a.vmulps(result, value, FREE);
    }
    if (source.residual() != null) {
      source.residual().load(a, FREE, R11, index * source.residual().vector(), mask);
      a.vaddps(result, result, FREE);
    }
    activation.apply(result, result + 1, FREE, FREE + ActivationCode.TEMPORARIES);
    source.stored().store(a, RDX, index * source.stored().vector(), result, mask);
  }
}
