package dev.lathe.frontend.emit;

import dev.lathe.ir.BlockBuilder;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Cast;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Where;
import dev.lathe.ir.op.IndexingOp.Gather;
import dev.lathe.ir.op.Op;
import dev.lathe.ir.op.ReductionOp.Reduce;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.ir.op.ShapeOp.Concat;
import dev.lathe.ir.op.ShapeOp.Expand;
import dev.lathe.ir.op.ShapeOp.Reshape;
import dev.lathe.ir.op.ShapeOp.ShapeOf;
import dev.lathe.ir.op.ShapeOp.Slice;
import dev.lathe.ir.op.ShapeOp.Squeeze;
import dev.lathe.ir.op.ShapeOp.Transpose;
import dev.lathe.ir.op.ShapeOp.Unsqueeze;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Adds core ops to a block in few words. Each method gives the op's first result. */
public final class Emitter {

  private final BlockBuilder builder;

  public Emitter(BlockBuilder builder) {
    this.builder = builder;
  }

  /** Any op. */
  public Value add(Op op, Value... operands) {
    return builder.add(op, operands);
  }

  /** Any op, all its results. */
  public List<Value> addAll(Op op, List<Value> operands) {
    return builder.addAll(op, operands);
  }

  public Value unary(UnaryFunction function, Value x) {
    return add(new Unary(function), x);
  }

  public Value binary(BinaryFunction function, Value a, Value b) {
    return add(new Binary(function), a, b);
  }

  public Value plus(Value a, Value b) {
    return binary(BinaryFunction.ADD, a, b);
  }

  public Value minus(Value a, Value b) {
    return binary(BinaryFunction.SUB, a, b);
  }

  public Value times(Value a, Value b) {
    return binary(BinaryFunction.MUL, a, b);
  }

  public Value over(Value a, Value b) {
    return binary(BinaryFunction.DIV, a, b);
  }

  public Value where(Value condition, Value yes, Value no) {
    return add(new Where(), condition, yes, no);
  }

  /** Another element type, or the value itself where it has that type. */
  public Value cast(Value x, ElementType to) {
    return x.type().elementType() == to ? x : add(new Cast(to), x);
  }

  /** A 0-d constant of the element type of another value. */
  public Value scalarLike(Value like, double number) {
    return builder.scalar(like.type().elementType(), number);
  }

  /** A 0-d constant. */
  public Value scalar(ElementType type, double number) {
    return builder.scalar(type, number);
  }

  /** A constant. */
  public Value constant(ConstantData data) {
    return builder.constant(data);
  }

  /** A 0-d i64 constant. */
  public Value number(long number) {
    return builder.constant(ConstantData.ofLong(number));
  }

  /** A 1-d i64 constant. */
  public Value longs(long... numbers) {
    return builder.longs(numbers);
  }

  /** A 1-d i64 constant. */
  public Value longs(List<Long> numbers) {
    return builder.longs(numbers.stream().mapToLong(Long::longValue).toArray());
  }

  /** A 1-d i64 tensor with the whole shape of a value. */
  public Value shapeOf(Value x) {
    return isBacked(x.type().shape().dims())
        ? builder.dims(x.type().shape().dims())
        : add(new ShapeOf(), x);
  }

  /** A 1-d i64 tensor of one dimension of a value. */
  public Value sizeOf(Value x, int axis) {
    Dim dim = x.type().dim(axis);
    return dim.isUnbacked()
        ? add(new Gather(0), add(new ShapeOf(), x), longs(axis))
        : builder.dims(List.of(dim));
  }

  /** The product of some dimensions of a value as a 1-d i64 tensor with one element. */
  public Value productOf(Value x, int from, int to) {
    Dim product = product(x.type().shape().dims().subList(from, to));
    return product.isUnbacked()
        ? add(new Reduce(ReduceFunction.PROD, List.of(0), true), add(new ShapeOf(from, to), x))
        : builder.dims(List.of(product));
  }

  /** The product of dimensions. */
  public static Dim product(List<Dim> dims) {
    return new Shape(dims).elementCount();
  }

  public static boolean isBacked(List<Dim> dims) {
    return dims.stream().noneMatch(Dim::isUnbacked);
  }

