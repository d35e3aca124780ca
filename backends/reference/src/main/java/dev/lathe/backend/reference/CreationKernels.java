package dev.lathe.backend.reference;

import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.runtime.Tensor;
import java.util.List;

/** Ops that make tensors out of nothing, or out of numbers. */
final class CreationKernels {
  private CreationKernels() {}

  static Tensor copyOf(Tensor source, Call call) {
    Tensor copy = call.allocate(source.elementType(), source.shape());
    copy.segment().copyFrom(source.segment());
    return copy;
  }

  static Tensor dims(List<Dim> dims, Call call) {
    long[] sizes = new long[dims.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = dims.get(i).evaluate(call.interpreter().sizes());
    }
    return call.result(sizes);
  }

  /** Elements of floats are {@code start + i * delta}, each rounded once. */
  static Tensor range(Call call) {
    for (int i = 0; i < 3; i++) {
      if (call.operand(i).elementCount() != 1) {
        throw new IllegalArgumentException(
            "operand " + i + " of a range must be one number, not " + call.operand(i));
      }
    }
    ElementType type = call.elementType();
    if (call.operand(2).getDouble(0) == 0) {
      throw new IllegalArgumentException("the delta of a range must not be zero");
    }
    if (type.isFloat()) {
      double start = call.operand(0).getDouble(0);
      double delta = call.operand(2).getDouble(0);
      double length = Math.ceil((call.operand(1).getDouble(0) - start) / delta);
      double[] values = new double[length(length)];
      for (int i = 0; i < values.length; i++) {
        values[i] = start + i * delta;
      }
      Tensor result = call.allocate(type, values.length);
      Elements.write(result, values);
      return result;
    }
    long start = call.scalar(0);
    long delta = call.scalar(2);
    long span = Math.subtractExact(call.scalar(1), start);
    long[] values = new long[length((double) Math.ceilDiv(span, delta))];
    for (int i = 0; i < values.length; i++) {
      values[i] = start + i * delta;
    }
    Tensor result = call.allocate(type, values.length);
    Elements.write(result, values);
    return result;
  }

  private static int length(double length) {
    if (Double.isNaN(length) || length > Elements.MAX_COUNT) {
      throw new IllegalArgumentException(
          "a range of " + length + " elements is too large for the reference backend");
    }
    return (int) Math.max(0, length);
  }
}
