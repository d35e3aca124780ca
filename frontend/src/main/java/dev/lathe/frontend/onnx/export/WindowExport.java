package dev.lathe.frontend.onnx.export;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.Window;
import java.util.ArrayList;
import java.util.List;

/** The attributes of windows, which convolutions and pooling share. */
final class WindowExport {
  private WindowExport() {}

  /** The pads of every spatial axis: those before, then those after. */
  static List<Long> pads(Padding.Explicit padding) {
    List<Long> pads = new ArrayList<>(padding.begin());
    pads.addAll(padding.end());
    return pads;
  }

  /**
   * The operand of a window without what negative padding crops, which the operators do not: ONNX
   * has no other form of it than a {@code Pad} before.
   */
  static String cropped(NodeExport out, String value, Window window, ElementType type) {
    if (!(window.padding() instanceof Padding.Explicit padding) || !isNegative(padding)) {
      return value;
    }
    List<Long> crop = new ArrayList<>(List.of(0L, 0L));
    padding.begin().forEach(pad -> crop.add(Math.min(pad, 0)));
    crop.addAll(List.of(0L, 0L));
    padding.end().forEach(pad -> crop.add(Math.min(pad, 0)));
    return out.step("Pad", value, out.longs(crop), out.scalar(type, 0));
  }

  static boolean isNegative(Padding.Explicit padding) {
    return pads(padding).stream().anyMatch(pad -> pad < 0);
  }

  /**
   * Adds kernel, strides, dilations and padding; padding by size is resolved where sizes are known.
   */
  static OpBuilder attributes(OpBuilder op, Window window, List<Long> kernel, TensorType data) {
    op.integers("kernel_shape", kernel)
        .integers("strides", window.strides())
        .integers("dilations", window.dilations());
    return switch (window.padding()) {
      case Padding.Explicit padding ->
          op.integers("pads", pads(padding).stream().map(pad -> Math.max(pad, 0)).toList());
      case Padding.Same same -> {
        List<Long> begin = new ArrayList<>();
        List<Long> end = new ArrayList<>();
        for (int i = 0; i < window.axes(); i++) {
          if (!data.dim(i + 2).isFixed()) {
            yield op.text("auto_pad", same.upper() ? "SAME_UPPER" : "SAME_LOWER");
          }
          long[] both = window.padding(i, data.dim(i + 2).value(), kernel.get(i));
          begin.add(both[0]);
          end.add(both[1]);
        }
        begin.addAll(end);
        yield op.integers("pads", begin);
      }
    };
  }
}