  /**
   * The same elements in another shape. Dimensions that depend on data may stand in at most one
   * place that is not also the operand's at the same axis.
   */
  public Value reshape(Value x, List<Dim> dims) {
    if (x.type().shape().dims().equals(dims)) {
      return x;
    }
    boolean empty = dims.stream().anyMatch(dim -> dim.is(0));
    List<Dim> wanted = new ArrayList<>(dims);
    boolean inferred = false;
    for (int i = 0; i < wanted.size() && !empty; i++) {
      if (wanted.get(i).isFixed()) {
        continue;
      }
      if (i < x.type().rank() && x.type().dim(i).equals(wanted.get(i))) {
        wanted.set(i, Dim.ZERO);
      } else if (!inferred) {
        wanted.set(i, Dim.of(-1));
        inferred = true;
      }
    }
    return add(new Reshape(empty), x, builder.dims(wanted));
  }

  /** The same elements as a matrix: the axes before one are the rows, the others the columns. */
  public Value matrix(Value x, int axis) {
    int rank = x.type().rank();
    List<Dim> dims = x.type().shape().dims();
    Dim rows = product(dims.subList(0, axis));
    Dim columns = product(dims.subList(axis, rank));
    if (rows.isUnbacked() && columns.isUnbacked()) {
      Value shape = concat(0, List.of(productOf(x, 0, axis), productOf(x, axis, rank)));
      return add(new Reshape(true), x, shape);
    }
    return reshape(x, List.of(rows, columns));
  }

  /** The same elements in the shape of another value. */
  public Value reshapeLike(Value x, Value like) {
    List<Dim> dims = like.type().shape().dims();
    boolean computed = dims.stream().filter(Dim::isUnbacked).count() > 1;
    return computed ? add(new Reshape(true), x, shapeOf(like)) : reshape(x, dims);
  }

  /** The same elements as a vector. */
  public Value flat(Value x) {
    return x.type().rank() == 1 ? x : add(new Reshape(false), x, longs(-1));
  }

  /** A tensor with one element as a 0-d tensor. */
  public Value asScalar(Value x) {
    return x.type().rank() == 0 ? x : add(new Reshape(false), x, longs());
  }

  /** A 0-d tensor as a 1-d one; others as they are. */
  public Value asVector(Value x) {
    return x.type().rank() == 0 ? unsqueeze(x, 0) : x;
  }

  public Value transpose(Value x, List<Integer> permutation) {
    boolean same = IntStream.range(0, permutation.size()).allMatch(i -> permutation.get(i) == i);
    return same ? x : add(new Transpose(permutation), x);
  }

  /** Undoes a transpose. */
  public Value transposeBack(Value x, List<Integer> permutation) {
    return transpose(
        x, IntStream.range(0, permutation.size()).mapToObj(permutation::indexOf).toList());
  }

  public Value squeeze(Value x, Integer... axes) {
    return add(new Squeeze(List.of(axes)), x);
  }

  public Value unsqueeze(Value x, Integer... axes) {
    return add(new Unsqueeze(List.of(axes)), x);
  }

  /** Axes of size 1 added at the end, until the tensor has so many behind the first. */
  public Value trailing(Value x, int count) {
    return count == 0
        ? x
        : add(
            new Unsqueeze(
                IntStream.range(x.type().rank(), x.type().rank() + count).boxed().toList()),
            x);
  }

  public Value expand(Value x, Value shape) {
    return add(new Expand(), x, shape);
  }

  /** A number repeated in the shape of another value. */
  public Value fillLike(Value like, ElementType type, double number) {
    return expand(scalar(type, number), shapeOf(like));
  }

  public Value concat(int axis, List<Value> parts) {
    return parts.size() == 1 ? parts.get(0) : builder.add(new Concat(axis), parts);
  }

  /** The part of an axis from start to end, in steps of 1. */
  public Value slice(Value x, int axis, Value start, Value end) {
    return add(new Slice(List.of(axis)), x, start, end, longs(1));
  }

  /**
   * A 1-d i64 tensor of dimensions.
   *
   * @throws dev.lathe.ir.TypeException if one depends on data
   */
  public Value dims(List<Dim> dims) {
    return builder.dims(dims);
  }

  public Value reduce(ReduceFunction function, Value x, List<Integer> axes, boolean keepDims) {
    return add(new Reduce(function, axes, keepDims), x);
  }

  public Value gather(Value x, int axis, Value indices) {
    return add(new Gather(axis), x, indices);
  }
}
