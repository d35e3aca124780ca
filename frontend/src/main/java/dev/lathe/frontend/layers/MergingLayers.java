package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.frontend.layers.Arithmetic.Operator;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.TypeException;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.Axes;
import java.util.ArrayList;
import java.util.List;

/** Layers that make one tensor of several. Element types meet as in Keras. */
final class MergingLayers {
  private static final Argument<Long> AXIS = optional("axis", ArgumentKinds.INTEGER, -1L);
  private static final Argument<List<Long>> AXES = required("axes", ArgumentKinds.INTEGERS);
  private static final Argument<Boolean> NORMALIZE =
      optional("normalize", ArgumentKinds.FLAG, false);

  private MergingLayers() {}

  static void register(LayerIndex index) {
    index.add(elementwise("add", "Add", Operator.ADD));
    index.add(
        LayerKind.merging(
            "subtract",
            "Subtract",
            2,
            scope -> {
              expectTwo(scope);
              return List.of(chain(scope, Operator.SUBTRACT));
            }));
    index.add(elementwise("multiply", "Multiply", Operator.MULTIPLY));
    index.add(LayerKind.merging("average", "Average", 1, MergingLayers::average));
    index.add(elementwise("maximum", "Maximum", Operator.MAXIMUM));
    index.add(elementwise("minimum", "Minimum", Operator.MINIMUM));
    index.add(LayerKind.merging("concatenate", "Concatenate", 1, MergingLayers::concatenate, AXIS));
    index.add(LayerKind.merging("dot", "Dot", 2, MergingLayers::dot, AXES, NORMALIZE));
  }

  private static LayerKind elementwise(String name, String kerasName, Operator operator) {
    return LayerKind.merging(name, kerasName, 1, scope -> List.of(chain(scope, operator)));
  }

  /**
   * {@code Add} and its like: the operator from the left. Tensors of fewer axes get axes of size 1
   * behind the batch, and sizes of 1 stretch.
   */
  private static Value chain(LayerScope scope, Operator operator) {
    Arithmetic arithmetic = new Arithmetic(scope.emit());
    List<Value> aligned = aligned(scope);
    Value result = arithmetic.settled(aligned.get(0));
    for (int i = 1; i < aligned.size(); i++) {
      result = arithmetic.binary(operator, result, aligned.get(i));
    }
    return result;
  }

  /** {@code Average}: the sum divided by the number of tensors, a float. */
  private static List<Value> average(LayerScope scope) {
    Value sum = chain(scope, Operator.ADD);
    Arithmetic arithmetic = new Arithmetic(scope.emit());
    return List.of(
        arithmetic.binary(Operator.DIVIDE, sum, arithmetic.number(scope.inputs().size())));
  }

  private static List<Value> aligned(LayerScope scope) {
    int rank = scope.inputs().stream().mapToInt(x -> x.type().rank()).max().orElse(0);
    List<Value> aligned = new ArrayList<>();
    for (Value x : scope.inputs()) {
      int missing = x.type().rank() == 0 ? 0 : rank - x.type().rank();
      Integer[] axes = new Integer[missing];
      for (int i = 0; i < missing; i++) {
        axes[i] = i + 1;
      }
      aligned.add(missing == 0 ? x : scope.emit().unsqueeze(x, axes));
    }
    Shape shape = aligned.get(0).type().shape();
    for (int i = 1; i < aligned.size(); i++) {
      shape = broadcast(scope, shape, aligned, i);
    }
    return aligned;
  }

  private static Shape broadcast(LayerScope scope, Shape before, List<Value> aligned, int i) {
    try {
      return Axes.broadcast(before, aligned.get(i).type().shape());
    } catch (TypeException e) {
      TensorType first = scope.input().type();
      TensorType type = scope.inputs().get(i).type();
      boolean ranks = first.rank() != type.rank();
      throw new LayerException(
              scope.name()
                  + "() takes tensors whose axes have the same size or 1, and these are "
                  + first
                  + " and "
                  + type,
              ranks
                  ? "axes are matched behind the batch; with + - * / they are matched from the last"
                  : "")
          .aboutInput(i);
    }
  }

  private static void expectTwo(LayerScope scope) {
    if (scope.inputs().size() != 2) {
      throw new LayerException(
          scope.name() + "() takes exactly 2 tensors, not " + scope.inputs().size(), "");
    }
  }

  /** {@code Concatenate}: tensors one after the other along an axis. */
  private static List<Value> concatenate(LayerScope scope) {
    return List.of(joined(scope, scope.axis(scope.get(AXIS))));
  }

