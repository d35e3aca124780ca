package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.IndexingOp.Gather;
import dev.lathe.ir.op.ShapeOp.Reshape;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Functions that give the same elements other places. */
final class ShapeFunctions {
  private static final Argument<List<Dim>> NEWSHAPE = required("newshape", ArgumentKinds.SIZES);
  private static final Argument<List<Dim>> SHAPE = required("shape", ArgumentKinds.SIZES);
  private static final Argument<List<Long>> PERMUTATION = optional("axes", ArgumentKinds.INTEGERS);
  private static final Argument<List<Long>> NEW_AXES = required("axis", ArgumentKinds.INTEGERS);
  private static final Argument<List<Long>> SQUEEZED = optional("axis", ArgumentKinds.INTEGERS);
  private static final Argument<Long> FIRST_AXIS = optional("axis", ArgumentKinds.INTEGER, 0L);
  private static final Argument<Long> ANY_AXIS = optional("axis", ArgumentKinds.INTEGER);

  /** How an axis is cut: into so many parts of one size, or at places. */
  private record Cuts(boolean alike, List<Long> numbers) {}

  private static final Argument<Cuts> CUTS =
      required(
          "indices_or_sections",
          new ArgumentKind<Cuts>() {
            @Override
            public String wanted() {
              return "the number of parts, or a list of the places where parts begin";
            }

            @Override
            public Cuts convert(Object written) {
              return new Cuts(
                  !(written instanceof List<?>), ArgumentKinds.INTEGERS.convert(written));
            }
          });
  private static final Argument<List<Long>> SOURCE = required("source", ArgumentKinds.INTEGERS);
  private static final Argument<List<Long>> DESTINATION =
      required("destination", ArgumentKinds.INTEGERS);
  private static final Argument<Long> AXIS_1 = required("axis1", ArgumentKinds.INTEGER);
  private static final Argument<Long> AXIS_2 = required("axis2", ArgumentKinds.INTEGER);

  private ShapeFunctions() {}

  static void register(LayerIndex index) {
    index.add(Functions.of("reshape", ShapeFunctions::reshape, NEWSHAPE));
    index.add(Functions.of("ravel", scope -> List.of(scope.emit().flat(scope.input()))));
    index.add(Functions.of("transpose", ShapeFunctions::transpose, PERMUTATION));
    index.add(Functions.of("moveaxis", ShapeFunctions::moveaxis, SOURCE, DESTINATION));
    index.add(Functions.of("swapaxes", ShapeFunctions::swapaxes, AXIS_1, AXIS_2));
    index.add(Functions.of("expand_dims", ShapeFunctions::expandDims, NEW_AXES));
    index.add(Functions.of("squeeze", ShapeFunctions::squeeze, SQUEEZED));
    index.add(Functions.of("broadcast_to", ShapeFunctions::broadcastTo, SHAPE));
    index.add(
        Functions.of(
            "shape",
            scope ->
                List.of(scope.emit().cast(scope.emit().shapeOf(scope.input()), ElementType.I32))));
    index.add(
        Functions.ofMany(
            "concatenate",
            1,
            scope -> List.of(MergingLayers.joined(scope, scope.axis(scope.get(FIRST_AXIS)))),
            FIRST_AXIS));
    index.add(Functions.ofMany("stack", 1, ShapeFunctions::stack, FIRST_AXIS));
    index.add(Functions.of("split", ShapeFunctions::split, CUTS, FIRST_AXIS));
    index.add(Functions.of("take", ShapeFunctions::take, ANY_AXIS).withInputs(2, "x", "indices"));
    index.add(
        Functions.of("gather", ShapeFunctions::take, FIRST_AXIS).withInputs(2, "x", "indices"));
  }

  /** {@code ops.reshape}: the same elements in a shape, in which one -1 is what is left. */
  private static List<Value> reshape(LayerScope scope) {
    Value x = scope.input();
    List<Dim> shape = scope.get(NEWSHAPE);
    Dim rest = null;
    List<Dim> dims = new ArrayList<>(shape);
    int open = dims.indexOf(Dim.of(-1));
    Dim count = x.type().shape().elementCount();
    if (open >= 0) {
      dims.remove(open);
      Dim known = dims.contains(Dim.of(-1)) ? null : Emitter.product(dims);
      if (known != null && !known.is(0)) {
        rest = count.divideExactlyOrNull(known);
      }
    }
    boolean negative = dims.stream().anyMatch(dim -> dim.isFixed() && dim.value() < 0);
    Dim whole = negative ? count : Emitter.product(dims);
    boolean fixed = count.isFixed() && whole.isFixed();
    boolean differs = open < 0 ? isOther(count, whole) : fixed && rest == null;
    if (negative || differs) {
      throw new LayerException(
              "reshape() cannot give " + x.type() + " the shape " + shape,
              negative
                  ? "sizes are not negative, and one at most is -1"
                  : "it has "
                      + count
                      + " elements, and the shape "
                      + whole
                      + (open < 0 ? "" : " and a multiple of them"))
          .about("newshape");
    }
    if (open >= 0) {
      dims.add(open, rest == null ? Dim.of(-1) : rest);
    }
    return List.of(
        open >= 0 && rest == null
            ? scope.emit().add(new Reshape(false), x, scope.emit().dims(dims))
            : scope.emit().reshape(x, dims));
  }

