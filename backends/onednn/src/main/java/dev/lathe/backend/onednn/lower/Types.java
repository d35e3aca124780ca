package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import org.jspecify.annotations.Nullable;

/** Translates types and layouts to oneDNN's. */
final class Types {
  private Types() {}

  /** The type of arithmetic in oneDNN, or null where it has none. */
  static @Nullable DataType dataType(ElementType type) {
    return switch (type) {
      case F32 -> DataType.F32;
      case F16 -> DataType.F16;
      case BF16 -> DataType.BF16;
      case I32 -> DataType.S32;
      case I8 -> DataType.S8;
      case U8, BOOL -> DataType.U8;
      case F64, I16, I64, U16, U32, U64, I4, U4 -> null;
    };
  }

  /** Whether oneDNN has fast arithmetic on the type on this machine, with sums in f32. */
  static boolean isReal(ElementType type) {
    return switch (type) {
      case F32 -> true;
      case BF16 -> OneDnn.multiplies(DataType.BF16);
      case F16 -> OneDnn.multiplies(DataType.F16);
      default -> false;
    };
  }

  /** Whether oneDNN has arithmetic on the elements of a value with sums in f32. */
  static boolean isReal(Value value) {
    return isReal(value.type().elementType());
  }

  /** The type of arithmetic in oneDNN, where it is known to exist. */
  static DataType required(ElementType type) {
    DataType dataType = dataType(type);
    if (dataType == null) {
      throw new IllegalArgumentException("oneDNN has no type " + type);
    }
    return dataType;
  }

  /** The descriptor of a view of a type that oneDNN has; a scalar has one dimension of 1. */
  static MemoryDescriptor descriptor(View view) {
    return descriptor(required(view.elementType()), view.layout());
  }

  /** The descriptor of a layout. */
  static MemoryDescriptor descriptor(DataType type, Layout layout) {
    if (layout.rank() == 0) {
      return MemoryDescriptor.dense(type, 1);
    }
    Layout normal = layout.normalized();
    return MemoryDescriptor.strided(type, normal.dims(), normal.strides());
  }

  /**
   * The descriptor of a layout with the very strides it has. A layout that is row-major and
   * channels-last at once is described as what it was made as, so that all operands of a kernel
   * agree.
   */
  static MemoryDescriptor exact(DataType type, Layout layout) {
    return layout.rank() == 0
        ? MemoryDescriptor.dense(type, 1)
        : MemoryDescriptor.strided(type, layout.dims(), layout.strides());
  }

  /** The dimensions of a type whose shape is fixed. */
  static long[] dims(TensorType type) {
    return type.shape().sizes();
  }
}
