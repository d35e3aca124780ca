package dev.lathe.frontend.layers;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The element type that tensors of several types meet in, that of Keras 3 ({@code
 * keras.backend.result_type}), which is JAX's lattice with 64-bit types.
 *
 * <p>A number written in a model is a 0-d constant i64 or f64 and takes the type of the tensors it
 * meets: an integer that of any number, a number with a point that of any float. Alone they are i32
 * and f32.
 */
final class Promotion {
  private Promotion() {}

  /** True for a number written in a model, which takes the type of what it meets. */
  static boolean isWritten(Value value) {
    return value.type().rank() == 0
        && value.constant() != null
        && (value.type().elementType() == ElementType.I64
            || value.type().elementType() == ElementType.F64);
  }

  /** The type in which two tensors meet. */
  static ElementType join(ElementType a, ElementType b) {
    if (a == b || b == ElementType.BOOL) {
      return a;
    }
    if (a == ElementType.BOOL) {
      return b;
    }
    if (a.isFloat() || b.isFloat()) {
      return joinFloats(a, b);
    }
    if (a.isUnsigned() == b.isUnsigned()) {
      return a.bits() >= b.bits() ? a : b;
    }
    ElementType unsigned = a.isUnsigned() ? a : b;
    ElementType signed = a.isUnsigned() ? b : a;
    return signed(Math.max(2 * unsigned.bits(), signed.bits()));
  }

  private static ElementType joinFloats(ElementType a, ElementType b) {
    if (!a.isFloat() || !b.isFloat()) {
      return a.isFloat() ? a : b;
    }
    if (a.bits() == b.bits()) {
      return ElementType.F32;
    }
    return a.bits() > b.bits() ? a : b;
  }

  private static ElementType signed(int bits) {
    return switch (bits) {
      case 8 -> ElementType.I8;
      case 16 -> ElementType.I16;
      case 32 -> ElementType.I32;
      case 64 -> ElementType.I64;
      // No integer holds both u64 and a sign.
      default -> ElementType.F32;
    };
  }

  /** The type in which values meet; numbers written in the model give way to tensors. */
  static ElementType join(List<Value> values) {
    ElementType strong = null;
    boolean hasInteger = false;
    boolean hasReal = false;
    for (Value value : values) {
      ElementType type = value.type().elementType();
      if (isWritten(value)) {
        hasReal |= type.isFloat();
        hasInteger |= !type.isFloat();
      } else {
        strong = strong == null ? type : join(strong, type);
      }
    }
    return withWritten(strong, hasInteger, hasReal);
  }

  private static ElementType withWritten(
      @Nullable ElementType strong, boolean hasInteger, boolean hasReal) {
    if (strong != null && strong.isFloat()) {
      return strong;
    }
    if (hasReal) {
      return ElementType.F32;
    }
    if (strong == null || (strong == ElementType.BOOL && hasInteger)) {
      return ElementType.I32;
    }
    return strong;
  }

  /** The float type in which values meet; integers meet in f32. */
  static ElementType joinFloat(List<Value> values) {
    ElementType type = join(values);
    return type.isFloat() ? type : ElementType.F32;
  }

  /** Values in the type in which they meet. */
  static List<Value> promote(Emitter emit, List<Value> values) {
    return to(emit, join(values), values);
  }

  /** Values in one type. */
  static List<Value> to(Emitter emit, ElementType type, List<Value> values) {
    List<Value> result = new ArrayList<>();
    values.forEach(value -> result.add(to(emit, type, value)));
    return result;
  }

  /**
   * A value in a type.
   *
   * @throws LayerException if it is a written integer that the type cannot hold
   */
  static Value to(Emitter emit, ElementType type, Value value) {
    if (value.type().elementType() == type) {
      return value;
    }
    if (!isWritten(value)) {
      return emit.cast(value, type);
    }
    ConstantData number = java.util.Objects.requireNonNull(value.constant());
    if (type.isInteger() && !fits(number.getLong(0), type)) {
      throw new LayerException(
          number.getLong(0) + " is not a number that " + type + " can hold",
          "cast the tensor to a larger type first");
    }
    return emit.scalar(type, number.getDouble(0));
  }

  /** A value that is a tensor: a number written alone becomes i32 or f32. */
  static Value settled(Emitter emit, Value value) {
    return isWritten(value) ? to(emit, join(List.of(value)), value) : value;
  }

  private static boolean fits(long number, ElementType type) {
    if (type.isUnsigned()) {
      return number >= 0 && (type.bits() >= 63 || number < 1L << type.bits());
    }
    long limit = type.bits() >= 64 ? Long.MAX_VALUE : (1L << (type.bits() - 1)) - 1;
    return number <= limit && number >= -limit - 1;
  }
}