  /** The inputs one after the other along an axis. */
  static Value joined(LayerScope scope, int axis) {
    TensorType first = scope.input().type();
    for (int i = 1; i < scope.inputs().size(); i++) {
      TensorType type = scope.inputs().get(i).type();
      if (type.rank() != first.rank() || differsElsewhere(first, type, axis)) {
        throw new LayerException(
                scope.name()
                    + "() takes tensors that differ in no axis but "
                    + axis
                    + ", and these are "
                    + first
                    + " and "
                    + type,
                "")
            .aboutInput(i);
      }
    }
    return scope.emit().concat(axis, Promotion.promote(scope.emit(), scope.inputs()));
  }

  private static boolean differsElsewhere(TensorType a, TensorType b, int axis) {
    for (int i = 0; i < a.rank(); i++) {
      boolean fixed = a.dim(i).isFixed() && b.dim(i).isFixed();
      if (i != axis && fixed && !a.dim(i).equals(b.dim(i))) {
        return true;
      }
    }
    return false;
  }

  /**
   * {@code Dot}: for each sample, the product summed over one axis of each tensor; {@code [N, 1]}
   * for matrices. With {@code normalize} that is the cosine of their vectors.
   */
  private static List<Value> dot(LayerScope scope) {
    expectTwo(scope);
    Value a = scope.inputs().get(0);
    Value b = scope.inputs().get(1);
    List<Long> axes = scope.get(AXES);
    if (axes.isEmpty() || axes.size() > 2) {
      throw new LayerException("'axes' of dot() are one axis or one of each tensor", "")
          .about("axes");
    }
    int axisA = dotAxis(scope, 0, axes.get(0));
    int axisB = dotAxis(scope, 1, axes.get(axes.size() - 1));
    Dim sizeA = a.type().dim(axisA);
    Dim sizeB = b.type().dim(axisB);
    if (sizeA.isFixed() && sizeB.isFixed() && !sizeA.equals(sizeB)) {
      throw new LayerException(
          "dot() sums over axis "
              + axisA
              + " of "
              + a.type()
              + " and axis "
              + axisB
              + " of "
              + b.type()
              + ", which have "
              + sizeA
              + " and "
              + sizeB
              + " elements",
          "");
    }
    if (scope.get(NORMALIZE)) {
      a = NormFunctions.normalized(scope, scope.floats(a), axisA, 2, NormFunctions.EPSILON);
      b = NormFunctions.normalized(scope, scope.floats(b), axisB, 2, NormFunctions.EPSILON);
    }
    return List.of(batchDot(scope.emit(), a, axisA, b, axisB));
  }

  private static int dotAxis(LayerScope scope, int input, long written) {
    TensorType type = scope.inputs().get(input).type();
    long axis = written < 0 ? written + type.rank() : written;
    if (type.rank() < 2 || axis < 1 || axis >= type.rank()) {
      throw new LayerException(
              "dot() sums over an axis behind the batch, and axis "
                  + written
                  + " of "
                  + type
                  + (axis == 0 ? " is the batch" : " is none"),
              "")
          .aboutInput(input);
    }
    return (int) axis;
  }

  /** Each tensor as {@code [batch, kept, summed]}, the product, and the kept axes of both. */
  private static Value batchDot(Emitter emit, Value a, int axisA, Value b, int axisB) {
    List<Dim> keptA = kept(a, axisA);
    List<Dim> keptB = kept(b, axisB);
    Value left = threeAxes(emit, a, axisA, keptA, false);
    Value right = threeAxes(emit, b, axisB, keptB, true);
    Value product = new Arithmetic(emit).matmul(left, right);
    List<Dim> dims = new ArrayList<>();
    dims.add(product.type().dim(0));
    dims.addAll(keptA);
    dims.addAll(keptB);
    if (dims.size() == 1) {
      dims.add(Dim.ONE);
    }
    return emit.reshape(product, dims);
  }

  private static List<Dim> kept(Value x, int axis) {
    List<Dim> dims = new ArrayList<>(x.type().shape().dims());
    dims.remove(axis);
    dims.remove(0);
    return dims;
  }

  private static Value threeAxes(
      Emitter emit, Value x, int axis, List<Dim> kept, boolean summedFirst) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < x.type().rank(); i++) {
      if (i != axis) {
        order.add(i);
      }
    }
    order.add(summedFirst ? 1 : order.size(), axis);
    Dim product = Emitter.product(kept);
    Dim summed = x.type().dim(axis);
    Dim batch = x.type().dim(0);
    return emit.reshape(
        emit.transpose(x, order),
        summedFirst ? List.of(batch, summed, product) : List.of(batch, product, summed));
  }
}
