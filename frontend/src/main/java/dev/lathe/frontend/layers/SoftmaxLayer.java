package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.NormalizationOp.Softmax;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** {@code Softmax}, with its mask and over several axes. */
final class SoftmaxLayer {
  private static final Argument<List<Long>> AXIS = optional("axis", ArgumentKinds.INTEGERS, -1L);

  private SoftmaxLayer() {}

  static LayerKind kind() {
    return LayerKind.of("softmax", "Softmax", SoftmaxLayer::softmax, AXIS)
        .withInputs(1, "inputs", "mask");
  }

  /**
   * {@code Softmax}: exponentials divided by their sum over an axis or several. Where the mask is
   * false (or at most 0.5), the input counts as -1e9 and the result is 0.
   */
  private static List<Value> softmax(LayerScope scope) {
    Emitter emit = scope.emit();
    Value x = scope.floatInput();
    if (scope.inputs().size() == 1) {
      return List.of(overAxes(scope, x));
    }
    Value mask = mask(scope, scope.inputs().get(1));
    double least = x.type().elementType() == ElementType.F16 ? -3e4 : -1e9;
    Value y = overAxes(scope, emit.where(mask, x, emit.scalarLike(x, least)));
    return List.of(emit.where(mask, y, emit.scalarLike(y, 0)));
  }

  private static Value mask(LayerScope scope, Value mask) {
    Value x = scope.input();
    int rank = x.type().rank();
    if (mask.type().rank() > rank
        || !Axes.broadcast(x.type().shape(), mask.type().shape()).equals(x.type().shape())) {
      throw new LayerException(
              "the mask of softmax() broadcasts to its input, which is "
                  + x.type()
                  + ", and this is "
                  + mask.type(),
              "give each of its axes the input's size or 1")
          .aboutInput(1);
    }
    Emitter emit = scope.emit();
    return mask.type().elementType() == ElementType.BOOL
        ? mask
        : emit.binary(
            BinaryFunction.GREATER, scope.floats(mask), emit.scalarLike(scope.floats(mask), 0.5));
  }

  private static Value overAxes(LayerScope scope, Value x) {
    Emitter emit = scope.emit();
    TreeSet<Integer> axes = new TreeSet<>();
    scope.get(AXIS).forEach(axis -> axes.add(scope.axis(axis)));
    if (axes.isEmpty()) {
      throw new LayerException("softmax() needs an axis at least", "").about("axis");
    }
    if (axes.size() == 1) {
      return emit.add(new Softmax(axes.first()), x);
    }
    List<Integer> sorted = new ArrayList<>(axes);
    Value logSum = emit.reduce(ReduceFunction.LOG_SUM_EXP, x, sorted, true);
    return emit.unary(UnaryFunction.EXP, emit.minus(x, logSum));
  }
}
