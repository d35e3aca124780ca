package dev.lathe.frontend.onnx.export;

import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.PoolingOp;
import dev.lathe.ir.op.PoolingOp.MaxPool;
import dev.lathe.ir.op.Window;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Pooling over windows. */
final class PoolingExport {
  /** MaxPool-12. */
  private static final Set<ElementType> MAX =
      Types.union(Types.IEEE, EnumSet.of(ElementType.I8, ElementType.U8));

  private PoolingExport() {}

  static void write(PoolingOp op, NodeExport out) {
    switch (op) {
      case PoolingOp.MaxPool o -> maxPool(o, out.within(MAX));
      case PoolingOp.AveragePool o -> {
        NodeExport in = out.within(Types.IEEE);
        windowed("AveragePool", o, in).flag("count_include_pad", o.countIncludePad()).results();
      }
      case PoolingOp.LpPool o -> {
        NodeExport in = out.within(Types.IEEE);
        windowed("LpPool", o, in).integer("p", o.p()).results();
      }
    }
  }

  private static void maxPool(MaxPool op, NodeExport in) {
    boolean crops =
        op.window().padding() instanceof Padding.Explicit padding
            && WindowExport.isNegative(padding);
    if (crops && op.indices()) {
      throw in.fail(
          "negative padding would make its indices those of the cropped operand",
          "crop the operand before it");
    }
    OpBuilder built = windowed("MaxPool", op, in);
    (op.indices() ? built.flag("storage_order", op.columnMajor()) : built).results();
  }

  private static OpBuilder windowed(String opType, PoolingOp op, NodeExport in) {
    Window window = op.ceil() ? exact(op, in.type(0)) : op.window();
    String data = WindowExport.cropped(in, in.in(0), window, in.element());
    return WindowExport.attributes(in.op(opType, data), window, op.kernel(), in.type(0))
        .flag("ceil_mode", op.ceil() && roundingDecides(op, in.type(0)));
  }

  /**
   * The window without the padding at the end that no window sees. Where a last window would begin
   * in it, readers disagree whether that counts; here it never does.
   */
  private static Window exact(PoolingOp op, TensorType data) {
    Window window = op.window();
    if (!(window.padding() instanceof Padding.Explicit padding)) {
      return window;
    }
    List<Long> end = new ArrayList<>(padding.end());
    for (int i = 0; i < window.axes(); i++) {
      Dim size = data.dim(i + 2);
      if (size.isFixed() && !roundingDecides(op, data, i)) {
        long extent = (op.kernel().get(i) - 1) * window.dilations().get(i) + 1;
        long span = size.value() + padding.begin().get(i) + end.get(i) - extent;
        long unseen = span % window.strides().get(i);
        end.set(i, end.get(i) >= unseen ? end.get(i) - unseen : end.get(i));
      }
    }
    return new Window(
        window.strides(), window.dilations(), new Padding.Explicit(padding.begin(), end));
  }

  /** Whether rounding up gives another size than rounding down; never for padding by size. */
  private static boolean roundingDecides(PoolingOp op, TensorType data) {
    return IntStream.range(0, op.window().axes()).anyMatch(i -> roundingDecides(op, data, i));
  }

  private static boolean roundingDecides(PoolingOp op, TensorType data, int axis) {
    Dim size = data.dim(axis + 2);
    long kernel = op.kernel().get(axis);
    Dim up = op.window().outputSize(axis, size, kernel, true);
    return !up.equals(op.window().outputSize(axis, size, kernel, false));
  }
}
