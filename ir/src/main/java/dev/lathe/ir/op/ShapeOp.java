package dev.lathe.ir.op;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.PropagatedData;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.TypeException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ops that ask for a shape, change it, or move whole parts of tensors. */
public sealed interface ShapeOp extends Op {

  /**
   * The dimensions from {@code start} to {@code end} as a 1-d i64 tensor (ONNX {@code Shape}-15);
   * both may be negative and are clamped.
   */
  record ShapeOf(int start, int end) implements ShapeOp {
    /** All dimensions. */
    public ShapeOf() {
      this(0, Integer.MAX_VALUE);
    }

    @Override
    public String mnemonic() {
      return "shape";
    }

    /** The dimensions that are asked for. */
    public List<Dim> of(Shape shape) {
      int rank = shape.rank();
      int from = Math.clamp(start < 0 ? (long) start + rank : start, 0, rank);
      int to = Math.clamp(end < 0 ? (long) end + rank : end, from, rank);
      return shape.dims().subList(from, to);
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(1);
      return List.of(TensorType.of(ElementType.I64, of(operands.type(0).shape()).size()));
    }
  }

  /**
   * Another shape for the same elements in the same order (ONNX {@code Reshape}-14). Operands:
   * data; the shape, a 1-d i64 tensor, in which one -1 stands for what is left, and a 0 for the
   * dimension at the same place of the data unless {@code allowZero}.
   */
  record Reshape(boolean allowZero) implements ShapeOp {
    @Override
    public String mnemonic() {
      return "reshape";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(2);
      operands.expectElementType(1, ElementType.I64);
      operands.expectRank(1, 1);
      return List.of(operands.type(0).withShape(ReshapeInference.target(operands, allowZero)));
    }
  }

  /**
   * The axes in another order (ONNX {@code Transpose}-13): result axis i is operand axis {@code
   * p[i]}.
   */
  record Transpose(List<Integer> permutation) implements ShapeOp {
    public Transpose {
      permutation = List.copyOf(permutation);
      boolean[] seen = new boolean[permutation.size()];
      for (int axis : permutation) {
        if (axis < 0 || axis >= seen.length || seen[axis]) {
          throw new IllegalArgumentException(
              permutation + " is not a permutation of 0.." + (seen.length - 1));
        }
        seen[axis] = true;
      }
    }

    @Override
    public String mnemonic() {
      return "transpose";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(1);
      operands.expectRank(0, permutation.size());
      TensorType type = operands.type(0);
      return List.of(type.withShape(new Shape(permutation.stream().map(type::dim).toList())));
    }
  }

  /**
   * Drops axes of size 1 (ONNX {@code Squeeze}-13). The axes are sorted and counted from the front.
   */
  record Squeeze(List<Integer> axes) implements ShapeOp {
    public Squeeze {
      axes = List.copyOf(axes);
    }

    @Override
    public String mnemonic() {
      return "squeeze";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(1);
      TensorType type = operands.type(0);
      List<Integer> normal = Axes.normalize(axes, type.rank());
      for (int axis : normal) {
        operands.expectEqual(type.dim(axis), Dim.ONE, "size of squeezed axis " + axis);
      }
      return List.of(type.withShape(ReductionOp.reduced(type.shape(), normal, false)));
    }
  }

  /** Inserts axes of size 1 (ONNX {@code Unsqueeze}-13) at the places they have in the result. */
  record Unsqueeze(List<Integer> axes) implements ShapeOp {
    public Unsqueeze {
      axes = List.copyOf(axes);
    }

    @Override
    public String mnemonic() {
      return "unsqueeze";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(1);
      TensorType type = operands.type(0);
      int rank = type.rank() + axes.size();
      List<Integer> normal = Axes.normalize(axes, rank);
      List<Dim> dims = new ArrayList<>(rank);
      int next = 0;
      for (int i = 0; i < rank; i++) {
        dims.add(normal.contains(i) ? Dim.ONE : type.dim(next++));
      }
      return List.of(type.withShape(new Shape(dims)));
    }
  }

  /**
   * Repeats axes of size 1 (ONNX {@code Expand}-13). Operands: data; a 1-d i64 shape. The result
   * has the shape both {@linkplain Axes#broadcast broadcast} to.
   */
  record Expand() implements ShapeOp {
    @Override
    public String mnemonic() {
      return "expand";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(2);
      operands.expectElementType(1, ElementType.I64);
      operands.expectRank(1, 1);
      PropagatedData data = operands.data(1);
      TensorType type = operands.type(0);
      if (data == null || data.isUnbacked()) {
        return List.of(
            type.withShape(unknown(operands, Math.max(type.rank(), vectorLength(operands, 1)))));
      }
      return List.of(type.withShape(Axes.broadcast(type.shape(), new Shape(data.elements()))));
    }
  }

