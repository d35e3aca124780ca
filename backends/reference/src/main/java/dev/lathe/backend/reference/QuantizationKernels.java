package dev.lathe.backend.reference;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.Axes;
import dev.lathe.runtime.Tensor;
import java.util.List;

/**
 * Ops between real numbers and the integers that stand for them. Quotients are rounded to f32 (not
 * where the scale is f64), as implementations of the ONNX formulas do, so that ties fall alike.
 */
final class QuantizationKernels {
  private static final double U8_MAX = 255;

  private QuantizationKernels() {}

  static Tensor quantize(int axis, int blockSize, Call call) {
    double[] x = call.doubles(0);
    double[] scales = call.doubles(1);
    double[] zeroPoints = call.doubles(2);
    boolean single = call.operand(1).elementType() != ElementType.F64;
    int[] places = scalePlaces(axis, blockSize, call);
    ElementType type = call.elementType();
    long[] results = new long[x.length];
    for (int i = 0; i < x.length; i++) {
      double quotient = x[i] / scales[places[i]];
      double rounded = Math.rint(single ? (float) quotient : quotient);
      results[i] = Integers.saturate(type, rounded + zeroPoints[places[i]]);
    }
    return call.result(results);
  }

  static Tensor dequantize(int axis, int blockSize, Call call) {
    double[] x = call.doubles(0);
    double[] scales = call.doubles(1);
    double[] zeroPoints = call.doubles(2);
    int[] places = scalePlaces(axis, blockSize, call);
    for (int i = 0; i < x.length; i++) {
      x[i] = (x[i] - zeroPoints[places[i]]) * scales[places[i]];
    }
    return call.result(x);
  }

  /** For each element of operand 0, which of the scales (and zero points) is its own. */
  private static int[] scalePlaces(int givenAxis, int blockSize, Call call) {
    long[] shape = call.shape(0);
    long[] scaleShape = call.shape(1);
    if (call.operand(1).elementCount() != call.operand(2).elementCount()) {
      throw new IllegalArgumentException(
          "scales " + call.operand(1) + " and zero points " + call.operand(2) + " must agree");
    }
    if (call.operand(1).elementCount() == 1) {
      return new int[Elements.count(call.operand(0))];
    }
    int axis = Axes.normalize(givenAxis, shape.length);
    if (blockSize == 0) {
      long[] strides = new long[shape.length];
      strides[axis] = 1;
      return Strided.offsets(shape, strides);
    }
    for (int i = 0; i < shape.length; i++) {
      long expected = i == axis ? Math.ceilDiv(shape[i], (long) blockSize) : shape[i];
      if (scaleShape[i] != expected) {
        throw new IllegalArgumentException(
            "scales "
                + call.operand(1)
                + " must have size "
                + expected
                + " on axis "
                + i
                + " for blocks of "
                + blockSize);
      }
    }
    long[] scaleStrides = Strided.strides(scaleShape);
    int[] places = new int[Elements.count(call.operand(0))];
    long[] strides = Strided.strides(shape);
    for (int i = 0; i < places.length; i++) {
      long place = 0;
      for (int d = 0; d < shape.length; d++) {
        long index = i / strides[d] % shape[d];
        place += (d == axis ? index / blockSize : index) * scaleStrides[d];
      }
      places[i] = Math.toIntExact(place);
    }
    return places;
  }

  /** Data that is all zero gets scale 1, since a scale of zero would stand for no number. */
  static List<Tensor> dynamicQuantize(Call call) {
    double[] x = call.doubles(0);
    double min = 0;
    double max = 0;
    for (double value : x) {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    float range = (float) (max - min);
    float scale = range == 0 ? 1 : (float) (range / U8_MAX);
    double zeroPoint = Math.rint(Math.clamp((float) (-min / scale), 0, U8_MAX));
    long[] results = new long[x.length];
    for (int i = 0; i < x.length; i++) {
      double rounded = Math.rint((float) (x[i] / scale));
      results[i] = Integers.saturate(ElementType.U8, rounded + zeroPoint);
    }
    Tensor scaleResult = call.result(1);
    scaleResult.setDouble(0, scale);
    Tensor zeroPointResult = call.result(2);
    zeroPointResult.setDouble(0, zeroPoint);
    return List.of(call.result(results), scaleResult, zeroPointResult);
  }
}
