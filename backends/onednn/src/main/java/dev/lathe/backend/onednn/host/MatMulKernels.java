package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.LinalgOp;
import dev.lathe.ir.op.LinalgOp.Attention;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.ir.op.LinalgOp.MatMulInteger;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Kernels of products of matrices, for types and shapes that oneDNN does not take. */
final class MatMulKernels {
  private MatMulKernels() {}

  static @Nullable HostKernel create(LinalgOp op, Request request) {
    return switch (op) {
      case MatMul(boolean transposeA, boolean transposeB) -> {
        MatMulShape shape = new MatMulShape(transposeA, transposeB, request);
        boolean biased = request.operands().size() > 2;
        BroadcastReader bias = biased ? BroadcastReader.of(request, 2) : null;
        yield request.resultType().isFloat()
            ? new DoubleKernel(shape, request, bias, false)
            : new LongKernel(shape, request, bias);
      }
      // The sums are exact in double precision, since a product has 17 bits.
      case MatMulInteger ignored ->
          new DoubleKernel(new MatMulShape(false, false, request), request, null, true);
      case Attention ignored -> null;
    };
  }

  /** Products in double precision. */
  private static final class DoubleKernel implements DividedKernel {
    private final MatMulShape shape;
    private final ElementType leftType;
    private final ElementType rightType;
    private final ElementType resultType;
    private final @Nullable BroadcastReader bias;

    /** Readers of the zero points of rows and of columns, or null. */
    private final @Nullable BroadcastReader leftZeros;

    private final @Nullable BroadcastReader rightZeros;
    private final Pool<Scratch> scratches;

    DoubleKernel(
        MatMulShape shape, Request request, @Nullable BroadcastReader bias, boolean integer) {
      this.shape = shape;
      this.leftType = request.type(0);
      this.rightType = request.type(1);
      this.resultType = request.resultType();
      this.bias = bias;
      this.leftZeros = integer ? zeroPoints(request, 2, shape.rows) : null;
      this.rightZeros = integer ? zeroPoints(request, 3, shape.columns) : null;
      this.scratches = new Pool<>(() -> new Scratch(shape));
    }

    private static BroadcastReader zeroPoints(Request request, int operand, int length) {
      long count = request.count(operand);
      if (count != 1 && count != length) {
        throw new IllegalArgumentException(
            "zero points " + request.operands().get(operand) + " must be one, or " + length);
      }
      return new BroadcastReader(request.type(operand), new long[] {count}, new long[] {length});
    }

    @Override
    public long units() {
      return shape.units();
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results, long from, long to) {
      Scratch scratch = scratches.take();
      for (long unit = from; unit < to; unit++) {
        int batch = (int) (unit / shape.blocks);
        int column = (int) (unit % shape.blocks) * shape.block;
        int lanes = Math.min(shape.block, shape.columns - column);
        loadPanel(scratch, operands, shape.right[batch] + column * shape.rightStep, column, lanes);
        for (int row = 0; row < shape.rows; row++) {
          loadRow(scratch, operands, shape.left[batch] + row * shape.leftRow, row);
          long target = shape.resultOffset(batch, row, column);
          if (bias == null) {
            Arrays.fill(scratch.sums, 0, lanes, 0);
          } else {
            bias.load(scratch, operands[2], target, lanes, scratch.sums);
          }
          Products.add(scratch.sums, scratch.row, scratch.panel, shape.inner, lanes);
          scratch.store(resultType, results[0], target, lanes, scratch.sums, 0);
        }
      }
      scratches.give(scratch);
    }

    private void loadRow(Scratch scratch, MemorySegment[] operands, long start, int row) {
      double[] into = scratch.row;
      if (shape.leftStep == 1) {
        scratch.load(leftType, operands[0], start, shape.inner, into, 0);
      } else {
        for (int k = 0; k < shape.inner; k++) {
          into[k] = Elements.getDouble(leftType, operands[0], start + k * shape.leftStep);
        }
      }
      if (leftZeros != null) {
        leftZeros.load(scratch, operands[2], row, 1, scratch.zeros);
        double zero = scratch.zeros[0];
        for (int k = 0; k < shape.inner; k++) {
          into[k] -= zero;
        }
      }
    }

