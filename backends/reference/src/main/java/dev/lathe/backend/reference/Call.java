package dev.lathe.backend.reference;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.runtime.Tensor;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * One application of an op to tensors: what a kernel reads, and where its results go.
 *
 * @param operands the tensors that go in; kernels never write them
 * @param results the types of the results for these operands; a dimension is symbolic only where it
 *     depends on what the kernel computes
 * @param arena gives the memory of the results
 * @param interpreter runs nested blocks, and knows parameters and symbols
 */
record Call(List<Tensor> operands, List<TensorType> results, Arena arena, Interpreter interpreter) {

  Tensor operand(int index) {
    return operands.get(index);
  }

  int size() {
    return operands.size();
  }

  /** The dimensions of operand {@code index}. */
  long[] shape(int index) {
    return operands.get(index).shape();
  }

  /** The elements of operand {@code index}. */
  double[] doubles(int index) {
    return Elements.doubles(operands.get(index));
  }

  /** The elements of operand {@code index}; u64 as bits. */
  long[] longs(int index) {
    return Elements.longs(operands.get(index));
  }

  /** The only element of operand {@code index}. */
  long scalar(int index) {
    Tensor tensor = operands.get(index);
    if (tensor.elementCount() != 1) {
      throw new IllegalArgumentException(
          "operand " + index + " must have one element, but is " + tensor);
    }
    return tensor.getLong(0);
  }

  Workers workers() {
    return interpreter.workers();
  }

  /**
   * A tensor of zeros for result {@code index}.
   *
   * @throws IllegalArgumentException if it has more elements than an array can hold
   */
  Tensor result(int index) {
    TensorType type = results.get(index);
    Elements.count(type);
    return allocate(type.elementType(), type.shape().sizes());
  }

  /** A tensor of zeros for the first result. */
  Tensor result() {
    return result(0);
  }

  /** The first result with the given elements. */
  Tensor result(double[] values) {
    Tensor result = result();
    Elements.write(result, values);
    return result;
  }

  /** The first result with the given elements. */
  Tensor result(long[] values) {
    Tensor result = result();
    Elements.write(result, values);
    return result;
  }

  /** The element type of the first result. */
  ElementType elementType() {
    return results.get(0).elementType();
  }

  /** A tensor of zeros in the memory of results. */
  Tensor allocate(ElementType elementType, long... shape) {
    return Tensor.allocate(arena, elementType, shape);
  }
}
