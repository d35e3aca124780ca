package dev.lathe.backend.onednn.jit;

import static dev.lathe.backend.onednn.jit.Assembler.R10;
import static dev.lathe.backend.onednn.jit.Assembler.R11;
import static dev.lathe.backend.onednn.jit.Assembler.R12;
import static dev.lathe.backend.onednn.jit.Assembler.R8;
import static dev.lathe.backend.onednn.jit.Assembler.R9;
import static dev.lathe.backend.onednn.jit.Assembler.RAX;
import static dev.lathe.backend.onednn.jit.Assembler.RCX;
import static dev.lathe.backend.onednn.jit.Assembler.RSI;

import dev.lathe.backend.onednn.jit.Assembler.Label;
import dev.lathe.backend.onednn.jit.CodeSource.Depthwise;

/**
 * The code of {@link Depthwise}: some outputs beside each other of sixteen channels are in
 * registers, and with them a row of the window's weights; an element of the input is read once for
 * each row of the window and multiplied into all outputs that it belongs to. Which columns and rows
 * of a window lie in the image is known when the code is generated: columns by code of their own
 * for the borders, rows by a table.
 */
final class DepthwiseCode extends WindowCode {
  /** Outputs beside each other at a time. */
  private static final int BLOCK = 8;

  /** Registers: outputs, then weights of a row, then the input, which several share in turn. */
  private static final int INPUTS = 4;

  /** The second-level cache of a core. */
  private static final long PREFETCHED_BYTES = 1 << 20;

  private static final int VECTOR = Assembler.VECTOR;

  private final Depthwise source;
  private final WindowShape shape;

  private DepthwiseCode(Depthwise source) {
    super(
        source.shape(),
        source.shape().channels() * Float.BYTES,
        source.shape().channels(),
        source.stored(),
        new Parts(
            source.shape().vectors(),
            source.vectors(),
            CodeSource.LANES,
            source.shape().channels() - (source.shape().vectors() - 1) * CodeSource.LANES,
            source.shape().taps() * VECTOR,
            VECTOR),
        source.bias(),
        source.activation());
    this.source = source;
    this.shape = source.shape();
  }

  static byte[] of(Depthwise source) {
    return new DepthwiseCode(source).emit(source.rows(), source.shape().kernelWidth() * VECTOR);
  }

  @Override
  int mostColumns() {
    return Math.min(BLOCK, REGISTERS - INPUTS - shape.kernelWidth());
  }

  @Override
  void block(Columns block, int moved) {
    int count = block.count();
    if (source.bias()) {
      a.loadVector(0, RAX, 0, mask(0));
    } else {
      a.vpxord(0, 0, 0);
    }
    for (int i = 1; i < count; i++) {
      a.vmovups(i, 0, Assembler.UNMASKED);
    }
    int displacement = displacement(block, moved);
    if (prefetches()) {
      prefetch(block, displacement);
    }
    a.mov(R10, R8);
    a.load(R11, R12, Long.BYTES);
    a.add(R11, RSI);
    a.load(RCX, R12, 2 * Long.BYTES);
    Label row = a.here();
    for (int i = 0; i < shape.kernelWidth(); i++) {
      a.loadVector(count + i, R11, i * VECTOR, Assembler.UNMASKED);
    }
    products(block, displacement);
    a.addImmediate(R10, line);
    a.addImmediate(R11, shape.kernelWidth() * VECTOR);
    a.addImmediate(RCX, -1);
    a.jump(Assembler.NOT_EQUAL, row);
    activate(count);
    for (int i = 0; i < count; i++) {
      source.stored().store(a, R9, outDisplacement(block, moved, i), i, mask(0));
    }
  }

  /** Images that are not in the second-level cache are worth it. */
  private boolean prefetches() {
    return (long) shape.height() * line >= PREFETCHED_BYTES;
  }

  /** Asks for the input that the block below reads for the first time. */
  private void prefetch(Columns block, int displacement) {
    for (int row = 0; row < shape.strideHeight(); row++) {
      int below = displacement + (shape.kernelHeight() + row) * line;
      for (int i = 0; i < block.count() * shape.strideWidth(); i++) {
        a.prefetcht1(R8, below + i * pixel);
      }
    }
  }

  /** A row of the window: each element of the input with all outputs that it belongs to. */
  private void products(Columns block, int displacement) {
    int weights = block.count();
    int inputs = weights + shape.kernelWidth();
    int stride = shape.strideWidth();
    int used = 0;
    for (int i = 0; i < columns(block); i++) {
      if (!isColumn(from(block) + i)) {
        continue;
      }
      int input = inputs + used++ % INPUTS;
      boolean loaded = false;
      for (int output = 0; output < block.count(); output++) {
        int tap = i - output * stride;
        if (tap < 0 || tap >= shape.kernelWidth()) {
          continue;
        }
        if (!loaded) {
          a.loadVector(input, R10, displacement + i * pixel, mask(0));
          loaded = true;
        }
        a.vfmadd231ps(output, weights + tap, input);
      }
    }
  }
}
