package dev.lathe.frontend.onnx;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ShapeOp.CoordinateTransform;
import dev.lathe.ir.op.ShapeOp.NearestMode;
import dev.lathe.ir.op.ShapeOp.Resize;
import dev.lathe.ir.op.ShapeOp.ResizeMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** {@code Resize} and its predecessor {@code Upsample}. */
final class ResizeHandlers {

  private ResizeHandlers() {}

  static void register(Handlers handlers) {
    handlers.add("Resize", ResizeHandlers::resize);
    handlers.add("Upsample", ResizeHandlers::upsample);
  }

  private static ResizeMode mode(OnnxNode node) {
    return switch (node.attributes().text("mode", "nearest")) {
      case "nearest" -> ResizeMode.NEAREST;
      case "linear", "bilinear" -> ResizeMode.LINEAR;
      case "cubic" -> ResizeMode.CUBIC;
      default -> throw node.attributes().refuse("mode", "is none of nearest, linear, cubic");
    };
  }

  private static CoordinateTransform transform(OnnxNode node) {
    String name = node.attributes().text("coordinate_transformation_mode", "half_pixel");
    return switch (name) {
      case "half_pixel" -> CoordinateTransform.HALF_PIXEL;
      case "half_pixel_symmetric" -> CoordinateTransform.HALF_PIXEL_SYMMETRIC;
      case "pytorch_half_pixel" -> CoordinateTransform.PYTORCH_HALF_PIXEL;
      case "align_corners" -> CoordinateTransform.ALIGN_CORNERS;
      case "asymmetric" -> CoordinateTransform.ASYMMETRIC;
      case "tf_half_pixel_for_nn" -> CoordinateTransform.TF_HALF_PIXEL_FOR_NN;
      case "tf_crop_and_resize" ->
          throw node.unsupported("tf_crop_and_resize", "crop before resizing");
      default -> throw node.attributes().refuse("coordinate_transformation_mode", "is not known");
    };
  }

  private static NearestMode nearest(OnnxNode node) {
    return switch (node.attributes().text("nearest_mode", "round_prefer_floor")) {
      case "round_prefer_floor" -> NearestMode.ROUND_PREFER_FLOOR;
      case "round_prefer_ceil" -> NearestMode.ROUND_PREFER_CEIL;
      case "floor" -> NearestMode.FLOOR;
      case "ceil" -> NearestMode.CEIL;
      default -> throw node.attributes().refuse("nearest_mode", "is not known");
    };
  }

  /**
   * {@code Upsample}-9 and {@code Resize}-10: positions are divided by the scale and rounded down.
   */
  private static Resize plain(OnnxNode node) {
    return new Resize(
        mode(node), CoordinateTransform.ASYMMETRIC, NearestMode.FLOOR, true, -0.75f, false, false);
  }

  /** {@code Upsample}: scales are an attribute in version 7, an input in version 9. */
  private static List<Value> upsample(OnnxNode node) {
    Value x = node.in(0);
    if (node.opset() >= 9) {
      return List.of(node.emit().add(plain(node), x, node.in(1)));
    }
    if (node.opset() < 7) {
      throw node.unsupported(
          "opset " + node.opset(), "convert the model with onnx.version_converter");
    }
    List<Float> scales = node.attributes().numbers("scales");
    float[] numbers = new float[scales.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = scales.get(i);
    }
    Value constant = node.scope().builder().constant(ConstantData.ofFloats(numbers));
    return List.of(node.emit().add(plain(node), x, constant));
  }

