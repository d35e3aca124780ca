package dev.lathe.frontend.onnx.export;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.op.LinalgOp;
import dev.lathe.ir.op.LinalgOp.MatMul;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.IntStream;

/** Products of matrices. */
final class LinalgExport {
  private LinalgExport() {}

  static void write(LinalgOp op, NodeExport out) {
    switch (op) {
      case LinalgOp.MatMul o -> matMul(o, out);
      case LinalgOp.MatMulInteger ignored -> matMulInteger(out);
      case LinalgOp.Attention o -> attention(o, out);
    }
  }

  /** {@code Gemm} where it is one, else {@code MatMul} of what is transposed before. */
  private static void matMul(MatMul op, NodeExport out) {
    boolean bias = out.operands() == 3;
    // Narrow numbers with a wider bias, which is added before the result is rounded.
    boolean mixed = bias && out.type(2).elementType() != out.type(0).elementType();
    NodeExport in = out.within(mixed ? EnumSet.of(ElementType.F32) : Types.SUMMABLE);
    boolean plain = !bias && !op.transposeA() && !op.transposeB();
    boolean matrices = in.type(0).rank() == 2 && in.type(1).rank() == 2;
    if (matrices && !plain && in.element().isFloat()) {
      in.op("Gemm", in.insFrom(0))
          .flag("transA", op.transposeA())
          .flag("transB", op.transposeB())
          .results();
      return;
    }
    String a = op.transposeA() ? turned(in, in.in(0), in.type(0).rank()) : in.in(0);
    String b = op.transposeB() ? turned(in, in.in(1), in.type(1).rank()) : in.in(1);
    if (bias) {
      in.results("Add", in.step("MatMul", a, b), in.in(2));
    } else {
      in.results("MatMul", a, b);
    }
  }

  /** With the last two axes exchanged. */
  private static String turned(NodeExport out, String value, int rank) {
    List<Integer> permutation = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    permutation.set(rank - 1, rank - 2);
    permutation.set(rank - 2, rank - 1);
    return out.transpose(value, permutation);
  }

  /**
   * {@code MatMulInteger}-10; with a zero point a row, which runtimes refuse, the same with the
   * zero points taken off before.
   */
  private static void matMulInteger(NodeExport out) {
    TensorType rows = out.type(2);
    if (rows.rank() == 0 || rows.dim(0).is(1)) {
      out.results("MatMulInteger", out.in(0), out.in(1), out.in(2), out.in(3));
      return;
    }
    String zeros = out.step("Unsqueeze", out.cast(out.in(2), ElementType.I32), out.longs(1));
    String a = out.step("Sub", out.cast(out.in(0), ElementType.I32), zeros);
    String b =
        out.step("Sub", out.cast(out.in(1), ElementType.I32), out.cast(out.in(3), ElementType.I32));
    out.results("MatMul", a, b);
  }

  private static void attention(LinalgOp.Attention op, NodeExport out) {
    float scale = op.scale();
    NodeExport in = out.within(EnumSet.of(ElementType.F32, ElementType.F64));
    int rank = in.type(1).rank();
    String product = in.step("MatMul", in.in(0), turned(in, in.in(1), rank));
    String scores = scale == 1 ? product : in.step("Mul", product, in.number(scale));
    String masked = in.operands() == 4 ? in.step("Add", scores, in.in(3)) : scores;
    String weights = in.op("Softmax", masked).integer("axis", -1).step();
    String numbers =
        op.nanToZero()
            ? in.step("Where", in.step("IsNaN", weights), in.number(0), weights)
            : weights;
    in.results("MatMul", numbers, in.in(2));
  }
}
