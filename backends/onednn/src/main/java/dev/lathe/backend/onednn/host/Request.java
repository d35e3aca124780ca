package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a kernel is made for.
 *
 * @param operands types with fixed shapes
 * @param results types with fixed shapes
 * @param constants for each operand its elements, or null where they are only known at run time
 */
record Request(
    List<TensorType> operands, List<TensorType> results, List<@Nullable ConstantData> constants) {

  ElementType type(int operand) {
    return operands.get(operand).elementType();
  }

  ElementType resultType() {
    return results.get(0).elementType();
  }

  long[] shape(int operand) {
    return operands.get(operand).shape().sizes();
  }

  long[] resultShape() {
    return results.get(0).shape().sizes();
  }

  long count(int operand) {
    return Shapes.count(shape(operand));
  }

  long resultCount() {
    return Shapes.count(resultShape());
  }

  /** Bytes of an element of the first result; 0 for packed types. */
  int width() {
    return resultType().bits() / 8;
  }

  /** The elements of an operand, or null where they are only known at run time. */
  long @Nullable [] longs(int operand) {
    ConstantData data = constants.get(operand);
    return data == null ? null : data.toLongs();
  }
}
