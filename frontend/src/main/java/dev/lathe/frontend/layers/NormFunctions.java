package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import java.util.List;

/** Lengths of vectors, and vectors of length one. */
final class NormFunctions {
  /** Keras's {@code backend.epsilon()}. */
  static final double EPSILON = 1e-7;

  /** What order a norm has: a number, or {@code "fro"}, which is 2. */
  private static final Argument<Double> ORD =
      optional(
          "ord",
          new ArgumentKind<Double>() {
            @Override
            public String wanted() {
              return "a number or \"fro\"";
            }

            @Override
            public Double convert(Object written) {
              return written.equals("fro")
                  ? Double.valueOf(2)
                  : ArgumentKinds.NUMBER.convert(written);
            }
          });

  private static final Argument<Long> AXIS = optional("axis", ArgumentKinds.INTEGER, -1L);
  private static final Argument<Double> ORDER =
      optional("order", ArgumentKinds.POSITIVE_NUMBER, 2L);
  private static final Argument<Double> LEAST =
      optional("epsilon", ArgumentKinds.NON_NEGATIVE_NUMBER, EPSILON);

  private NormFunctions() {}

  static void register(LayerIndex index) {
    LayerKind norm =
        Functions.of(
            "norm", NormFunctions::norm, ORD, ReductionFunctions.AXES, ReductionFunctions.KEEPDIMS);
    index.add(norm);
    index.add(Functions.alias("reduce_norm", norm));
    LayerKind normalize = Functions.of("normalize", NormFunctions::normalize, AXIS, ORDER, LEAST);
    index.add(normalize);
    index.add(Functions.alias("l2_normalize", normalize));
  }

  /** {@code ops.norm}: the vector norm of an order over axes, 2 where nothing is said. */
  private static List<Value> norm(LayerScope scope) {
    List<Integer> axes = ReductionFunctions.axes(scope);
    boolean keep = scope.get(ReductionFunctions.KEEPDIMS);
    boolean matrix =
        scope.find(ReductionFunctions.AXES).map(List::size).orElse(scope.input().type().rank()) > 1;
    double order = scope.find(ORD).orElse(2.0);
    if (matrix && scope.find(ORD).isPresent() && order != 2) {
      throw new LayerException(
              "norm() of order " + order + " over " + axes.size() + " axes is not there yet",
              "leave the order out for the root of the sum of squares")
          .about("ord");
    }
    return List.of(norm(scope.emit(), scope.floatInput(), axes, order, keep));
  }

  private static Value norm(Emitter emit, Value x, List<Integer> axes, double order, boolean keep) {
    Value size = emit.unary(UnaryFunction.ABS, x);
    if (order == 2) {
      return emit.reduce(ReduceFunction.L2, x, axes, keep);
    }
    if (order == 1) {
      return emit.reduce(ReduceFunction.L1, x, axes, keep);
    }
    if (Double.isInfinite(order)) {
      return emit.reduce(order > 0 ? ReduceFunction.MAX : ReduceFunction.MIN, size, axes, keep);
    }
    if (order == 0) {
      Value there = emit.binary(BinaryFunction.NOT_EQUAL, x, emit.scalarLike(x, 0));
      ElementType type = x.type().elementType();
      return emit.reduce(ReduceFunction.SUM, emit.cast(there, type), axes, keep);
    }
    Value powers = emit.binary(BinaryFunction.POW, size, emit.scalarLike(x, order));
    Value sum = emit.reduce(ReduceFunction.SUM, powers, axes, keep);
    return emit.binary(BinaryFunction.POW, sum, emit.scalarLike(x, 1 / order));
  }

  /** {@code ops.normalize}: vectors divided by their norm, which counts as epsilon at least. */
  private static List<Value> normalize(LayerScope scope) {
    Value x = scope.floatInput();
    int axis = scope.axis(scope.get(AXIS));
    return List.of(normalized(scope, x, axis, scope.get(ORDER), scope.get(LEAST)));
  }

  /** Vectors along an axis divided by their norm, which counts as epsilon at least. */
  static Value normalized(LayerScope scope, Value x, int axis, double order, double epsilon) {
    Emitter emit = scope.emit();
    Value norm = norm(emit, x, List.of(axis), order, true);
    return emit.over(x, emit.add(new Clamp(epsilon, Double.POSITIVE_INFINITY), norm));
  }
}
