package dev.lathe.frontend.onnx.export;

import dev.lathe.ir.op.ShapeOp;
import dev.lathe.ir.op.ShapeOp.CoordinateTransform;
import dev.lathe.ir.op.ShapeOp.NearestMode;
import dev.lathe.ir.op.ShapeOp.PadMode;
import dev.lathe.ir.op.ShapeOp.Resize;
import dev.lathe.ir.op.ShapeOp.ResizeMode;

/** Ops on shapes, and those that move whole parts of tensors. */
final class ShapeExport {
  private ShapeExport() {}

  static void write(ShapeOp op, NodeExport out) {
    switch (op) {
      case ShapeOp.ShapeOf o -> {
        OpBuilder shape = out.op("Shape", out.in(0)).integer("start", o.start());
        // Without an end, the last dimensions belong to it.
        (o.end() < out.type(0).rank() ? shape.integer("end", o.end()) : shape).results();
      }
      case ShapeOp.Reshape o ->
          out.op("Reshape", out.in(0), out.in(1)).flag("allowzero", o.allowZero()).results();
      case ShapeOp.Transpose o ->
          out.op("Transpose", out.in(0)).integers("perm", o.permutation()).results();
      case ShapeOp.Squeeze o -> {
        if (o.axes().isEmpty()) {
          out.alias(out.in(0));
        } else {
          out.results("Squeeze", out.in(0), out.longs(o.axes()));
        }
      }
      case ShapeOp.Unsqueeze o -> out.results("Unsqueeze", out.in(0), out.longs(o.axes()));
      case ShapeOp.Expand ignored -> moved("Expand", out);
      case ShapeOp.Concat o -> {
        NodeExport in = out.within(Types.ALL);
        in.op("Concat", in.insFrom(0)).integer("axis", o.axis()).results();
      }
      case ShapeOp.Slice o -> {
        NodeExport in = out.within(Types.ALL);
        in.results("Slice", in.in(0), in.in(1), in.in(2), in.longs(o.axes()), in.in(3));
      }
      case ShapeOp.Pad o -> {
        NodeExport in = out.within(Types.ANY);
        in.op("Pad", in.in(0), in.in(1), o.mode() == PadMode.CONSTANT ? in.in(2) : "")
            .text("mode", mode(o.mode()))
            .results();
      }
      case ShapeOp.Tile ignored -> moved("Tile", out);
      case ShapeOp.Resize o -> resize(o, out);
    }
  }

  private static void moved(String opType, NodeExport out) {
    NodeExport in = out.within(Types.ALL);
    in.results(opType, in.in(0), in.in(1));
  }

  private static String mode(PadMode mode) {
    return switch (mode) {
      case CONSTANT -> "constant";
      case REFLECT -> "reflect";
      case EDGE -> "edge";
      case WRAP -> "wrap";
    };
  }

  private static void resize(Resize op, NodeExport out) {
    NodeExport in = out.within(Types.ALL);
    OpBuilder resize =
        op.byScales()
            ? in.op("Resize", in.in(0), "", in.in(1))
            : in.op("Resize", in.in(0), "", "", in.in(1));
    resize
        .text("mode", mode(op.mode()))
        .text("coordinate_transformation_mode", transform(op.transform()))
        .flag("antialias", op.antialias());
    if (op.mode() == ResizeMode.NEAREST) {
      resize.text("nearest_mode", nearest(op.nearest()));
    }
    if (op.mode() == ResizeMode.CUBIC) {
      resize.number("cubic_coeff_a", op.cubicCoefficient());
    }
    (op.excludeOutside() ? resize.flag("exclude_outside", true) : resize).results();
  }

  private static String mode(ResizeMode mode) {
    return switch (mode) {
      case NEAREST -> "nearest";
      case LINEAR -> "linear";
      case CUBIC -> "cubic";
    };
  }

  private static String transform(CoordinateTransform transform) {
    return switch (transform) {
      case HALF_PIXEL -> "half_pixel";
      case HALF_PIXEL_SYMMETRIC -> "half_pixel_symmetric";
      case PYTORCH_HALF_PIXEL -> "pytorch_half_pixel";
      case ALIGN_CORNERS -> "align_corners";
      case ASYMMETRIC -> "asymmetric";
      case TF_HALF_PIXEL_FOR_NN -> "tf_half_pixel_for_nn";
    };
  }

  private static String nearest(NearestMode mode) {
    return switch (mode) {
      case ROUND_PREFER_FLOOR -> "round_prefer_floor";
      case ROUND_PREFER_CEIL -> "round_prefer_ceil";
      case FLOOR -> "floor";
      case CEIL -> "ceil";
    };
  }
}
