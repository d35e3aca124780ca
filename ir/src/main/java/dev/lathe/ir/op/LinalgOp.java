package dev.lathe.ir.op;

import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.TypeException;
import java.util.ArrayList;
import java.util.List;

/** Products of matrices. */
public sealed interface LinalgOp extends Op {

  /** The type of {@code a x b} over batch dimensions that broadcast, both of rank 2 or more. */
  private static Shape product(Operands operands, boolean transposeA, boolean transposeB) {
    operands.expectRankAtLeast(0, 2);
    operands.expectRankAtLeast(1, 2);
    TensorType a = operands.type(0);
    TensorType b = operands.type(1);
    Dim rows = a.dim(transposeA ? -1 : -2);
    Dim innerA = a.dim(transposeA ? -2 : -1);
    Dim innerB = b.dim(transposeB ? -1 : -2);
    Dim columns = b.dim(transposeB ? -2 : -1);
    operands.expectEqual(innerA, innerB, "inner dimensions of " + a + " and " + b);
    Shape batchA = new Shape(a.shape().dims().subList(0, a.rank() - 2));
    Shape batchB = new Shape(b.shape().dims().subList(0, b.rank() - 2));
    List<Dim> dims = new ArrayList<>(Axes.broadcast(batchA, batchB).dims());
    dims.add(rows);
    dims.add(columns);
    return new Shape(dims);
  }

  /**
   * Matrix product over batch dimensions that broadcast (ONNX {@code MatMul}-13). Operands: a
   * {@code [..., M, K]}, b {@code [..., K, N]}, and a bias that broadcasts to the result, or none;
   * it has their element type, or is f32 where they are narrower floats. Result {@code [..., M,
   * N]}. All of rank 2 or more; 1-d operands are unsqueezed by who builds the node.
   *
   * @param transposeA whether a is {@code [..., K, M]}
   * @param transposeB whether b is {@code [..., N, K]}
   */
  record MatMul(boolean transposeA, boolean transposeB) implements LinalgOp {
    @Override
    public String mnemonic() {
      return "matmul";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(2, 3);
      operands.expectSameElementType(0, 1);
      Shape shape = product(operands, transposeA, transposeB);
      if (operands.size() == 3) {
        operands.expectSameElementTypeOrF32(0, 2);
        Shape both = Axes.broadcast(shape, operands.type(2).shape());
        if (both.rank() != shape.rank()) {
          throw new TypeException(
              "bias " + operands.type(2) + " does not broadcast to the product " + shape);
        }
      }
      return List.of(operands.type(0).withShape(shape));
    }
  }

  /**
   * Product of 8-bit integer matrices with 32-bit sums (ONNX {@code MatMulInteger}-10): {@code (a -
   * aZeroPoint) x (b - bZeroPoint)}. Operands: a {@code [..., M, K]} and b {@code [..., K, N]},
   * each i8 or u8; aZeroPoint, a scalar or {@code [M]}; bZeroPoint, a scalar or {@code [N]}, of the
   * type of the matrix. Result {@code i32[..., M, N]}.
   */
  record MatMulInteger() implements LinalgOp {
    @Override
    public String mnemonic() {
      return "matmul_integer";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(4);
      for (int i = 0; i < 2; i++) {
        operands.expectElementType(i, ElementType.I8, ElementType.U8);
        operands.expectSameElementType(i, i + 2);
        if (operands.type(i + 2).rank() > 1) {
          throw new TypeException(
              "zero point " + operands.type(i + 2) + " must be a scalar or a vector");
        }
      }
      return List.of(new TensorType(ElementType.I32, product(operands, false, false)));
    }
  }

  /**
   * {@code softmax(scale * q k^T + mask) v} over the last two dimensions (Vaswani et al. 2017; ONNX
   * {@code Attention}-23 without caches). Operands: q {@code [..., Sq, D]}, k {@code [..., Sk, D]},
   * v {@code [..., Sk, Dv]}, and an additive mask that broadcasts to {@code [..., Sq, Sk]}, or
   * none; it has the element type of the others, or is f32 where they are narrower. Result {@code
   * [..., Sq, Dv]}.
   *
   * @param scale the factor of the scores, {@code 1/sqrt(D)} by custom
   * @param nanToZero whether weights that are not a number count as 0: those of a row whose scores
   *     are all minus infinity, as nothing may be attended to
   */
  record Attention(float scale, boolean nanToZero) implements LinalgOp {
    /** Attention whose weights are taken as they are. */
    public Attention(float scale) {
      this(scale, false);
    }

    @Override
    public String mnemonic() {
      return "attention";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(3, 4);
      TensorType q = operands.type(0);
      for (int i = 0; i < operands.size(); i++) {
        operands.expectFloat(i);
        if (i == 3) {
          operands.expectSameElementTypeOrF32(0, i);
        } else {
          operands.expectSameElementType(0, i);
          operands.expectRankAtLeast(i, 3);
          operands.expectRank(i, q.rank());
        }
      }
      TensorType k = operands.type(1);
      TensorType v = operands.type(2);
      operands.expectEqual(q.dim(-1), k.dim(-1), "last dimensions of queries and keys");
      operands.expectEqual(k.dim(-2), v.dim(-2), "lengths of keys and values");
      Shape batch = new Shape(q.shape().dims().subList(0, q.rank() - 2));
      for (int i = 1; i < 3; i++) {
        batch =
            Axes.broadcast(
                batch, new Shape(operands.type(i).shape().dims().subList(0, q.rank() - 2)));
      }
      List<Dim> scores = new ArrayList<>(batch.dims());
      scores.add(q.dim(-2));
      scores.add(k.dim(-2));
      if (operands.size() == 4
          && Axes.broadcast(new Shape(scores), operands.type(3).shape()).rank() != scores.size()) {
        throw new TypeException(
            "mask " + operands.type(3) + " does not broadcast to the scores " + scores);
      }
      List<Dim> dims = new ArrayList<>(batch.dims());
      dims.add(q.dim(-2));
      dims.add(v.dim(-1));
      return List.of(q.withShape(new Shape(dims)));
    }
  }
}