  private static Shape unknown(Operands operands, int rank) {
    List<Dim> dims = new ArrayList<>(rank);
    for (int i = 0; i < rank; i++) {
      dims.add(operands.fresh());
    }
    return new Shape(dims);
  }

  /** The length of operand {@code index}, which decides the rank of a result. */
  static int vectorLength(Operands operands, int index) {
    Dim length = operands.type(index).dim(0);
    if (!length.isFixed()) {
      throw new TypeException(
          "operand "
              + index
              + " "
              + operands.type(index)
              + " decides the rank of the result, so its length must be known");
    }
    return Math.toIntExact(length.value());
  }

  /** Joins tensors along an axis (ONNX {@code Concat}-13). */
  record Concat(int axis) implements ShapeOp {
    @Override
    public String mnemonic() {
      return "concat";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(1, Integer.MAX_VALUE);
      TensorType first = operands.type(0);
      int normal = operands.axis(0, axis);
      Shape shape = first.shape();
      Dim sum = first.dim(normal);
      for (int i = 1; i < operands.size(); i++) {
        operands.expectSameElementType(0, i);
        operands.expectRank(i, first.rank());
        for (int d = 0; d < first.rank(); d++) {
          Dim other = operands.type(i).dim(d);
          if (d == normal) {
            sum = sum.plus(other);
          } else {
            operands.expectEqual(first.dim(d), other, "axis " + d + " of operands 0 and " + i);
            // A fixed size says more than a symbol that must turn out to be the same.
            shape = shape.dim(d).isFixed() ? shape : shape.withDim(d, other);
          }
        }
      }
      return List.of(first.withShape(shape.withDim(normal, sum)));
    }
  }

  /**
   * A strided part of a tensor (ONNX {@code Slice}-13). Operands: data; starts, ends and steps, 1-d
   * i64, one element for each of {@code axes}. Negative starts and ends count from the end, all are
   * clamped, and steps may be negative.
   */
  record Slice(List<Integer> axes) implements ShapeOp {
    public Slice {
      axes = List.copyOf(axes);
    }

    @Override
    public String mnemonic() {
      return "slice";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(4);
      TensorType type = operands.type(0);
      List<Integer> normal = Axes.normalize(axes, type.rank());
      for (int i = 1; i < 4; i++) {
        operands.expectElementType(i, ElementType.I64);
        operands.expectRank(i, 1);
        operands.expectEqual(
            operands.type(i).dim(0),
            Dim.of(axes.size()),
            "length of operand " + i + " and number of axes");
      }
      Shape shape = type.shape();
      for (int i = 0; i < axes.size(); i++) {
        Dim size =
            SliceInference.size(
                type.dim(normal.get(i)),
                element(operands, 1, i),
                element(operands, 2, i),
                element(operands, 3, i));
        shape = shape.withDim(normal.get(i), size == null ? operands.fresh() : size);
      }
      return List.of(type.withShape(shape));
    }

    private static @Nullable Dim element(Operands operands, int operand, int index) {
      PropagatedData data = operands.data(operand);
      return data == null ? null : data.elements().get(index);
    }
  }

  /** What stands in the places that {@link Pad} adds (ONNX {@code Pad}-19 modes). */
  enum PadMode {
    CONSTANT,
    REFLECT,
    EDGE,
    WRAP
  }

  /**
   * Adds elements around a tensor (ONNX {@code Pad}-19). Operands: data; pads, 1-d i64: what comes
   * before on every axis, then what comes after on every axis, negative to crop; the value for
   * {@link PadMode#CONSTANT}, a scalar.
   */
  record Pad(PadMode mode) implements ShapeOp {
    @Override
    public String mnemonic() {
      return "pad";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(3);
      operands.expectElementType(1, ElementType.I64);
      operands.expectSameElementType(0, 2);
      operands.expectRank(1, 1);
      operands.expectRank(2, 0);
      TensorType type = operands.type(0);
      int rank = type.rank();
      operands.expectEqual(
          operands.type(1).dim(0), Dim.of(2L * rank), "number of pads and twice the rank");
      PropagatedData pads = operands.data(1);
      List<Dim> dims = new ArrayList<>(rank);
      for (int i = 0; i < rank; i++) {
        Dim added =
            pads == null ? null : pads.elements().get(i).plus(pads.elements().get(rank + i));
        dims.add(added == null || added.isUnbacked() ? operands.fresh() : type.dim(i).plus(added));
      }
      return List.of(type.withShape(new Shape(dims)));
    }
  }

