package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.PropagatedData;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.IndexingOp.GatherElements;
import dev.lathe.ir.op.IndexingOp.GatherNd;
import dev.lathe.ir.op.IndexingOp.ScatterNd;
import dev.lathe.ir.op.IndexingOp.ScatterReduction;
import dev.lathe.ir.op.IndexingOp.Trilu;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Functions that take elements from, or put them to, places that other tensors name. */
final class IndexFunctions {
  private static final Argument<Long> ANY_AXIS = optional("axis", ArgumentKinds.INTEGER);
  private static final Argument<List<Dim>> SHAPE = required("shape", ArgumentKinds.SIZES);
  private static final Argument<Long> DIAGONAL = optional("k", ArgumentKinds.INTEGER, 0L);
  private static final Argument<Long> BATCH_DIMS =
      optional("batch_dims", ArgumentKinds.NON_NEGATIVE, 0L);
  private static final Argument<String> REDUCTION =
      optional("reduction", ArgumentKinds.oneOf("add", "max", "min", "mul"));

  private IndexFunctions() {}

  static void register(LayerIndex index) {
    index.add(
        Functions.of("take_along_axis", IndexFunctions::takeAlongAxis, ANY_AXIS)
            .withInputs(2, "x", "indices"));
    index.add(
        Functions.of("gather_nd", IndexFunctions::gatherNd, BATCH_DIMS)
            .withInputs(2, "x", "indices"));
    LayerKind scatter =
        Functions.of("scatter", IndexFunctions::scatter, SHAPE).withInputs(2, "indices", "values");
    index.add(scatter);
    index.add(Functions.alias("scatter_nd", scatter));
    index.add(
        Functions.of("scatter_update", IndexFunctions::scatterUpdate, REDUCTION)
            .withInputs(3, "inputs", "indices", "updates"));
    index.add(
        Functions.of("slice", IndexFunctions::slice, SHAPE)
            .withInputs(2, "inputs", "start_indices"));
    index.add(
        Functions.of("slice_update", IndexFunctions::sliceUpdate)
            .withInputs(3, "inputs", "start_indices", "updates"));
    index.add(Functions.of("tril", scope -> triangle(scope, false), DIAGONAL));
    index.add(Functions.of("triu", scope -> triangle(scope, true), DIAGONAL));
  }

  /**
   * {@code ops.take_along_axis}: single elements along an axis, the other axes of both tensors
   * matched; without an axis, of the flat tensor.
   */
  private static List<Value> takeAlongAxis(LayerScope scope) {
    Emitter emit = scope.emit();
    Value x = scope.input();
    Value indices = ShapeFunctions.indices(scope, 1);
    if (scope.find(ANY_AXIS).isEmpty()) {
      return List.of(emit.add(new GatherElements(0), emit.flat(x), emit.flat(indices)));
    }
    int axis = scope.axis(scope.get(ANY_AXIS));
    TensorType type = x.type();
    boolean fits = type.rank() == indices.type().rank();
    List<Dim> ofData = new ArrayList<>();
    List<Dim> ofIndices = new ArrayList<>();
    for (int i = 0; fits && i < type.rank(); i++) {
      Dim a = type.dim(i);
      Dim b = indices.type().dim(i);
      boolean along = i == axis;
      fits = along || a.equals(b) || a.is(1) || b.is(1) || !a.isFixed() || !b.isFixed();
      ofData.add(along || !a.is(1) ? a : b);
      ofIndices.add(along || !b.is(1) ? b : a);
    }
    if (!fits) {
      throw new LayerException(
              "take_along_axis() takes indices that match "
                  + type
                  + " in every axis but "
                  + axis
                  + ", and these are "
                  + indices.type(),
              "give other axes the same size or 1")
          .aboutInput(1);
    }
    return List.of(
        emit.add(
            new GatherElements(axis),
            stretched(emit, x, ofData),
            stretched(emit, indices, ofIndices)));
  }

  private static Value stretched(Emitter emit, Value x, List<Dim> dims) {
    return x.type().shape().dims().equals(dims) ? x : emit.expand(x, emit.dims(dims));
  }

  /** The slices that the vectors along the last axis of the indices name. */
  private static List<Value> gatherNd(LayerScope scope) {
    Value indices = scope.emit().cast(ShapeFunctions.indices(scope, 1), ElementType.I64);
    int batch = Math.toIntExact(Math.min(scope.get(BATCH_DIMS), Integer.MAX_VALUE));
    return List.of(scope.emit().add(new GatherNd(batch), scope.input(), indices));
  }

  /** {@code ops.scatter}: zeros, and the values added at the places that index vectors name. */
  private static List<Value> scatter(LayerScope scope) {
    Emitter emit = scope.emit();
    Value indices = emit.cast(ShapeFunctions.indices(scope, 0), ElementType.I64);
    Value values = scope.inputs().get(1);
    Value zeros = emit.expand(emit.scalarLike(values, 0), emit.dims(scope.get(SHAPE)));
    return List.of(emit.add(new ScatterNd(ScatterReduction.ADD), zeros, indices, values));
  }

