package dev.lathe.frontend.onnx.export;

import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.NormalizationOp;
import dev.lathe.ir.op.NormalizationOp.LayerNormalization;
import dev.lathe.ir.op.NormalizationOp.RmsNormalization;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Normalisations. */
final class NormalizationExport {
  private static final Set<ElementType> EXACT = EnumSet.of(ElementType.F32, ElementType.F64);

  private NormalizationExport() {}

  static void write(NormalizationOp op, NodeExport out) {
    switch (op) {
      case NormalizationOp.Softmax o ->
          out.op("Softmax", out.in(0)).integer("axis", o.axis()).results();
      case NormalizationOp.LogSoftmax o ->
          out.op("LogSoftmax", out.in(0)).integer("axis", o.axis()).results();
      case NormalizationOp.BatchNormalization o ->
          out.op("BatchNormalization", out.insFrom(0)).number("epsilon", o.epsilon()).results();
      case NormalizationOp.LayerNormalization o -> layer(o, out);
      case NormalizationOp.RmsNormalization o -> rms(o, out);
      case NormalizationOp.InstanceNormalization o -> instance(o.epsilon(), out);
      case NormalizationOp.GroupNormalization o ->
          out.op("GroupNormalization", out.insFrom(0))
              .number("epsilon", o.epsilon())
              .integer("num_groups", o.groups())
              .type("stash_type", stash(out.type(0).elementType()))
              .results();
      case NormalizationOp.Lrn o ->
          out.op("LRN", out.in(0))
              .integer("size", o.size())
              .number("alpha", o.alpha())
              .number("beta", o.beta())
              .number("bias", o.bias())
              .results();
    }
  }

  /** The type statistics are computed in. */
  private static ElementType stash(ElementType type) {
    return type == ElementType.F64 ? ElementType.F64 : ElementType.F32;
  }

  /**
   * {@code LayerNormalization}-17 computes f64 in f32, so that takes its definition; scale and bias
   * have all the normalised dimensions, which runtimes insist on.
   */
  private static void layer(LayerNormalization op, NodeExport out) {
    int axis = Axes.normalize(op.axis(), out.type(0).rank());
    if (out.type(0).elementType() != ElementType.F64) {
      out.op("LayerNormalization", out.in(0), whole(out, 1, axis), whole(out, 2, axis))
          .integer("axis", op.axis())
          .number("epsilon", op.epsilon())
          .results();
      return;
    }
    String axes = out.longs(axes(out, axis));
    String mean = out.op("ReduceMean", out.in(0), axes).flag("keepdims", true).step();
    String centred = out.step("Sub", out.in(0), mean);
    String normal = out.step("Div", centred, root(out, centred, axes, op.epsilon()));
    out.results("Add", out.step("Mul", normal, out.in(1)), out.in(2));
  }

  private static List<Integer> axes(NodeExport out, int from) {
    return IntStream.range(from, out.type(0).rank()).boxed().toList();
  }

  /** The root of the mean of squares, with something added. */
  private static String root(NodeExport out, String value, String axes, float epsilon) {
    String squares = out.step("Mul", value, value);
    String mean = out.op("ReduceMean", squares, axes).flag("keepdims", true).step();
    return out.step("Sqrt", out.step("Add", mean, out.number(epsilon)));
  }

  private static String whole(NodeExport out, int operand, int axis) {
    TensorType x = out.type(0);
    List<Dim> dims = x.shape().dims().subList(axis, x.rank());
    if (out.type(operand).shape().equals(new Shape(dims))) {
      return out.in(operand);
    }
    String shape =
        dims.stream().allMatch(Dim::isFixed)
            ? out.model().dims(dims)
            : out.op("Shape", out.in(0)).integer("start", axis).step();
    return out.step("Expand", out.in(operand), shape);
  }

  /** {@code RMSNormalization} is of opset 23. */
  private static void rms(RmsNormalization op, NodeExport out) {
    NodeExport in = out.within(EXACT);
    int axis = Axes.normalize(op.axis(), in.type(0).rank());
    String root = root(in, in.in(0), in.longs(axes(in, axis)), op.epsilon());
    in.results("Mul", in.step("Div", in.in(0), root), in.in(1));
  }

  /** {@code InstanceNormalization}-6 wants a spatial axis. */
  private static void instance(float epsilon, NodeExport out) {
    NodeExport in = out.within(Types.IEEE);
    if (in.type(0).rank() > 2) {
      in.op("InstanceNormalization", in.insFrom(0)).number("epsilon", epsilon).results();
      return;
    }
    String axis = in.longs(2);
    String deep = in.step("Unsqueeze", in.in(0), axis);
    String normal =
        in.op("InstanceNormalization", deep, in.in(1), in.in(2)).number("epsilon", epsilon).step();
    in.results("Squeeze", normal, axis);
  }
}
