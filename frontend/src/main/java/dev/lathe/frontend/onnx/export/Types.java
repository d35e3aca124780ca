package dev.lathe.frontend.onnx.export;

import static dev.lathe.ir.ElementType.BF16;
import static dev.lathe.ir.ElementType.BOOL;
import static dev.lathe.ir.ElementType.F16;
import static dev.lathe.ir.ElementType.F32;
import static dev.lathe.ir.ElementType.F64;
import static dev.lathe.ir.ElementType.I16;
import static dev.lathe.ir.ElementType.I32;
import static dev.lathe.ir.ElementType.I4;
import static dev.lathe.ir.ElementType.I64;
import static dev.lathe.ir.ElementType.I8;
import static dev.lathe.ir.ElementType.U16;
import static dev.lathe.ir.ElementType.U32;
import static dev.lathe.ir.ElementType.U4;
import static dev.lathe.ir.ElementType.U64;
import static dev.lathe.ir.ElementType.U8;

import dev.lathe.frontend.onnx.proto.DataType;
import dev.lathe.frontend.onnx.proto.TypeProto;
import dev.lathe.frontend.onnx.proto.ValueInfoProto;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Types of the graph as types of ONNX, and the sets of element types that operators are defined on
 * in opset 21.
 */
final class Types {
  /** The floats that every operator on floats has. */
  static final Set<ElementType> IEEE = EnumSet.of(F32, F64, F16);

  /** All floats. */
  static final Set<ElementType> FLOATS = EnumSet.of(F32, F64, F16, BF16);

  /** Integers of whole bytes. */
  static final Set<ElementType> INTEGERS = EnumSet.of(I8, I16, I32, I64, U8, U16, U32, U64);

  /** Integers of 32 and 64 bits. */
  static final Set<ElementType> WIDE_INTEGERS = EnumSet.of(I32, I64, U32, U64);

  /** All numbers of whole bytes. */
  static final Set<ElementType> NUMBERS = union(FLOATS, INTEGERS);

  /** What reductions and products of matrices are defined on. */
  static final Set<ElementType> SUMMABLE = union(FLOATS, WIDE_INTEGERS);

  /** Everything of whole bytes. */
  static final Set<ElementType> ALL = union(NUMBERS, EnumSet.of(BOOL));

  /** Everything, packed types included. */
  static final Set<ElementType> ANY = EnumSet.allOf(ElementType.class);

  private Types() {}

  static Set<ElementType> union(Set<ElementType> a, Set<ElementType> b) {
    EnumSet<ElementType> both = EnumSet.copyOf(a);
    both.addAll(b);
    return both;
  }

  /** The element type of ONNX. */
  static DataType of(ElementType type) {
    return switch (type) {
      case F32 -> DataType.FLOAT;
      case F16 -> DataType.FLOAT16;
      case BF16 -> DataType.BFLOAT16;
      case F64 -> DataType.DOUBLE;
      case I8 -> DataType.INT8;
      case I16 -> DataType.INT16;
      case I32 -> DataType.INT32;
      case I64 -> DataType.INT64;
      case U8 -> DataType.UINT8;
      case U16 -> DataType.UINT16;
      case U32 -> DataType.UINT32;
      case U64 -> DataType.UINT64;
      case BOOL -> DataType.BOOL;
      case I4 -> DataType.INT4;
      case U4 -> DataType.UINT4;
    };
  }

  /**
   * The type among {@code allowed} in which an operation on {@code type} is computed, whose results
   * then become {@code type} again; null if there is none. What runtimes have kernels for comes
   * first.
   */
  static @Nullable ElementType wider(ElementType type, Set<ElementType> allowed) {
    if (allowed.contains(type)) {
      return type;
    }
    List<ElementType> candidates =
        switch (type) {
          case F16, BF16 -> List.of(F32, F64);
          case F32 -> List.of(F64);
          case F64 -> List.of();
          case I4, U4, I8, U8, BOOL -> List.of(I32, I64, I8, U8, F32, F64);
          case I16, U16 -> List.of(I32, I64, F32, F64);
          case I32 -> List.of(I64, F64);
          case U32 -> List.of(I64, U64, F64);
          case I64 -> List.of();
          case U64 -> List.of(I64);
        };
    return candidates.stream().filter(allowed::contains).findFirst().orElse(null);
  }

  /** A name with a type; sizes that depend on data stay open. */
  static ValueInfoProto info(String name, TensorType type) {
    List<TypeProto.Dimension> dims = new ArrayList<>();
    for (Dim dim : type.shape()) {
      if (dim.isFixed()) {
        dims.add(new TypeProto.FixedDimension(dim.value()));
      } else if (dim.isUnbacked()) {
        dims.add(new TypeProto.UnknownDimension());
      } else {
        dims.add(new TypeProto.NamedDimension(dim.toString()));
      }
    }
    return new ValueInfoProto(
        name, Optional.of(new TypeProto.TensorType(of(type.elementType()), Optional.of(dims))));
  }
}
