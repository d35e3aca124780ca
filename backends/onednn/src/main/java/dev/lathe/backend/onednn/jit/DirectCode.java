package dev.lathe.backend.onednn.jit;

import static dev.lathe.backend.onednn.jit.Assembler.R10;
import static dev.lathe.backend.onednn.jit.Assembler.R11;
import static dev.lathe.backend.onednn.jit.Assembler.R12;
import static dev.lathe.backend.onednn.jit.Assembler.R8;
import static dev.lathe.backend.onednn.jit.Assembler.R9;
import static dev.lathe.backend.onednn.jit.Assembler.RAX;
import static dev.lathe.backend.onednn.jit.Assembler.RBX;
import static dev.lathe.backend.onednn.jit.Assembler.RCX;
import static dev.lathe.backend.onednn.jit.Assembler.RDI;
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

  /** Sums; what is left is for weights, and for the activation's work. */
  private static final int MOST_SUMS = 28;

  /** Channels that are multiplied without a jump. */
  private static final int UNROLLED = 4;

  private final Direct source;
  private final DirectShape shape;

  private DirectCode(Direct source) {
    super(
        source.shape().window(),
        source.shape().pixel(),
        source.shape().filters(),
        source.stored(),
        parts(source),
        source.bias(),
        source.activation());
    if (source.residual() && source.stored() != ResultType.F32) {
      throw new IllegalArgumentException("a residual is added to f32 alone: " + source);
    }
    this.source = source;
    this.shape = source.shape();
  }

  private static Parts parts(Direct source) {
    DirectShape shape = source.shape();
    int lanes = shape.panelFilters();
    boolean grouped = shape.groups() > 1;
    return new Parts(
        shape.panels(),
        source.panels(),
        lanes,
        grouped ? lanes : shape.filters() - (shape.panels() - 1) * lanes,
        shape.panelWeights() * Float.BYTES,
        grouped ? shape.channels() * shape.channel() : 0);
  }

  static byte[] of(Direct source) {
    DirectCode code = new DirectCode(source);
    return code.emit(source.rows(), source.shape().window().kernelWidth() * code.channelWeights());
  }

  /** Bytes of a tap's weights. */
  private int channelWeights() {
    return shape.channels() * shape.vectors() * VECTOR;
  }

  private int vectors() {
    return Math.ceilDiv(lanes(), CodeSource.LANES);
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
    activate(sums);
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
