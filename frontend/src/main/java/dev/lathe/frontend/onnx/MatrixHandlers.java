package dev.lathe.frontend.onnx;

import static dev.lathe.frontend.ImportException.quote;

import dev.lathe.frontend.emit.Einsum;
import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.ir.op.LinalgOp.MatMulInteger;
import dev.lathe.ir.op.QuantizationOp.QuantizeLinear;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Products of matrices. */
final class MatrixHandlers {

  private MatrixHandlers() {}

  static void register(Handlers handlers) {
    handlers.add("MatMul", MatrixHandlers::matMul);
    handlers.add("Gemm", MatrixHandlers::gemm);
    handlers.add("MatMulInteger", MatrixHandlers::matMulInteger);
    handlers.add("QLinearMatMul", MatrixHandlers::qLinearMatMul);
    handlers.add("Einsum", MatrixHandlers::einsum);
  }

  /** {@code Einsum}-12. */
  private static List<Value> einsum(OnnxNode node) {
    String equation = node.attributes().text("equation", "").replace(" ", "");
    List<Value> operands = IntStream.range(0, node.inputs()).mapToObj(node::in).toList();
    try {
      return List.of(Einsum.add(node.emit(), equation, operands));
    } catch (Einsum.EquationException e) {
      throw node.attributes().refuse("equation", quote(equation) + " " + e.getMessage());
    }
  }

  /**
   * {@code MatMul}-13: a vector in front is a row, one behind a column, and both leave the result.
   */
  private static List<Value> matMul(OnnxNode node) {
    Emitter emit = node.emit();
    return List.of(
        product(node, node.in(0), node.in(1), (a, b) -> emit.add(new MatMul(false, false), a, b)));
  }

  /** The product of two matrices. */
  @FunctionalInterface
  private interface Product {
    Value of(Value a, Value b);
  }

  private static Value product(OnnxNode node, Value a, Value b, Product product) {
    Emitter emit = node.emit();
    boolean row = a.type().rank() == 1;
    boolean column = b.type().rank() == 1;
    Value result = product.of(row ? emit.unsqueeze(a, 0) : a, column ? emit.unsqueeze(b, 1) : b);
    int rank = result.type().rank();
    if (column) {
      result = emit.squeeze(result, rank - 1);
    }
    return row ? emit.squeeze(result, rank - 2) : result;
  }

  /**
   * {@code Gemm}-13: {@code alpha * A' * B' + beta * C}, where C may be left out from version 11
   * on.
   */
  private static List<Value> gemm(OnnxNode node) {
    Emitter emit = node.emit();
    MatMul op =
        new MatMul(
            node.attributes().flag("transA", false), node.attributes().flag("transB", false));
    float alpha = node.attributes().number("alpha", 1);
    float beta = node.attributes().number("beta", 1);
    Value a = node.in(0);
    Value b = node.in(1);
    Value c = beta == 0 ? null : node.optional(2);
    if (alpha == 1 && beta == 1 && c != null) {
      return List.of(emit.add(op, a, b, c));
    }
    Value result = emit.add(op, a, b);
    if (alpha != 1) {
      result = emit.times(result, emit.scalarLike(result, alpha));
    }
    if (c != null) {
      result = emit.plus(result, beta == 1 ? c : emit.times(c, emit.scalarLike(c, beta)));
    }
    return List.of(result);
  }

  /** {@code MatMulInteger}-10. */
  private static List<Value> matMulInteger(OnnxNode node) {
    Value a = node.in(0);
    Value b = node.in(1);
    return List.of(integerProduct(node, a, b, zeroPoint(node, 2, a), zeroPoint(node, 3, b)));
  }

  private static Value integerProduct(OnnxNode node, Value a, Value b, Value aZero, Value bZero) {
    Emitter emit = node.emit();
    return product(
        node, a, b, (left, right) -> emit.add(new MatMulInteger(), left, right, aZero, bZero));
  }

  /** A zero point as the graph wants it: a scalar or a vector, 0 where it is left out. */
  static Value zeroPoint(OnnxNode node, int input, Value data) {
    Emitter emit = node.emit();
    Value zero = node.optional(input);
    if (zero == null) {
      return emit.scalarLike(data, 0);
    }
    if (zero.type().shape().elementCount().is(1)) {
      return emit.asScalar(zero);
    }
    if (zero.type().rank() > 1) {
      throw node.unsupported(
          "a zero point of type " + zero.type(), "give one zero point, or one a row or column");
    }
    return zero;
  }

  /**
   * {@code QLinearMatMul}-21: the integer product, scaled to real numbers and quantised again.
   * Inputs are a, b and y, the first two with scale and zero point behind them, then those of y.
   */
  private static List<Value> qLinearMatMul(OnnxNode node) {
    Emitter emit = node.emit();
    Value a = node.in(0);
    Value b = node.in(3);
    Value product = integerProduct(node, a, b, zeroPoint(node, 2, a), zeroPoint(node, 5, b));
    Value aScale = emit.cast(node.in(1), ElementType.F32);
    if (aScale.type().rank() == 1 && !aScale.type().dim(0).is(1)) {
      aScale = emit.unsqueeze(aScale, 1);
    }
    Value scale = emit.times(aScale, emit.cast(node.in(4), ElementType.F32));
    return List.of(requantize(node, product, scale, 6, 7));
  }

  /** Integer sums as real numbers, quantised with the scale and the zero point of two inputs. */
  static Value requantize(
      OnnxNode node, Value sums, @Nullable Value scale, int toScale, int toZero) {
    Emitter emit = node.emit();
    Value real = emit.cast(sums, ElementType.F32);
    if (scale != null) {
      boolean one = scale.type().shape().elementCount().is(1);
      real = emit.times(real, one ? emit.asScalar(scale) : scale);
    }
    Value to = emit.cast(node.in(toScale), ElementType.F32);
    Value zero = node.in(toZero);
    boolean one = to.type().shape().elementCount().is(1);
    return emit.add(
        new QuantizeLinear(1, 0),
        real,
        one ? emit.asScalar(to) : to,
        zero.type().shape().elementCount().is(1) ? emit.asScalar(zero) : zero);
  }
}
