package dev.lathe.ir;

import java.util.List;

/**
 * How stored integers {@code q} stand for real numbers: {@code real = scale * (q - zeroPoint)}
 * (ONNX {@code DequantizeLinear}).
 *
 * @param axis the axis along which scales differ, or -1 if one scale serves the whole tensor
 * @param scales one scale, or one for each index of {@code axis}; all positive and finite
 * @param zeroPoints as many as scales
 */
public record Quantization(int axis, List<Float> scales, List<Long> zeroPoints) {
  /**
   * @throws IllegalArgumentException if the lists differ in length, are empty, have several
   *     elements without an axis, or hold a scale that is not a positive number
   */
  public Quantization {
    scales = List.copyOf(scales);
    zeroPoints = List.copyOf(zeroPoints);
    if (scales.isEmpty() || scales.size() != zeroPoints.size() || (axis < 0 && scales.size() > 1)) {
      throw new IllegalArgumentException(
          "quantisation along axis "
              + axis
              + " with "
              + scales.size()
              + " scales and "
              + zeroPoints.size()
              + " zero points; each scale needs one zero point, and several need an axis");
    }
    for (float scale : scales) {
      if (!(scale > 0) || Float.isInfinite(scale)) {
        throw new IllegalArgumentException(
            "quantisation scale " + scale + " is not a positive number");
      }
    }
  }

  @Override
  public String toString() {
    return "quantized(axis=" + axis + ", scales=" + scales + ", zero_points=" + zeroPoints + ")";
  }
}
