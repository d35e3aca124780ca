package dev.lathe.backend.onednn.jit;

import static dev.lathe.backend.onednn.jit.Assembler.R10;
import static dev.lathe.backend.onednn.jit.Assembler.R11;
import static dev.lathe.backend.onednn.jit.Assembler.R12;
import static dev.lathe.backend.onednn.jit.Assembler.R13;
import static dev.lathe.backend.onednn.jit.Assembler.R14;
import static dev.lathe.backend.onednn.jit.Assembler.R15;
import static dev.lathe.backend.onednn.jit.Assembler.R8;
import static dev.lathe.backend.onednn.jit.Assembler.R9;
import static dev.lathe.backend.onednn.jit.Assembler.RAX;
import static dev.lathe.backend.onednn.jit.Assembler.RBP;
import static dev.lathe.backend.onednn.jit.Assembler.RBX;
import static dev.lathe.backend.onednn.jit.Assembler.RCX;
import static dev.lathe.backend.onednn.jit.Assembler.RDI;
import static dev.lathe.backend.onednn.jit.Assembler.RDX;
import static dev.lathe.backend.onednn.jit.Assembler.RSI;

import dev.lathe.backend.onednn.jit.Assembler.Label;
import dev.lathe.backend.onednn.jit.CodeSource.Direct;

/**
 * The code of {@link Direct}: the sums of some outputs beside each other of some vectors of filters
 * are in registers; the weights of a tap and a channel are read once for all of them, and of the
 * image a number for each output. So the image may lie as it likes.
 */
final class DirectCode extends WindowCode {
  private static final int VECTOR = Assembler.VECTOR;
  private static final int REGISTERS = 32;

  /** Sums; what is left is for weights, and for the activation's work. */
  private static final int MOST_SUMS = 28;

  /** Channels that are multiplied without a jump. */
  private static final int UNROLLED = 4;