  /** True if two counts cannot be the same, whatever their symbols stand for. */
  private static boolean isOther(Dim a, Dim b) {
    if (a.isFixed() && b.isFixed()) {
      return !a.equals(b);
    }
    Dim quotient = b.is(0) ? null : a.divideExactlyOrNull(b);
    Dim inverse = a.is(0) ? null : b.divideExactlyOrNull(a);
    return (quotient != null && quotient.isFixed() && !quotient.is(1))
        || (inverse != null && inverse.isFixed() && !inverse.is(1));
  }

  /** {@code ops.transpose}: axes in another order; without one, backwards. */
  private static List<Value> transpose(LayerScope scope) {
    int rank = scope.input().type().rank();
    List<Integer> order = new ArrayList<>();
    if (scope.find(PERMUTATION).isEmpty()) {
      IntStream.range(0, rank).forEach(i -> order.add(0, i));
    } else {
      scope.get(PERMUTATION).forEach(axis -> order.add(scope.axis(axis)));
    }
    if (new TreeSet<>(order).size() != rank || order.size() != rank) {
      throw new LayerException(
              "'axes' of transpose() name every axis of its input once, and "
                  + scope.get(PERMUTATION)
                  + " do not for "
                  + scope.input().type(),
              "")
          .about("axes");
    }
    return List.of(scope.emit().transpose(scope.input(), order));
  }

  /** {@code ops.moveaxis}: some axes at other places, the others in their order. */
  private static List<Value> moveaxis(LayerScope scope) {
    List<Integer> from = scope.get(SOURCE).stream().map(scope::axis).toList();
    List<Integer> to = scope.get(DESTINATION).stream().map(scope::axis).toList();
    int rank = scope.input().type().rank();
    if (from.size() != to.size()
        || new TreeSet<>(from).size() != from.size()
        || new TreeSet<>(to).size() != to.size()) {
      throw new LayerException(
          "moveaxis() moves each axis of "
              + scope.get(SOURCE)
              + " to a place of its own, and "
              + scope.get(DESTINATION)
              + " are not that",
          "give as many destinations as sources, none twice");
    }
    List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    order.removeAll(from);
    IntStream.range(0, to.size())
        .boxed()
        .sorted(java.util.Comparator.comparing(to::get))
        .forEach(i -> order.add(to.get(i), from.get(i)));
    return List.of(scope.emit().transpose(scope.input(), order));
  }

  /** {@code ops.swapaxes}: two axes change places. */
  private static List<Value> swapaxes(LayerScope scope) {
    int rank = scope.input().type().rank();
    List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    java.util.Collections.swap(order, scope.axis(scope.get(AXIS_1)), scope.axis(scope.get(AXIS_2)));
    return List.of(scope.emit().transpose(scope.input(), order));
  }

  /** {@code ops.expand_dims}: axes of size 1 at places of the result. */
  private static List<Value> expandDims(LayerScope scope) {
    List<Long> written = scope.get(NEW_AXES);
    int rank = scope.input().type().rank() + written.size();
    TreeSet<Integer> axes = new TreeSet<>();
    for (long axis : written) {
      long normal = axis < 0 ? axis + rank : axis;
      if (normal < 0 || normal >= rank || !axes.add((int) normal)) {
        throw new LayerException(
                "expand_dims() makes a tensor of "
                    + rank
                    + " axes of "
                    + scope.input().type()
                    + ", and "
                    + written
                    + " are not new axes of it",
                "axes go from " + -rank + " to " + (rank - 1))
            .about("axis");
      }
    }
    return List.of(scope.emit().unsqueeze(scope.input(), axes.toArray(Integer[]::new)));
  }

  /** {@code ops.squeeze}: without axes of size 1, all or some. */
  private static List<Value> squeeze(LayerScope scope) {
    TensorType type = scope.input().type();
    TreeSet<Integer> axes = new TreeSet<>();
    if (scope.find(SQUEEZED).isEmpty()) {
      IntStream.range(0, type.rank()).filter(i -> type.dim(i).is(1)).forEach(axes::add);
    }
    for (long written : scope.find(SQUEEZED).orElse(List.of())) {
      int axis = scope.axis(written);
      if (!type.dim(axis).is(1)) {
        throw new LayerException(
                "squeeze() drops axes of size 1, and axis "
                    + axis
                    + " of "
                    + type
                    + " has "
                    + type.dim(axis),
                "")
            .about("axis");
      }
      axes.add(axis);
    }
    return List.of(
        axes.isEmpty()
            ? scope.input()
            : scope.emit().squeeze(scope.input(), axes.toArray(Integer[]::new)));
  }