  /** {@code ops.scatter_update}: slices replaced at the places that index vectors name. */
  private static List<Value> scatterUpdate(LayerScope scope) {
    Emitter emit = scope.emit();
    ScatterReduction reduction =
        switch (scope.find(REDUCTION).orElse("")) {
          case "add" -> ScatterReduction.ADD;
          case "max" -> ScatterReduction.MAX;
          case "min" -> ScatterReduction.MIN;
          case "mul" -> ScatterReduction.MUL;
          default -> ScatterReduction.NONE;
        };
    Value x = scope.input();
    Value indices = emit.cast(ShapeFunctions.indices(scope, 1), ElementType.I64);
    Value updates = Promotion.to(emit, x.type().elementType(), scope.inputs().get(2));
    return List.of(emit.add(new ScatterNd(reduction), x, indices, updates));
  }

  /** Where each axis of a part starts: numbers and sizes, or what is known only at run time. */
  private static List<Value> starts(LayerScope scope) {
    Emitter emit = scope.emit();
    Value starts = emit.cast(ShapeFunctions.indices(scope, 1), ElementType.I64);
    int rank = scope.input().type().rank();
    if (starts.type().rank() != 1 || !starts.type().dim(0).is(rank)) {
      throw new LayerException(
              scope.name()
                  + "() takes a place for every axis of "
                  + scope.input().type()
                  + ", and 'start_indices' is "
                  + scope.inputs().get(1).type(),
              "give a list of " + rank + " integers")
          .aboutInput(1);
    }
    return IntStream.range(0, rank).mapToObj(i -> emit.gather(starts, 0, emit.number(i))).toList();
  }

  /** {@code ops.slice}: a part of a shape that starts at given places, known or computed. */
  private static List<Value> slice(LayerScope scope) {
    List<Dim> shape = scope.get(SHAPE);
    expectPart(scope, shape, "shape " + shape);
    Value x = scope.input();
    List<Value> starts = starts(scope);
    for (int axis = 0; axis < shape.size(); axis++) {
      x = part(scope.emit(), x, axis, starts.get(axis), shape.get(axis));
    }
    return List.of(x);
  }

  private static void expectPart(LayerScope scope, List<Dim> shape, String what) {
    TensorType type = scope.input().type();
    boolean fits = shape.size() == type.rank();
    for (int i = 0; fits && i < shape.size(); i++) {
      Dim part = shape.get(i);
      Dim all = type.dim(i);
      fits =
          !part.isFixed() || (part.value() >= 0 && (!all.isFixed() || part.value() <= all.value()));
    }
    if (!fits) {
      throw new LayerException(
          scope.name() + "() has the " + what + ", which is no part of " + type,
          "give every axis a size from 0 to its own");
    }
  }

  /** So many places of an axis from one on. */
  private static Value part(Emitter emit, Value x, int axis, Value start, Dim size) {
    if (x.type().dim(axis).equals(size)) {
      return x;
    }
    PropagatedData data = start.data();
    if (data != null && !data.isUnbacked()) {
      Dim from = data.elements().get(0);
      return emit.slice(x, axis, emit.dims(List.of(from)), emit.dims(List.of(from.plus(size))));
    }
    return emit.gather(x, axis, emit.plus(CreationFunctions.counting(emit, size), start));
  }

  /** {@code ops.slice_update}: a part replaced that starts at given places, known or computed. */
  private static List<Value> sliceUpdate(LayerScope scope) {
    Value x = scope.input();
    Value updates = Promotion.to(scope.emit(), x.type().elementType(), scope.inputs().get(2));
    expectPart(scope, updates.type().shape().dims(), "updates " + updates.type());
    return List.of(update(scope.emit(), x, starts(scope), updates, 0));
  }

  /** Replaces a part of the axes from one on: outer axes by what the inner ones become. */
  private static Value update(Emitter emit, Value x, List<Value> starts, Value updates, int axis) {
    if (axis == x.type().rank()) {
      return updates;
    }
    Dim size = updates.type().dim(axis);
    if (size.equals(x.type().dim(axis))) {
      return update(emit, x, starts, updates, axis + 1);
    }
    Value old = part(emit, x, axis, starts.get(axis), size);
    Value inner = update(emit, old, starts, updates, axis + 1);
    List<Integer> order = new ArrayList<>(IntStream.range(0, x.type().rank()).boxed().toList());
    java.util.Collections.swap(order, 0, axis);
    Value places = emit.plus(CreationFunctions.counting(emit, size), starts.get(axis));
    Value changed =
        emit.add(
            new ScatterNd(ScatterReduction.NONE),
            emit.transpose(x, order),
            emit.unsqueeze(places, 1),
            emit.transpose(inner, order));
    return emit.transpose(changed, order);
  }

  /** {@code ops.tril} and {@code ops.triu}: the last two axes without one of their triangles. */
  private static List<Value> triangle(LayerScope scope, boolean upper) {
    if (scope.input().type().rank() < 2) {
      throw new LayerException(
              scope.name() + "() takes matrices [..., M, N], and this is " + scope.input().type(),
              "")
          .aboutInput(0);
    }
    Value diagonal = scope.emit().number(scope.get(DIAGONAL));
    return List.of(scope.emit().add(new Trilu(upper), scope.input(), diagonal));
  }
}
