package dev.lathe.ir;

import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.IndexingOp;
import dev.lathe.ir.op.Op;
import dev.lathe.ir.op.Operands;
import dev.lathe.ir.op.ReductionOp;
import dev.lathe.ir.op.ShapeOp;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows small integer tensors through the arithmetic that people do on shapes, so that shapes are
 * known when a graph is built (ONNX "data propagation").
 *
 * <p>Only 0-d and 1-d tensors are followed, and booleans as 0 and 1. Floats are followed as long as
 * they hold integers, for the exporters that compute sizes in f32.
 */
final class DataPropagation {
  private DataPropagation() {}

  /** What is known of the elements of each result; null entries for nothing. */
  static List<@Nullable PropagatedData> propagate(Op op, Operands in, List<TensorType> types) {
    if (types.size() != 1 || types.get(0).rank() > 1 || !tracked(types.get(0))) {
      return Collections.nCopies(types.size(), null);
    }
    PropagatedData result;
    try {
      result = one(op, in, types.get(0));
    } catch (ArithmeticException e) {
      // An overflow or a division by zero: the value is left to be computed when the model runs.
      result = null;
    }
    if (result == null) {
      result = unknown(types.get(0), in);
    }
    return Collections.singletonList(result);
  }

  private static boolean tracked(TensorType type) {
    ElementType element = type.elementType();
    boolean small =
        type.rank() == 0
            || (type.dim(0).isFixed() && type.dim(0).value() <= PropagatedData.MAX_ELEMENTS);
    return small
        && (element == ElementType.I64
            || element == ElementType.I32
            || element == ElementType.BOOL
            || element == ElementType.F32);
  }

