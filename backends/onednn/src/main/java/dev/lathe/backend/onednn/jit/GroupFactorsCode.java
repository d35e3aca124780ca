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
import dev.lathe.backend.onednn.jit.CodeSource.GroupFactors;

/**
 * The code of {@link GroupFactors}. The squares of parts are joined by how far their means are from
 * that of all (Chan, Golub and LeVeque 1983). Groups of one channel are computed sixteen at a time,
 * a lane for each.
 */
final class GroupFactorsCode {
  private static final int TAIL = 1;
  private static final int LANES = CodeSource.LANES;

  // Registers.
  private static final int MEAN = 0;
  private static final int SUM = 1;
  private static final int PART_SUM = 2;
  private static final int VALUE = 3;
  private static final int OTHER = 4;
  private static final int FACTOR = 5;

  private final Assembler a = new Assembler();
  private final GroupFactors source;
  private final ChannelMoments moments;
  private final boolean single;
  private final int width;
  private final int wholeParts;
  private final int lastRows;
  private final int squares;
  private final Label wholeCount = a.label();
  private final Label lastCount = a.label();
  private final Label count = a.label();
  private final Label epsilon = a.label();
  private final Label one = a.label();

  private GroupFactorsCode(GroupFactors source) {
    this.source = source;
    moments = source.moments();
    single = source.groups() == moments.channels();
    width = single ? LANES : moments.channels() / source.groups();
    wholeParts = moments.rows() / moments.unitRows();
    lastRows = moments.rows() % moments.unitRows();
    squares = moments.channels() * Float.BYTES;
  }

  static byte[] of(GroupFactors source) {
    if (source.groups() < 1 || source.moments().channels() % source.groups() != 0) {
      throw new IllegalArgumentException(source.groups() + " groups of " + source.moments());
    }
    return new GroupFactorsCode(source).code();
  }

  private byte[] code() {
    Label done = a.label();
    Units.enter(a);
    int whole = single ? moments.channels() / LANES : source.groups();
    int rest = single ? moments.channels() % LANES : 0;
    Lanes.tail(a, TAIL, single ? rest : width, RCX);
    Label unit = a.here();
    Units.take(a, RDI, done);
    a.imul(R10, RAX, moments.parts() * 2 * squares);
    a.load(RCX, RDI, Units.address(0));
    a.add(R10, RCX);
    a.load(R8, RDI, Units.address(1));
    a.load(R9, RDI, Units.address(2));
    a.imul(RDX, RAX, 2 * squares);
    a.load(RCX, RDI, Units.address(3));
    a.add(RDX, RCX);
    if (whole > 0) {
      a.movImmediate(RSI, whole);
      Label next = a.here();
      group(width);
      for (int register : new int[] {R8, R9, R10, RDX}) {
        a.addImmediate(register, width * Float.BYTES);
      }
      a.addImmediate(RSI, -1);
      a.jump(Assembler.NOT_EQUAL, next);
    }
    if (rest > 0) {
      group(rest);
    }
    a.jump(unit);
    a.bind(done);
    Units.leave(a);
    a.align(Float.BYTES);
    number(wholeCount, moments.unitRows());
    number(lastCount, lastRows);
    number(count, (float) (1.0 / ((double) moments.rows() * (single ? 1 : width))));
    number(epsilon, source.epsilon());
    number(one, 1);
    return a.toBytes();
  }

  private void number(Label label, float value) {
    a.bind(label);
    a.data(value);
  }

  private static int mask(int vector, int channels) {
    return (vector + 1) * LANES <= channels ? Assembler.UNMASKED : TAIL;
  }

  /** The factors of the channels that begin where the registers point. */
  private void group(int channels) {
    parts(channels, this::addMean);
    a.vmulps(MEAN, SUM, count);
    parts(channels, this::addSquares);
    a.vmulps(SUM, SUM, count);
    a.vaddps(SUM, SUM, epsilon);
    a.vsqrtps(SUM, SUM);
    a.vbroadcastss(OTHER, one);
    a.vdivps(SUM, OTHER, SUM);
    for (int v = 0; v * LANES < channels; v++) {
      int at = v * Assembler.VECTOR;
      a.loadVector(FACTOR, R8, at, mask(v, channels));
      a.vmulps(FACTOR, FACTOR, SUM);
      a.storeVector(RDX, at, FACTOR, mask(v, channels));
      a.loadVector(VALUE, R9, at, mask(v, channels));
      a.vfnmadd231ps(VALUE, MEAN, FACTOR);
      a.storeVector(RDX, squares + at, VALUE, mask(v, channels));
    }
  }

  /** What is added for a vector of the part at R11. */
  private interface Step {
    void emit(int at, int mask);
  }

  /**
   * The sum over all parts, of the channels of a group in all lanes. A step adds to the sum of its
   * part, which counts as often as the part has positions, and to that of all.
   */
  private void parts(int channels, Step step) {
    a.vpxord(SUM, SUM, SUM);
    a.mov(R11, R10);
    if (wholeParts > 0) {
      a.movImmediate(RCX, wholeParts);
      Label next = a.here();
      part(channels, step, wholeCount);
      a.addImmediate(R11, 2 * squares);
      a.addImmediate(RCX, -1);
      a.jump(Assembler.NOT_EQUAL, next);
    }
    if (lastRows > 0) {
      part(channels, step, lastCount);
    }
    if (!single) {
      Lanes.fold(a, SUM, OTHER, a::vaddps);
    }
  }

  private void part(int channels, Step step, Label positions) {
    a.vpxord(PART_SUM, PART_SUM, PART_SUM);
    for (int v = 0; v * LANES < channels; v++) {
      step.emit(v * Assembler.VECTOR, mask(v, channels));
    }
    a.vmulps(PART_SUM, PART_SUM, positions);
    a.vaddps(SUM, SUM, PART_SUM);
  }

  private void addMean(int at, int mask) {
    a.loadVector(VALUE, R11, at, mask);
    a.vaddps(PART_SUM, PART_SUM, VALUE);
  }

  private void addSquares(int at, int mask) {
    a.loadVector(VALUE, R11, at, mask);
    a.vsubps(VALUE, VALUE, MEAN);
    if (mask != Assembler.UNMASKED) {
      // Behind the channels there were zeros, which do not count.
      a.vpxord(OTHER, OTHER, OTHER);
      a.vmovups(OTHER, VALUE, mask);
      a.vmovups(VALUE, OTHER, Assembler.UNMASKED);
    }
    a.vfmadd231ps(PART_SUM, VALUE, VALUE);
    a.loadVector(VALUE, R11, squares + at, mask);
    a.vaddps(SUM, SUM, VALUE);
  }
}