  /** {@code ops.broadcast_to}: sizes of 1 stretched, and axes added in front. */
  private static List<Value> broadcastTo(LayerScope scope) {
    Value x = scope.input();
    List<Dim> shape = scope.get(SHAPE);
    int added = shape.size() - x.type().rank();
    boolean fits = added >= 0;
    for (int i = 0; fits && i < x.type().rank(); i++) {
      Dim from = x.type().dim(i);
      Dim to = shape.get(i + added);
      fits = from.is(1) || from.equals(to) || !from.isFixed() || !to.isFixed();
    }
    if (!fits) {
      throw new LayerException(
              "broadcast_to() cannot stretch " + x.type() + " to " + shape,
              "axes are matched from the last, and only a size of 1 can be stretched")
          .about("shape");
    }
    return List.of(scope.emit().expand(x, scope.emit().dims(shape)));
  }

  /** {@code ops.stack}: tensors of one shape along a new axis. */
  private static List<Value> stack(LayerScope scope) {
    int rank = scope.input().type().rank() + 1;
    long written = scope.get(FIRST_AXIS);
    long axis = written < 0 ? written + rank : written;
    if (axis < 0 || axis >= rank) {
      throw new LayerException(
              "stack() makes a tensor of " + rank + " axes, which has no axis " + written, "")
          .about("axis");
    }
    List<Value> parts = new ArrayList<>();
    for (Value part : Promotion.promote(scope.emit(), scope.inputs())) {
      TensorType type = part.type();
      if (type.rank() != rank - 1) {
        throw new LayerException(
                "stack() takes tensors of one shape, and these are "
                    + scope.input().type()
                    + " and "
                    + type,
                "")
            .aboutInput(parts.size());
      }
      parts.add(scope.emit().unsqueeze(part, (int) axis));
    }
    return List.of(scope.emit().concat((int) axis, parts));
  }

  /**
   * {@code ops.split}: the parts of an axis: so many of one size, or those between the places of a
   * list.
   */
  private static List<Value> split(LayerScope scope) {
    Emitter emit = scope.emit();
    Value x = scope.input();
    int axis = scope.axis(scope.get(FIRST_AXIS));
    Dim size = x.type().dim(axis);
    List<Dim> places = new ArrayList<>();
    List<Long> written = scope.get(CUTS).numbers;
    if (scope.get(CUTS).alike) {
      long count = written.get(0);
      if (count < 1 || (size.isFixed() && size.value() % count != 0)) {
        throw new LayerException(
                "split() cannot cut axis "
                    + axis
                    + " of "
                    + x.type()
                    + ", which has "
                    + size
                    + " elements, into "
                    + count
                    + " parts of one size",
                "give a list of the places where parts begin")
            .about("indices_or_sections");
      }
      for (long i = 0; i <= count; i++) {
        places.add(i == count ? size : size.floorDiv(count).times(i));
      }
    } else {
      places.add(Dim.ZERO);
      for (long place : written) {
        places.add(place < 0 ? size.plus(place) : Dim.of(place));
      }
      places.add(size);
    }
    List<Value> parts = new ArrayList<>();
    for (int i = 0; i + 1 < places.size(); i++) {
      parts.add(
          emit.slice(
              x,
              axis,
              emit.dims(places.subList(i, i + 1)),
              emit.dims(places.subList(i + 1, i + 2))));
    }
    return parts;
  }

  /**
   * {@code ops.take}: the places of an axis that integers name; without one, of the flat tensor.
   */
  private static List<Value> take(LayerScope scope) {
    Emitter emit = scope.emit();
    boolean flat = scope.find(ANY_AXIS).isEmpty();
    int axis = flat ? 0 : scope.axis(scope.get(ANY_AXIS));
    Value indices = indices(scope, 1);
    Value x = flat ? emit.flat(scope.input()) : scope.input();
    return List.of(emit.add(new Gather(axis), x, indices));
  }

  /** An input of integers as a tensor that ops take indices from. */
  static Value indices(LayerScope scope, int input) {
    Value x = scope.inputs().get(input);
    ElementType type = x.type().elementType();
    if (!type.isInteger()) {
      throw new LayerException(
              "indices of " + scope.name() + "() are integers, and these are " + x.type(),
              "cast them: cast(x, i32)")
          .aboutInput(input);
    }
    return type == ElementType.I32 || type == ElementType.I64
        ? x
        : scope.emit().cast(x, ElementType.I64);
  }
}
