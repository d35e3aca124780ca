package dev.lathe.frontend.onnx;

import dev.lathe.frontend.ImportException;
import dev.lathe.frontend.onnx.proto.DataType;
import dev.lathe.frontend.onnx.proto.TensorProto;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import org.jspecify.annotations.Nullable;

/** Element types of ONNX as element types of the graph. */
final class ElementTypes {

  private ElementTypes() {}

  /**
   * The element type of the graph, or null where it has none: strings, complex and 8-bit floats.
   */
  static @Nullable ElementType of(DataType type) {
    return switch (type) {
      case FLOAT -> ElementType.F32;
      case FLOAT16 -> ElementType.F16;
      case BFLOAT16 -> ElementType.BF16;
      case DOUBLE -> ElementType.F64;
      case INT8 -> ElementType.I8;
      case INT16 -> ElementType.I16;
      case INT32 -> ElementType.I32;
      case INT64 -> ElementType.I64;
      case UINT8 -> ElementType.U8;
      case UINT16 -> ElementType.U16;
      case UINT32 -> ElementType.U32;
      case UINT64 -> ElementType.U64;
      case BOOL -> ElementType.BOOL;
      case INT4 -> ElementType.I4;
      case UINT4 -> ElementType.U4;
      case UNDEFINED,
          STRING,
          COMPLEX64,
          COMPLEX128,
          FLOAT8E4M3FN,
          FLOAT8E4M3FNUZ,
          FLOAT8E5M2,
          FLOAT8E5M2FNUZ,
          FLOAT4E2M1,
          FLOAT8E8M0,
          UINT2,
          INT2 ->
          null;
    };
  }

  /**
   * The elements of a tensor of a file, on the same memory.
   *
   * @param where begins the message of an exception
   * @throws ImportException if the graph has no such element type
   */
  static ConstantData data(TensorProto tensor, String where) {
    ElementType element = of(tensor.type());
    if (element == null) {
      throw ImportException.unsupported(
          where, "element type " + tensor.type() + " is not supported", "use a numeric type");
    }
    long[] sizes = tensor.dims().stream().mapToLong(Long::longValue).toArray();
    return new ConstantData(new TensorType(element, Shape.of(sizes)), tensor.data());
  }
}
