package dev.lathe.backend.reference;

import dev.lathe.ir.op.LinalgOp.Attention;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.runtime.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Products of matrices over batch dimensions that broadcast. */
final class LinalgKernels {
  private LinalgKernels() {}

  static Tensor matMul(MatMul op, Call call) {
    Batches batches = Batches.of(call, op.transposeA(), op.transposeB());
    double[] bias = call.size() < 3 ? null : expandedBias(call);
    Tensor result = call.result();
    if (!result.elementType().isFloat()) {
      return integerMatMul(call, batches, bias, result);
    }
    List<Product> products = new ArrayList<>();
    for (int i = 0; i < batches.count(); i++) {
      products.add(
          batches.product(
              batches.left(call.operand(0), i),
              batches.right(call.operand(1), i),
              sink(result, i, batches, bias)));
    }
    Product.computeAll(call.workers(), products);
    return result;
  }

  private static double[] expandedBias(Call call) {
    long[] shape = call.results().get(0).shape().sizes();
    return Strided.expand(call.doubles(2), call.shape(2), shape);
  }

  private static Product.Sink sink(
      Tensor result, int batch, Batches batches, double @Nullable [] bias) {
    int start = batch * batches.rows * batches.columns;
    return (row, column, sums, count) -> {
      int at = start + row * batches.columns + column;
      for (int i = 0; bias != null && i < count; i++) {
        sums[i] += bias[at + i];
      }
      Elements.write(result, at, sums, 0, count);
    };
  }

  /** Sums of 64 bits, which wrap when they are written. */
  private static Tensor integerMatMul(
      Call call, Batches batches, double @Nullable [] ignored, Tensor result) {
    long[] a = call.longs(0);
    long[] b = call.longs(1);
    long[] results = new long[Elements.count(result)];
    if (ignored != null) {
      results = Strided.expand(call.longs(2), call.shape(2), result.shape()).clone();
    }
    int at = 0;
    for (int batch = 0; batch < batches.count(); batch++) {
      for (int i = 0; i < batches.rows; i++) {
        for (int j = 0; j < batches.columns; j++) {
          for (int k = 0; k < batches.inner; k++) {
            results[at] += a[batches.leftOffset(batch, i, k)] * b[batches.rightOffset(batch, k, j)];
          }
          at++;
        }
      }
    }
    Elements.write(result, results);
    return result;
  }

  /** The sums are exact in double precision, since no product has more than 17 bits. */
  static Tensor matMulInteger(Call call) {
    Batches batches = Batches.of(call, false, false);
    double[] zeroA = zeroPoints(call, 2, batches.rows);
    double[] zeroB = zeroPoints(call, 3, batches.columns);
    Tensor result = call.result();
    List<Product> products = new ArrayList<>();
    for (int i = 0; i < batches.count(); i++) {
      products.add(
          batches.product(
              batches.left(call.operand(0), i).minusRows(zeroA),
              batches.right(call.operand(1), i).minusColumns(zeroB),
              sink(result, i, batches, null)));
    }
    Product.computeAll(call.workers(), products);
    return result;
  }

  private static double[] zeroPoints(Call call, int operand, int length) {
    double[] given = call.doubles(operand);
    if (given.length == length) {
      return given;
    }
    if (given.length != 1) {
      throw new IllegalArgumentException(
          "zero points " + call.operand(operand) + " must be one, or " + length);
    }
    double[] repeated = new double[length];
    Arrays.fill(repeated, given[0]);
    return repeated;
  }