  /** {@code Resize}-19: by scales (input 2) or to sizes (input 3), of all axes or some. */
  private static List<Value> resize(OnnxNode node) {
    Emitter emit = node.emit();
    Value x = node.in(0);
    if (node.opset() == 10) {
      return List.of(emit.add(plain(node), x, node.in(1)));
    }
    int rank = x.type().rank();
    List<Integer> axes = IntStream.range(0, rank).boxed().toList();
    List<Long> stated = node.attributes().integers("axes");
    if (stated != null) {
      axes = new ArrayList<>();
      for (long axis : stated) {
        axes.addAll(node.axes(List.of(axis), rank));
      }
    }
    boolean toSizes = node.has(3) && !node.type(3).shape().elementCount().is(0);
    if (!toSizes && !node.has(2)) {
      throw node.invalid("neither scales nor sizes are given");
    }
    Resize op =
        new Resize(
            mode(node),
            transform(node),
            nearest(node),
            !toSizes,
            node.attributes().number("cubic_coeff_a", -0.75f),
            node.attributes().flag("exclude_outside", false),
            node.attributes().flag("antialias", false));
    Value target = toSizes ? sizes(node, x, axes) : scales(node, rank, axes);
    return List.of(emit.add(op, x, target));
  }

  private static Value scales(OnnxNode node, int rank, List<Integer> axes) {
    Emitter emit = node.emit();
    ConstantData known = node.constant(2);
    if (known != null && known.elementCount() == axes.size()) {
      float[] scales = new float[rank];
      Arrays.fill(scales, 1);
      for (int i = 0; i < axes.size(); i++) {
        scales[axes.get(i)] = (float) known.getDouble(i);
      }
      return node.scope().builder().constant(ConstantData.ofFloats(scales));
    }
    Value scales = node.in(2);
    Value one = emit.cast(emit.longs(1), ElementType.F32);
    return everyAxis(emit, scales, one, axes, rank, axes.size());
  }

  private static Value sizes(OnnxNode node, Value x, List<Integer> axes) {
    Emitter emit = node.emit();
    String policy = node.attributes().text("keep_aspect_ratio_policy", "stretch");
    if (!policy.equals("stretch")) {
      return emit.dims(proportional(node, x, axes, policy));
    }
    int rank = x.type().rank();
    return everyAxis(emit, node.asLongs(3), emit.shapeOf(x), axes, rank, axes.size());
  }

  /** One element for every axis: the given one, or for an axis not named one of {@code others}. */
  private static Value everyAxis(
      Emitter emit, Value given, Value others, List<Integer> axes, int rank, int count) {
    if (axes.equals(IntStream.range(0, rank).boxed().toList())) {
      return given;
    }
    long[] from = new long[rank];
    boolean single = others.type().dim(0).is(1);
    for (int i = 0; i < rank; i++) {
      int place = axes.indexOf(i);
      from[i] = place >= 0 ? place : (long) count + (single ? 0 : i);
    }
    return emit.gather(emit.concat(0, List.of(given, others)), 0, emit.longs(from));
  }

  /**
   * Sizes that keep the proportions of the axes: the smallest or the largest of the scales for all.
   */
  private static List<Dim> proportional(OnnxNode node, Value x, List<Integer> axes, String policy) {
    List<Long> wanted = node.needLongs(3, "sizes");
    boolean smaller = policy.equals("not_larger");
    if (!smaller && !policy.equals("not_smaller")) {
      throw node.attributes().refuse("keep_aspect_ratio_policy", "is not known");
    }
    if (!x.type().shape().isFixed() || wanted.size() != axes.size()) {
      throw node.unsupported(policy + " and an input of type " + x.type(), "fix the input's shape");
    }
    double scale = smaller ? Double.POSITIVE_INFINITY : 0;
    for (int i = 0; i < axes.size(); i++) {
      double ratio = (double) wanted.get(i) / x.type().dim(axes.get(i)).value();
      scale = smaller ? Math.min(scale, ratio) : Math.max(scale, ratio);
    }
    List<Dim> dims = new ArrayList<>(x.type().shape().dims());
    for (int axis : axes) {
      dims.set(axis, Dim.of(Math.round(scale * x.type().dim(axis).value())));
    }
    return dims;
  }
}