  /**
   * Nothing known: elements of i64 vectors get symbols of their own, so that shapes made of them
   * differ.
   */
  private static @Nullable PropagatedData unknown(TensorType type, Operands in) {
    if (type.elementType() != ElementType.I64) {
      return null;
    }
    int count = type.rank() == 0 ? 1 : Math.toIntExact(type.dim(0).value());
    List<Dim> elements = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      elements.add(in.fresh());
    }
    return new PropagatedData(type.rank() == 0, elements);
  }

  private static @Nullable PropagatedData one(Op op, Operands in, TensorType type) {
    return switch (op) {
      case CreationOp.Constant constant -> ofConstant(constant.data());
      case CreationOp.Dims dims -> PropagatedData.vector(dims.dims());
      case CreationOp.Range ignored -> range(in, type);
      case ShapeOp.ShapeOf shape -> PropagatedData.vector(shape.of(in.type(0).shape()));
      case ShapeOp.Squeeze ignored -> reshaped(in.data(0), type);
      case ShapeOp.Unsqueeze ignored -> reshaped(in.data(0), type);
      case ShapeOp.Reshape ignored -> reshaped(in.data(0), type);
      case ShapeOp.Expand ignored -> repeated(in.data(0), type);
      case ShapeOp.Tile ignored -> repeated(in.data(0), type);
      case ShapeOp.Concat ignored -> concat(in);
      case ShapeOp.Slice slice -> slice(in);
      case IndexingOp.Gather ignored -> gather(in, type);
      case ElementwiseOp.Cast cast -> cast(in, cast.to());
      case ElementwiseOp.Unary unary -> unary(unary.function(), in.data(0));
      case ElementwiseOp.Binary binary -> binary(binary.function(), in, type);
      case ElementwiseOp.Where ignored -> where(in, type);
      case ReductionOp.Reduce reduce -> reduce(reduce, in.data(0), type);
      default -> null;
    };
  }

  private static @Nullable PropagatedData ofConstant(ConstantData data) {
    List<Dim> elements = new ArrayList<>();
    for (long i = 0; i < data.elementCount(); i++) {
      if (data.type().elementType().isFloat()) {
        double value = data.getDouble(i);
        if (value != Math.rint(value) || Math.abs(value) > 1L << 53) {
          return null;
        }
      }
      elements.add(Dim.of(data.getLong(i)));
    }
    return new PropagatedData(data.type().rank() == 0, elements);
  }

  private static @Nullable PropagatedData range(Operands in, TensorType type) {
    PropagatedData start = in.data(0);
    PropagatedData delta = in.data(2);
    if (start == null || delta == null || !type.dim(0).isFixed()) {
      return null;
    }
    List<Dim> elements = new ArrayList<>();
    for (long i = 0; i < type.dim(0).value(); i++) {
      elements.add(start.elements().get(0).plus(delta.elements().get(0).times(i)));
    }
    return PropagatedData.vector(elements);
  }

  private static @Nullable PropagatedData reshaped(@Nullable PropagatedData data, TensorType type) {
    return data == null ? null : new PropagatedData(type.rank() == 0, data.elements());
  }

  private static @Nullable PropagatedData repeated(@Nullable PropagatedData data, TensorType type) {
    if (data == null || type.rank() == 0) {
      return data;
    }
    int count = Math.toIntExact(type.dim(0).value());
    List<Dim> elements = new ArrayList<>(count);
    for (int i = 0; i < count && !data.elements().isEmpty(); i++) {
      elements.add(data.elements().get(i % data.elements().size()));
    }
    return PropagatedData.vector(elements);
  }

  private static @Nullable PropagatedData concat(Operands in) {
    List<Dim> elements = new ArrayList<>();
    for (int i = 0; i < in.size(); i++) {
      PropagatedData part = in.data(i);
      if (part == null) {
        return null;
      }
      elements.addAll(part.elements());
    }
    return PropagatedData.vector(elements);
  }

  private static @Nullable PropagatedData slice(Operands in) {
    PropagatedData data = in.data(0);
    if (data == null || in.type(1).dim(0).is(0)) {
      return data;
    }
    for (int i = 1; i < 4; i++) {
      PropagatedData bound = in.data(i);
      if (bound == null || !bound.isFixed()) {
        return null;
      }
    }
    int size = data.elements().size();
    long start = value(in, 1);
    long end = value(in, 2);
    long step = value(in, 3);
    long lowest = step > 0 ? 0 : -1;
    long highest = step > 0 ? size : size - 1L;
    long from =
        Math.clamp(
            start < 0 ? start + size : start,
            step > 0 ? 0 : Math.min(0, highest),
            Math.max(0, highest));
    long to =
        Math.clamp(end < 0 ? Math.max(end + size, -1) : end, lowest, Math.max(lowest, highest));
    List<Dim> elements = new ArrayList<>();
    for (long i = from; (step > 0 ? i < to : i > to) && i >= 0 && i < size; i += step) {
      elements.add(data.elements().get((int) i));
    }
    return PropagatedData.vector(elements);
  }

  private static long value(Operands in, int operand) {
    PropagatedData data = in.data(operand);
    return data == null ? 0 : data.elements().get(0).value();
  }

  private static @Nullable PropagatedData gather(Operands in, TensorType type) {
    PropagatedData data = in.data(0);
    PropagatedData indices = in.data(1);
    if (data == null || data.scalar() || indices == null || !indices.isFixed()) {
      return null;
    }
    List<Dim> elements = new ArrayList<>();
    int size = data.elements().size();
    for (long index : indices.values()) {
      if (index < -size || index >= size) {
        throw new TypeException(
            "index " + index + " is out of range for an axis of " + size + " elements");
      }
      elements.add(data.elements().get((int) (index < 0 ? index + size : index)));
    }
    return new PropagatedData(type.rank() == 0, elements);
  }

  private static @Nullable PropagatedData cast(Operands in, ElementType to) {
    PropagatedData data = in.data(0);
    if (data == null) {
      return null;
    }
    if (to != ElementType.BOOL) {
      return data;
    }
    return data.isFixed()
        ? new PropagatedData(
            data.scalar(), data.elements().stream().map(d -> Dim.of(d.is(0) ? 0 : 1)).toList())
        : null;
  }

  private static @Nullable PropagatedData unary(
      ElementwiseOp.UnaryFunction function, @Nullable PropagatedData data) {
    if (data == null) {
      return null;
    }
    return switch (function) {
      // Elements that are followed are integers, which rounding leaves as they are.
      case FLOOR, CEIL, ROUND -> data;
      case NEG -> map(data, d -> d.times(-1));
      case ABS, RELU -> data.elements().stream().allMatch(Dim::isNonNegative) ? data : null;
      case NOT -> data.isFixed() ? map(data, d -> Dim.of(d.is(0) ? 1 : 0)) : null;
      default -> null;
    };
  }

  private static PropagatedData map(
      PropagatedData data, java.util.function.UnaryOperator<Dim> function) {
    return new PropagatedData(data.scalar(), data.elements().stream().map(function).toList());
  }

  private static @Nullable PropagatedData binary(
      BinaryFunction function, Operands in, TensorType type) {
    PropagatedData a = in.data(0);
    PropagatedData b = in.data(1);
    if (a == null || b == null) {
      return null;
    }
    boolean integer = !in.type(0).elementType().isFloat();
    int count = type.rank() == 0 ? 1 : Math.toIntExact(type.dim(0).value());
    List<Dim> elements = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Dim x = a.elements().get(a.elements().size() == 1 ? 0 : i);
      Dim y = b.elements().get(b.elements().size() == 1 ? 0 : i);
      Dim element = binary(function, x, y, integer);
      if (element == null) {
        return null;
      }
      elements.add(element);
    }
    return new PropagatedData(type.rank() == 0, elements);
  }

  private static @Nullable Dim binary(BinaryFunction function, Dim a, Dim b, boolean integer) {
    return switch (function) {
      case ADD -> a.plus(b);
      case SUB -> a.minus(b);
      case MUL -> a.times(b);
      case MIN -> a.min(b);
      case MAX -> a.max(b);
      case DIV -> quotient(a, b, integer);
      case MOD -> integer && b.isFixed() && b.value() > 0 ? a.minus(a.floorDiv(b).times(b)) : null;
      default ->
          a.isFixed() && b.isFixed()
              ? compare(function, a.value(), b.value())
              : symbolic(function, a, b);
    };
  }

  /** Integers truncate, which is flooring where nothing is negative; floats must divide exactly. */
  private static @Nullable Dim quotient(Dim a, Dim b, boolean integer) {
    if (!integer) {
      return b.is(0) ? null : a.divideExactlyOrNull(b);
    }
    if (a.isFixed() && b.isFixed()) {
      return Dim.of(a.value() / b.value());
    }
    return a.isNonNegative() && b.isNonNegative() ? a.floorDiv(b) : null;
  }

  private static @Nullable Dim compare(BinaryFunction function, long a, long b) {
    boolean result =
        switch (function) {
          case EQUAL -> a == b;
          case NOT_EQUAL -> a != b;
          case LESS -> a < b;
          case LESS_OR_EQUAL -> a <= b;
          case GREATER -> a > b;
          case GREATER_OR_EQUAL -> a >= b;
          case AND -> a != 0 && b != 0;
          case OR -> a != 0 || b != 0;
          case XOR -> (a != 0) != (b != 0);
          default -> throw new ArithmeticException(function + " is not followed");
        };
    return Dim.of(result ? 1 : 0);
  }

  /**
   * A size is never equal to a negative number, which is how exporters ask for "-1 or the size".
   */
  private static @Nullable Dim symbolic(BinaryFunction function, Dim a, Dim b) {
    boolean never =
        (a.isFixed() && a.value() < 0 && b.isNonNegative())
            || (b.isFixed() && b.value() < 0 && a.isNonNegative());
    return switch (function) {
      case EQUAL -> never ? Dim.ZERO : a.equals(b) ? Dim.ONE : null;
      case NOT_EQUAL -> never ? Dim.ONE : a.equals(b) ? Dim.ZERO : null;
      default -> null;
    };
  }

  private static @Nullable PropagatedData where(Operands in, TensorType type) {
    PropagatedData condition = in.data(0);
    PropagatedData a = in.data(1);
    PropagatedData b = in.data(2);
    if (condition == null || !condition.isFixed() || a == null || b == null) {
      return null;
    }
    int count = type.rank() == 0 ? 1 : Math.toIntExact(type.dim(0).value());
    List<Dim> elements = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Dim c = condition.elements().get(condition.elements().size() == 1 ? 0 : i);
      PropagatedData from = c.is(0) ? b : a;
      elements.add(from.elements().get(from.elements().size() == 1 ? 0 : i));
    }
    return new PropagatedData(type.rank() == 0, elements);
  }

  private static @Nullable PropagatedData reduce(
      ReductionOp.Reduce reduce, @Nullable PropagatedData data, TensorType type) {
    if (data == null || reduce.axes().isEmpty() || data.elements().isEmpty()) {
      return null;
    }
    Dim result = data.elements().get(0);
    for (Dim element : data.elements().subList(1, data.elements().size())) {
      switch (reduce.function()) {
        case PROD -> result = result.times(element);
        case SUM -> result = result.plus(element);
        case MAX -> result = result.max(element);
        case MIN -> result = result.min(element);
        default -> {
          return null;
        }
      }
    }
    return switch (reduce.function()) {
      case PROD, SUM, MAX, MIN -> new PropagatedData(type.rank() == 0, List.of(result));
      default -> null;
    };
  }
}