  /** Scores of all queries of a batch are computed before any is normalised. */
  static Tensor attention(Attention op, Call call) {
    Batches scoring = Batches.of(call, false, true);
    int queries = scoring.rows;
    int keys = scoring.columns;
    long[] resultShape = call.results().get(0).shape().sizes();
    int rank = resultShape.length;
    int width = Math.toIntExact(resultShape[rank - 1]);
    long[] scoresShape = resultShape.clone();
    scoresShape[rank - 1] = keys;
    double[] scores = new double[Math.toIntExact(Strided.count(scoresShape))];
    double[] mask =
        call.size() < 4 ? null : Strided.expand(call.doubles(3), call.shape(3), scoresShape);
    // The values may have more batches than queries and keys have.
    int batches = Strided.count(resultShape, 0, rank - 2);
    int[] q = batchOffsets(call.shape(0), resultShape);
    int[] k = batchOffsets(call.shape(1), resultShape);
    int[] v = batchOffsets(call.shape(2), resultShape);
    int depth = scoring.inner;
    List<Product> products = new ArrayList<>();
    for (int i = 0; i < batches; i++) {
      int start = i * queries * keys;
      Product.Sink sink =
          (row, column, sums, count) -> {
            int at = start + row * keys + column;
            for (int j = 0; j < count; j++) {
              scores[at + j] = op.scale() * sums[j] + (mask == null ? 0 : mask[at + j]);
            }
          };
      Matrix left = Matrix.of(call.operand(0), q[i], depth, 1);
      Matrix right = Matrix.of(call.operand(1), k[i], 1, depth);
      products.add(new Product(left, right, queries, depth, keys, sink));
    }
    Product.computeAll(call.workers(), products);
    int[] steps = Strided.offsets(new long[] {keys}, new long[] {1});
    call.workers()
        .forEach(batches * queries, i -> weights(scores, i * keys, steps, op.nanToZero()));
    Tensor result = call.result();
    products.clear();
    for (int i = 0; i < batches; i++) {
      int start = i * queries * width;
      products.add(
          new Product(
              Matrix.of(scores, i * queries * keys, keys),
              Matrix.of(call.operand(2), v[i], width, 1),
              queries,
              keys,
              width,
              (row, column, sums, count) ->
                  Elements.write(result, start + row * width + column, sums, 0, count)));
    }
    Product.computeAll(call.workers(), products);
    return result;
  }

  private static void weights(double[] scores, int start, int[] steps, boolean nanToZero) {
    NormalizationKernels.softmax(scores, start, steps);
    for (int i = start; nanToZero && i < start + steps.length; i++) {
      scores[i] = Double.isNaN(scores[i]) ? 0 : scores[i];
    }
  }

  /** Where the matrix of each batch of the result begins in an operand. */
  private static int[] batchOffsets(long[] shape, long[] result) {
    int batchAxes = result.length - 2;
    long[] strides = Strided.broadcastStrides(shape, withMatrixOf(shape, result));
    return Strided.offsets(Arrays.copyOf(result, batchAxes), Arrays.copyOf(strides, batchAxes));
  }

  private static long[] withMatrixOf(long[] shape, long[] result) {
    long[] full = result.clone();
    full[full.length - 2] = shape[shape.length - 2];
    full[full.length - 1] = shape[shape.length - 1];
    return full;
  }

  /**
   * The matrices of two operands that meet.
   *
   * @param starts for each batch of the result, where its matrix begins in both operands
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Batches(
      int[][] starts, int rows, int inner, int columns, boolean transposeA, boolean transposeB) {

    static Batches of(Call call, boolean transposeA, boolean transposeB) {
      long[] a = call.shape(0);
      long[] b = call.shape(1);
      int lastA = a.length - 1;
      int lastB = b.length - 1;
      int rows = Math.toIntExact(transposeA ? a[lastA] : a[lastA - 1]);
      int inner = Math.toIntExact(transposeA ? a[lastA - 1] : a[lastA]);
      int columns = Math.toIntExact(transposeB ? b[lastB - 1] : b[lastB]);
      long[] result = call.results().get(0).shape().sizes();
      int[][] starts = {batchOffsets(a, result), batchOffsets(b, result)};
      return new Batches(starts, rows, inner, columns, transposeA, transposeB);
    }

    int count() {
      return starts[0].length;
    }

    Matrix left(Tensor a, int batch) {
      return transposeA
          ? Matrix.of(a, starts[0][batch], 1, rows)
          : Matrix.of(a, starts[0][batch], inner, 1);
    }

    Matrix right(Tensor b, int batch) {
      return transposeB
          ? Matrix.of(b, starts[1][batch], 1, inner)
          : Matrix.of(b, starts[1][batch], columns, 1);
    }

    int leftOffset(int batch, int row, int k) {
      return starts[0][batch] + (transposeA ? k * rows + row : row * inner + k);
    }

    int rightOffset(int batch, int k, int column) {
      return starts[1][batch] + (transposeB ? column * inner + k : k * columns + column);
    }

    Product product(Matrix a, Matrix b, Product.Sink sink) {
      return new Product(a, b, rows, inner, columns, sink);
    }
  }
}