  private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};
  private static final int TAIL = 1;

  private final Direct source;
  private final DirectShape shape;
  private final ActivationCode activation;

  /** Filters of the panel that code is emitted for. */
  private int filters;

  private DirectCode(Direct source) {
    super(
        source.shape().window(),
        source.shape().pixel(),
        source.shape().window().width() * source.shape().pixel(),
        source.shape().window().height()
            * source.shape().window().width()
            * source.shape().window().channels()
            * Float.BYTES,
        source.shape().filters() * source.stored().bytes());
    if (source.residual() && source.stored() != ResultType.F32) {
      throw new IllegalArgumentException("a residual is added to f32 alone: " + source);
    }
    this.source = source;
    this.shape = source.shape();
    this.activation = new ActivationCode(a, source.activation());
  }

  static byte[] of(Direct source) {
    return new DirectCode(source).emit();
  }

  private byte[] emit() {
    int panels = shape.panels();
    int most = shape.panelFilters();
    int last = shape.groups() > 1 ? most : shape.filters() - (panels - 1) * most;
    Units.enter(a, SAVED);
    Lanes.tail(a, TAIL, last, RCX);
    Label done = a.label();
    Label unit = a.here();
    Units.take(a, RDI, done);
    place();
    Label few = a.label();
    Label end = a.label();
    Label next = a.here();
    a.push(RBX);
    if (last != most) {
      a.cmpImmediate(RBP, panels - 1);
      a.jump(Assembler.EQUAL, few);
    }
    filters = most;
    rows();
    if (last != most) {
      a.jump(end);
      a.bind(few);
      filters = last;
      rows();
      a.bind(end);
    }
    a.pop(RBX);
    a.addImmediate(RAX, most * Float.BYTES);
    a.addImmediate(RSI, shape.panelWeights() * Float.BYTES);
    a.addImmediate(R14, most * source.stored().bytes());
    a.addImmediate(R15, group());
    a.addImmediate(RBP, 1);
    a.addImmediate(RBX, -1);
    a.jump(Assembler.NOT_EQUAL, next);
    a.jump(unit);
    a.bind(done);
    Units.leave(a, SAVED);
    activation.data();
    table(shape.window().kernelWidth() * channelWeights());
    return a.toBytes();
  }

  /** Bytes from a panel's image to the next's. */
  private int group() {
    return shape.groups() > 1 ? shape.channels() * shape.channel() : 0;
  }

  /** Bytes of a tap's weights. */
  private int channelWeights() {
    return shape.channels() * shape.vectors() * VECTOR;
  }

  /**
   * From the number of a unit in RAX: its first panel in RBP, how many in RBX, where its weights
   * are in RSI and the bias in RAX; the rest as {@link #rows} wants it.
   */
  private void place() {
    a.xor(RDX, RDX);
    a.movImmediate(RCX, source.panelParts());
    a.div(RCX);
    a.imul(RBP, RDX, source.panels());
    Units.rest(a, RBX, RBP, shape.panels(), source.panels());
    a.load(RSI, RDI, Units.address(1));
    a.imul(RCX, RBP, shape.panelWeights() * Float.BYTES);
    a.add(RSI, RCX);
    a.imul(R15, RBP, group());
    a.imul(R14, RBP, shape.panelFilters() * source.stored().bytes());
    rowsOfUnit(source.rowParts(), source.rows());
    if (source.bias()) {
      a.imul(RCX, RBP, shape.panelFilters() * Float.BYTES);
      a.load(RAX, RDI, Units.address(3));
      a.add(RAX, RCX);
    }
  }

  private int vectors() {
    return Math.ceilDiv(filters, CodeSource.LANES);
  }

  private int mask(int vector) {
    return (vector + 1) * CodeSource.LANES <= filters ? Assembler.UNMASKED : TAIL;
  }

  @Override
  int mostColumns() {
    return MOST_SUMS / vectors();
  }

  @Override
  void block(Columns block, int moved) {
    int vectors = vectors();
    int sums = block.count() * vectors;
    for (int v = 0; v < vectors; v++) {
      if (source.bias()) {
        a.loadVector(v, RAX, v * VECTOR, mask(v));
      } else {
        a.vpxord(v, v, v);
      }
    }
    for (int i = vectors; i < sums; i++) {
      a.vmovups(i, i % vectors, Assembler.UNMASKED);
    }
    a.mov(R10, R8);
    a.load(R11, R12, Long.BYTES);
    a.add(R11, RSI);
    a.load(RCX, R12, 2 * Long.BYTES);
    Label row = a.here();
    for (int column = 0; column < shape.window().kernelWidth(); column++) {
      tap(block, column, displacement(block, moved));
    }
    a.addImmediate(R10, line);
    a.addImmediate(RCX, -1);
    a.jump(Assembler.NOT_EQUAL, row);
    if (source.residual()) {
      residual(block, moved);
    }
    activation.apply(0, sums, sums, REGISTERS);
    for (int i = 0; i < sums; i++) {
      int v = i % vectors;
      int displacement = outDisplacement(block, moved, i / vectors) + v * source.stored().vector();
      source.stored().store(a, R9, displacement, i, mask(v));
    }
  }

  /** Adds the residual, which is as far from the result everywhere. */
  private void residual(Columns block, int moved) {
    int sums = block.count() * vectors();
    a.load(R10, RDI, Units.address(2));
    a.imul(R10, R10, -1);
    a.add(R10, R9);
    a.load(R11, RDI, Units.address(source.bias() ? 4 : 3));
    a.add(R10, R11);
    for (int i = 0; i < sums; i++) {
      int v = i % vectors();
      int from = outDisplacement(block, moved, i / vectors()) + v * VECTOR;
      a.loadVector(sums, R10, from, mask(v));
      a.vaddps(i, i, sums);
    }
  }

  /** A column of the window, with all its channels. */
  private void tap(Columns block, int column, int displacement) {
    int step = shape.vectors() * VECTOR;
    int times = shape.channels() / UNROLLED;
    int rest = shape.channels() % UNROLLED;
    if (!isNeeded(block, column)) {
      a.addImmediate(R11, channelWeights());
      return;
    }
    if (times > 1) {
      a.movImmediate(RBX, times);
      Label next = a.here();
      channels(UNROLLED, block, column, displacement);
      a.addImmediate(R10, UNROLLED * shape.channel());
      a.addImmediate(R11, UNROLLED * step);
      a.addImmediate(RBX, -1);
      a.jump(Assembler.NOT_EQUAL, next);
      channels(rest, block, column, displacement);
      a.addImmediate(R10, -times * UNROLLED * shape.channel());
      a.addImmediate(R11, rest * step);
    } else {
      channels(shape.channels(), block, column, displacement);
      a.addImmediate(R11, channelWeights());
    }
  }

  private boolean isNeeded(Columns block, int column) {
    for (int output = 0; output < block.count(); output++) {
      if (isColumn(from(block) + output * shape.window().strideWidth() + column)) {
        return true;
      }
    }
    return false;
  }

  /** Adds the products with some channels; the weights take turns in the registers there are. */
  private void channels(int count, Columns block, int column, int displacement) {
    int vectors = vectors();
    int sums = block.count() * vectors;
    int sets = Math.max(1, (REGISTERS - sums) / vectors);
    int stride = shape.window().strideWidth();
    for (int c = 0; c < count; c++) {
      int weights = sums + c % sets * vectors;
      for (int v = 0; v < vectors; v++) {
        int from = (c * shape.vectors() + v) * VECTOR;
        a.loadVector(weights + v, R11, from, Assembler.UNMASKED);
      }
      for (int output = 0; output < block.count(); output++) {
        int at = output * stride + column;
        if (!isColumn(from(block) + at)) {
          continue;
        }
        int from = displacement + at * pixel + c * shape.channel();
        for (int v = 0; v < vectors; v++) {
          a.vfmadd231ps(output * vectors + v, weights + v, R10, from);
        }
      }
    }
  }
}