    private void loadPanel(
        Scratch scratch, MemorySegment[] operands, long start, int column, int lanes) {
      double[][] panel = scratch.panel;
      if (shape.rightStep == 1) {
        for (int k = 0; k < shape.inner; k++) {
          scratch.load(rightType, operands[1], start + k * shape.rightRow, lanes, panel[k], 0);
        }
      } else {
        for (int j = 0; j < lanes; j++) {
          long at = start + j * shape.rightStep;
          scratch.load(rightType, operands[1], at, shape.inner, scratch.row, 0);
          for (int k = 0; k < shape.inner; k++) {
            panel[k][j] = scratch.row[k];
          }
        }
      }
      if (rightZeros != null) {
        rightZeros.load(scratch, operands[3], column, lanes, scratch.zeros);
        for (int k = 0; k < shape.inner; k++) {
          subtract(panel[k], scratch.zeros, lanes);
        }
      }
    }

    private static void subtract(double[] x, double[] y, int n) {
      for (int i = 0; i < n; i++) {
        x[i] -= y[i];
      }
    }
  }

  private static final class Scratch extends Staging {
    final double[][] panel;
    final double[] row;
    final double[] sums;
    final double[] zeros;

    Scratch(MatMulShape shape) {
      panel = new double[shape.inner][shape.block];
      row = new double[shape.inner];
      sums = new double[shape.block];
      zeros = new double[shape.block];
    }
  }

  /** Products of integers, which wrap. */
  private static final class LongKernel implements DividedKernel {
    private final MatMulShape shape;
    private final ElementType type;
    private final @Nullable BroadcastReader bias;
    private final Pool<LongScratch> scratches;

    LongKernel(MatMulShape shape, Request request, @Nullable BroadcastReader bias) {
      this.shape = shape;
      this.type = request.resultType();
      this.bias = bias;
      this.scratches = new Pool<>(() -> new LongScratch(shape));
    }

    @Override
    public long units() {
      return shape.units();
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results, long from, long to) {
      LongScratch scratch = scratches.take();
      for (long unit = from; unit < to; unit++) {
        int batch = (int) (unit / shape.blocks);
        int column = (int) (unit % shape.blocks) * shape.block;
        int lanes = Math.min(shape.block, shape.columns - column);
        loadPanel(scratch, operands[1], shape.right[batch] + column * shape.rightStep, lanes);
        for (int row = 0; row < shape.rows; row++) {
          long start = shape.left[batch] + row * shape.leftRow;
          for (int k = 0; k < shape.inner; k++) {
            scratch.row[k] = Elements.getLong(type, operands[0], start + k * shape.leftStep);
          }
          long target = shape.resultOffset(batch, row, column);
          if (bias == null) {
            Arrays.fill(scratch.sums, 0, lanes, 0);
          } else {
            bias.load(scratch, operands[2], target, lanes, scratch.sums);
          }
          Products.add(scratch.sums, scratch.row, scratch.panel, shape.inner, lanes);
          scratch.store(type, results[0], target, lanes, scratch.sums, 0);
        }
      }
      scratches.give(scratch);
    }

    private void loadPanel(LongScratch scratch, MemorySegment data, long start, int lanes) {
      for (int k = 0; k < shape.inner; k++) {
        long row = start + k * shape.rightRow;
        for (int j = 0; j < lanes; j++) {
          scratch.panel[k][j] = Elements.getLong(type, data, row + j * shape.rightStep);
        }
      }
    }
  }

  private static final class LongScratch extends Staging {
    final long[][] panel;
    final long[] row;
    final long[] sums;

    LongScratch(MatMulShape shape) {
      panel = new long[shape.inner][shape.block];
      row = new long[shape.inner];
      sums = new long[shape.block];
    }
  }
}
