package dev.lathe.ir;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How stored integers {@code q} stand for real numbers: {@code real = scale * (q - zeroPoint)}
 * (ONNX {@code DequantizeLinear}).
 *
 * @param axis the axis along which scales differ, or -1 if one scale serves the whole tensor
 * @param scales one scale, or one for each index of {@code axis}; all positive and finite
 * @param zeroPoints as many as scales
 */
public record Quantization(int axis, List<Float> scales, List<Long> zeroPoints) {
  private static final Pattern FORM =
      Pattern.compile(
          "quantized\\(\\s*axis\\s*=\\s*(-?\\d+)\\s*,\\s*scales\\s*=\\s*\\[([^\\]]+)]"
              + "\\s*,\\s*zero_points\\s*=\\s*\\[([^\\]]+)]\\s*\\)");

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

  /**
   * Reads what {@link #toString} writes.
   *
   * @throws IllegalArgumentException if the text is not a quantisation
   */
  public static Quantization parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a quantisation");
    }
    return new Quantization(
        Integer.parseInt(matcher.group(1)),
        Arrays.stream(matcher.group(2).split(",")).map(s -> Float.valueOf(s.strip())).toList(),
        Arrays.stream(matcher.group(3).split(",")).map(s -> Long.valueOf(s.strip())).toList());
  }

  @Override
  public String toString() {
    return "quantized(axis=" + axis + ", scales=" + scales + ", zero_points=" + zeroPoints + ")";
  }
}