  /**
   * Repeats a tensor along each axis (ONNX {@code Tile}-13). Operands: data; repeats, 1-d
   * i64[rank].
   */
  record Tile() implements ShapeOp {
    @Override
    public String mnemonic() {
      return "tile";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(2);
      operands.expectElementType(1, ElementType.I64);
      operands.expectRank(1, 1);
      TensorType type = operands.type(0);
      operands.expectEqual(
          operands.type(1).dim(0), Dim.of(type.rank()), "number of repeats and the rank");
      PropagatedData repeats = operands.data(1);
      List<Dim> dims = new ArrayList<>();
      for (int i = 0; i < type.rank(); i++) {
        Dim times = repeats == null ? null : repeats.elements().get(i);
        dims.add(times == null || times.isUnbacked() ? operands.fresh() : type.dim(i).times(times));
      }
      return List.of(type.withShape(new Shape(dims)));
    }
  }

  /** How {@link Resize} computes an element between elements. */
  enum ResizeMode {
    NEAREST,
    LINEAR,
    CUBIC
  }

  /** How {@link Resize} maps a position of the result to one of the operand (ONNX names). */
  enum CoordinateTransform {
    HALF_PIXEL,
    HALF_PIXEL_SYMMETRIC,
    PYTORCH_HALF_PIXEL,
    ALIGN_CORNERS,
    ASYMMETRIC,
    /** Halves are rounded as in TensorFlow 1 for nearest neighbours (ONNX until version 18). */
    TF_HALF_PIXEL_FOR_NN
  }

  /** Which neighbour {@link Resize} takes when it takes the nearest. */
  enum NearestMode {
    ROUND_PREFER_FLOOR,
    ROUND_PREFER_CEIL,
    FLOOR,
    CEIL
  }

  /**
   * Another size by interpolation (ONNX {@code Resize}-19, without regions of interest). Operands:
   * data; the size of every axis, 1-d i64[rank]; or, with {@code byScales}, the factor of every
   * axis, 1-d f32[rank], where the size is {@code floor(size * factor)}.
   *
   * @param byScales whether operand 1 is factors; they then also map positions, instead of the
   *     ratio of the sizes
   * @param cubicCoefficient the {@code a} of cubic interpolation
   * @param excludeOutside whether weights of positions outside count as zero and the rest is scaled
   *     up
   * @param antialias whether the filter widens when the result is smaller
   */
  record Resize(
      ResizeMode mode,
      CoordinateTransform transform,
      NearestMode nearest,
      boolean byScales,
      float cubicCoefficient,
      boolean excludeOutside,
      boolean antialias)
      implements ShapeOp {
    /** Scales that are fractions with a larger denominator leave a symbolic size unknown. */
    private static final long MAX_DENOMINATOR = 64;

    @Override
    public String mnemonic() {
      return "resize";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      operands.expectCount(2);
      operands.expectElementType(1, byScales ? ElementType.F32 : ElementType.I64);
      operands.expectRank(1, 1);
      TensorType type = operands.type(0);
      operands.expectEqual(
          operands.type(1).dim(0), Dim.of(type.rank()), "length of operand 1 and the rank");
      List<Dim> dims = new ArrayList<>();
      for (int i = 0; i < type.rank(); i++) {
        dims.add(byScales ? scaled(operands, type.dim(i), i) : sized(operands, i));
      }
      return List.of(type.withShape(new Shape(dims)));
    }

    private static Dim sized(Operands operands, int axis) {
      PropagatedData data = operands.data(1);
      Dim size = data == null ? null : data.elements().get(axis);
      return size == null || size.isUnbacked() ? operands.fresh() : size;
    }

    private static Dim scaled(Operands operands, Dim size, int axis) {
      ConstantData scales = operands.constant(1);
      if (scales == null) {
        return operands.fresh();
      }
      double scale = scales.getDouble(axis);
      if (!(scale > 0) || Double.isInfinite(scale)) {
        throw new TypeException(
            "scale " + scale + " of axis " + axis + " is not a positive number");
      }
      if (size.isFixed()) {
        return Dim.of((long) Math.floor(size.value() * scale));
      }
      for (long denominator = 1; denominator <= MAX_DENOMINATOR; denominator++) {
        double numerator = scale * denominator;
        if (numerator == Math.rint(numerator)) {
          return size.times((long) numerator).floorDiv(denominator);
        }
      }
      return operands.fresh();
    }
  }
}
