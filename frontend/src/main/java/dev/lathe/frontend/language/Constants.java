package dev.lathe.frontend.language;

import dev.lathe.frontend.layers.Initializer;
import dev.lathe.frontend.layers.Initializers;
import dev.lathe.frontend.layers.LayerException;
import dev.lathe.frontend.layers.Suggestions;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Numbers and lists of numbers as tensors. */
final class Constants {
  private Constants() {}

  /** True for a number, a truth value, or lists of such nested alike. */
  static boolean isTensor(Object value) {
    if (!(value instanceof List<?> list)) {
      return value instanceof Long || value instanceof Double || value instanceof Boolean;
    }
    if (list.isEmpty()) {
      return false;
    }
    Shape first = null;
    for (Object each : list) {
      if (!isTensor(each)) {
        return false;
      }
      Shape shape = shape(each);
      if (first != null && !first.equals(shape)) {
        return false;
      }
      first = shape;
    }
    return true;
  }

  /** Why a list is no tensor, as a clause; empty if it holds something else than numbers. */
  static String fault(List<?> list) {
    if (list.isEmpty()) {
      return ", which has no elements";
    }
    if (list.stream().allMatch(each -> each instanceof List<?>)) {
      long sizes = list.stream().map(each -> ((List<?>) each).size()).distinct().count();
      return sizes > 1 ? ", whose rows are not of the same length" : "";
    }
    return "";
  }

  private static Shape shape(Object value) {
    List<Long> sizes = new ArrayList<>();
    Object inner = value;
    while (inner instanceof List<?> list && !list.isEmpty()) {
      sizes.add((long) list.size());
      inner = list.get(0);
    }
    return Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
  }

  /** A value that {@link #isTensor} as a constant. */
  static Value tensor(Elaborator elaborator, Object value, ElementType type) {
    return elaborator.scope().builder().constant(data(value, type));
  }

  /** The element type that a list takes where nothing is said: that of its numbers. */
  static ElementType natural(Object value) {
    List<Object> flat = flat(value);
    if (flat.stream().anyMatch(Double.class::isInstance)) {
      return ElementType.F32;
    }
    return flat.stream().allMatch(Boolean.class::isInstance) ? ElementType.BOOL : ElementType.I32;
  }

  static ConstantData data(Object value, ElementType type) {
    List<Object> flat = flat(value);
    TensorType tensor = new TensorType(type, shape(value));
    long size = type.byteSize(1);
    MemorySegment segment = Arena.ofAuto().allocate(Math.max(1, tensor.byteSize()), 64);
    for (int i = 0; i < flat.size(); i++) {
      ConstantData scalar =
          flat.get(i) instanceof Long integer && !type.isFloat()
              ? ConstantData.convert(ConstantData.ofLong(integer), type)
              : ConstantData.ofScalar(type, toDouble(flat.get(i)));
      MemorySegment.copy(scalar.segment(), 0, segment, i * size, size);
    }
    return new ConstantData(tensor, segment.asSlice(0, tensor.byteSize()));
  }

  private static double toDouble(Object value) {
    return switch (value) {
      case Long integer -> (double) integer;
      case Double number -> number;
      case Boolean flag -> flag ? 1 : 0;
      default -> throw new IllegalArgumentException("no number: " + value);
    };
  }

  private static List<Object> flat(Object value) {
    List<Object> result = new ArrayList<>();
    if (value instanceof List<?> list) {
      list.forEach(each -> result.addAll(flat(each)));
    } else {
      result.add(value);
    }
    return result;
  }

  /**
   * The initialiser of a {@code param}.
   *
   * @param isDefault whether none was written
   * @throws LayerException if it is none
   */
  static Initializer initializer(Object written, TensorType type, boolean isDefault) {
    if (isDefault && (type.rank() < 2 || !type.elementType().isFloat())) {
      return Initializers.ZEROS;
    }
    return switch (written) {
      case Initializer initializer -> initializer;
      case Callable.OfSignature signature when signature.isInitializer() ->
          Initializers.make(
              signature.name(), signature.signature().bind(Map.of(), new ArrayList<>()));
      case String name when Initializers.signatures().containsKey(name) ->
          Initializers.make(
              name, Initializers.signatures().get(name).bind(Map.of(), new ArrayList<>()));
      case Long value -> new Initializer.Constant(value);
      case Double value -> new Initializer.Constant(value);
      case List<?> list when isTensor(list) -> {
        ConstantData data = data(list, type.elementType());
        if (!data.type().shape().equals(type.shape())) {
          throw new LayerException(
              "the values have shape " + data.type().shape() + ", and the weight is " + type, "");
        }
        yield new Initializer.Data(data);
      }
      default ->
          throw new LayerException(
              "a weight begins with an initializer, a number or a list of them, not "
                  + Described.of(written)
                  + (written instanceof List<?> list ? fault(list) : ""),
              help(written));
    };
  }

  private static String help(Object written) {
    String near =
        written instanceof String name
            ? Suggestions.help(name, Initializers.signatures().keySet())
            : "";
    return near.isEmpty() ? "write glorot_uniform(seed: 1), zeros() or 0.5" : near;
  }
}
