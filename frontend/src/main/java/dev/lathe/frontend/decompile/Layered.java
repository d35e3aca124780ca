package dev.lathe.frontend.decompile;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Node;
import dev.lathe.ir.Shape;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.ir.op.NormalizationOp.BatchNormalization;
import dev.lathe.ir.op.NormalizationOp.LayerNormalization;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.PoolingOp;
import dev.lathe.ir.op.Window;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Writes ops whose weights are known as layers, and pooling. */
final class Layered {
  private final LatheDecompiler model;

  Layered(LatheDecompiler model) {
    this.model = model;
  }

  /** True for what the layer of a later node does: the product of a dense layer. */
  boolean isPartOfNext(Node node) {
    if (!isDenseProduct(node) || node.result().isBlockResult()) {
      return false;
    }
    List<Node> users = List.copyOf(node.result().users());
    return users.size() == 1 && denseBias(users.get(0)) != null;
  }

  private boolean isDenseProduct(Node node) {
    return node.op() instanceof MatMul product
        && !product.transposeA()
        && !product.transposeB()
        && node.operand(0).type().rank() >= 2
        && node.operand(1).type().rank() == 2
        && model.data(node.operand(1)) != null;
  }

  /** The bias of a dense layer whose sum a node is; null if it is none. */
  private @Nullable Value denseBias(Node node) {
    if (!(node.op() instanceof Binary binary) || binary.function() != BinaryFunction.ADD) {
      return null;
    }
    for (int i = 0; i < 2; i++) {
      Node product = node.operand(i).producer();
      Value bias = node.operand(1 - i);
      if (product != null
          && isDenseProduct(product)
          && model.data(bias) != null
          && bias.type().rank() == 1
          && bias.type().dim(0).equals(product.operand(1).type().dim(1))
          && product.result().users().size() == 1
          && !product.result().isBlockResult()) {
        return bias;
      }
    }
    return null;
  }

  /** The call of a layer; null if a node is none. */
  @Nullable String text(Node node) {
    return switch (node.op()) {
      case ConvolutionOp.Convolution op -> convolution(op, node);
      case PoolingOp.MaxPool op when !op.ceil() && !op.indices() ->
          pooling("max_pooling", op.kernel(), op.window(), node, true);
      case PoolingOp.AveragePool op when !op.ceil() ->
          pooling("average_pooling", op.kernel(), op.window(), node, !op.countIncludePad());
      case BatchNormalization op -> batchNormalization(op, node);
      case LayerNormalization op -> layerNormalization(op, node);
      case MatMul _ when isDenseProduct(node) -> dense(node, null);
      case Binary _ -> {
        Value bias = denseBias(node);
        if (bias == null) {
          yield null;
        }
        Node left = node.operand(0).producer();
        Node product = node.operand(1).equals(bias) ? left : node.operand(1).producer();
        yield product == null ? null : dense(product, bias);
      }
      default -> null;
    };
  }

  private String dense(Node product, @Nullable Value bias) {
    String name = model.layerName(product);
    Value kernel = product.operand(1);
    weight(name + "/kernel", kernel);
    if (bias != null) {
      weight(name + "/bias", bias);
    }
    return "dense("
        + model.text(product.operand(0))
        + ", "
        + kernel.type().dim(1)
        + (bias == null ? ", use_bias: false" : "")
        + ", name: \""
        + name
        + "\")";
  }

  private void weight(String path, Value value) {
    ConstantData data = model.data(value);
    if (data == null) {
      throw new Unsaid("weights that are computed");
    }
    model.weight(path, data);
  }

  private @Nullable String convolution(ConvolutionOp.Convolution op, Node node) {
    ConstantData kernel = model.data(node.operand(1));
    Value bias = node.operands().size() > 2 ? node.operand(2) : null;
    if (kernel == null || (bias != null && model.data(bias) == null)) {
      throw new Unsaid("weights that are computed");
    }
    int axes = op.window().axes();
    if (axes > 3) {
      return null;
    }
    List<Long> size = sizes(node.operand(1), 2);
    String input = model.text(node.operand(0));
    String padding = "valid";
    if (op.window().padding() instanceof Padding.Same same && same.upper()) {
      padding = "same";
    } else if (op.window().padding() instanceof Padding.Explicit explicit) {
      input = zeroPadded(input, explicit, axes);
    } else {
      throw new Unsaid("padding that is more before than after");
    }
    String name = model.layerName(node);
    List<Integer> permutation = new ArrayList<>(IntStream.range(2, axes + 2).boxed().toList());
    permutation.add(1);
    permutation.add(0);
    model.weight(name + "/kernel", permuted(kernel, permutation));
    if (bias != null) {
      weight(name + "/bias", bias);
    }
    return "conv"
        + axes
        + "d("
        + input
        + ", "
        + node.operand(1).type().dim(0)
        + ", "
        + size
        + (isOnes(op.window().strides()) ? "" : ", strides: " + op.window().strides())
        + (padding.equals("valid") ? "" : ", padding: \"" + padding + "\"")
        + (isOnes(op.window().dilations()) ? "" : ", dilation_rate: " + op.window().dilations())
        + (op.groups() == 1 ? "" : ", groups: " + op.groups())
        + (bias == null ? ", use_bias: false" : "")
        + ", data_format: \"channels_first\", name: \""
        + name
        + "\")";
  }

  private static boolean isOnes(List<Long> numbers) {
    return numbers.stream().allMatch(number -> number == 1);
  }

  private static List<Long> sizes(Value value, int from) {
    return value.type().shape().dims().subList(from, value.type().rank()).stream()
        .map(Dim::value)
        .toList();
  }

  private static String zeroPadded(String input, Padding.Explicit padding, int axes) {
    List<List<Long>> pairs = new ArrayList<>();
    boolean isNone = true;
    for (int i = 0; i < axes; i++) {
      long begin = padding.begin().get(i);
      long end = padding.end().get(i);
      if (begin < 0 || end < 0) {
        throw new Unsaid("padding that crops");
      }
      isNone &= begin == 0 && end == 0;
      pairs.add(List.of(begin, end));
    }
    String amounts = axes == 1 ? pairs.get(0).toString() : pairs.toString();
    return isNone
        ? input
        : "zero_padding"
            + axes
            + "d("
            + input
            + ", "
            + amounts
            + ", data_format: \"channels_first\")";
  }

  private @Nullable String pooling(
      String layer, List<Long> kernel, Window window, Node node, boolean leavesPaddingOut) {
    int axes = window.axes();
    if (axes > 3 || !isOnes(window.dilations())) {
      return null;
    }
    String input = model.text(node.operand(0));
    String padding = "valid";
    if (window.padding() instanceof Padding.Same same && same.upper() && leavesPaddingOut) {
      padding = "same";
    } else if (window.padding() instanceof Padding.Explicit explicit) {
      boolean isNone =
          explicit.begin().stream().allMatch(p -> p == 0)
              && explicit.end().stream().allMatch(p -> p == 0);
      if (!isNone && layer.startsWith("max")) {
        input = lowPadded(input, explicit, axes);
      } else if (!isNone && leavesPaddingOut) {
        throw new Unsaid("padding that does not count");
      } else {
        input = zeroPadded(input, explicit, axes);
      }
    } else {
      throw new Unsaid("padding that is more before than after");
    }
    return layer
        + axes
        + "d("
        + input
        + ", "
        + kernel
        + ", strides: "
        + window.strides()
        + (padding.equals("valid") ? "" : ", padding: \"" + padding + "\"")
        + ", data_format: \"channels_first\")";
  }

  /** Padding that no maximum takes. */
  private static String lowPadded(String input, Padding.Explicit padding, int axes) {
    List<List<Long>> widths = new ArrayList<>(List.of(List.of(0L, 0L), List.of(0L, 0L)));
    for (int i = 0; i < axes; i++) {
      widths.add(List.of(padding.begin().get(i), padding.end().get(i)));
    }
    return "ops.pad(" + input + ", " + widths + ", constant_values: -inf)";
  }

  private String batchNormalization(BatchNormalization op, Node node) {
    String name = model.layerName(node);
    List<String> parts = List.of("gamma", "beta", "moving_mean", "moving_variance");
    for (int i = 0; i < parts.size(); i++) {
      weight(name + "/" + parts.get(i), node.operand(i + 1));
    }
    return "batch_normalization("
        + model.text(node.operand(0))
        + ", axis: 1, epsilon: "
        + op.epsilon()
        + ", name: \""
        + name
        + "\")";
  }

  private String layerNormalization(LayerNormalization op, Node node) {
    Value x = node.operand(0);
    int rank = x.type().rank();
    int first = op.axis() < 0 ? op.axis() + rank : op.axis();
    Shape wanted = new Shape(x.type().shape().dims().subList(first, rank));
    String name = model.layerName(node);
    String text =
        "layer_normalization("
            + model.text(x)
            + ", axis: "
            + IntStream.range(first, rank).boxed().toList()
            + ", epsilon: "
            + op.epsilon();
    List<String> parts = List.of("gamma", "beta");
    for (int i = 0; i < parts.size(); i++) {
      ConstantData data = model.data(node.operand(i + 1));
      boolean isNeutral = data != null && data.isUniform() && data.getDouble(0) == 1 - i;
      if (isNeutral) {
        text += i == 0 ? ", scale: false" : ", center: false";
      } else if (node.operand(i + 1).type().shape().equals(wanted)) {
        weight(name + "/" + parts.get(i), node.operand(i + 1));
      } else {
        throw new Unsaid("a scale that is not of the shape of the axes");
      }
    }
    return text + ", name: \"" + name + "\")";
  }

  /** The elements in another order of axes, on memory that is freed when nobody refers to it. */
  private static ConstantData permuted(ConstantData data, List<Integer> permutation) {
    List<Dim> from = data.type().shape().dims();
    List<Dim> dims = permutation.stream().map(from::get).toList();
    long size = data.type().elementType().byteSize(1);
    long[] strides = new long[from.size()];
    long stride = 1;
    for (int axis = from.size() - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= from.get(axis).value();
    }
    MemorySegment to = Arena.ofAuto().allocate(Math.max(1, stride * size), 64);
    long[] at = new long[dims.size()];
    for (long i = 0; i < stride; i++) {
      long source = 0;
      for (int axis = 0; axis < at.length; axis++) {
        source += at[axis] * strides[permutation.get(axis)];
      }
      MemorySegment.copy(data.segment(), source * size, to, i * size, size);
      for (int axis = at.length - 1; axis >= 0 && ++at[axis] == dims.get(axis).value(); axis--) {
        at[axis] = 0;
      }
    }
    return new ConstantData(data.type().withShape(new Shape(dims)), to.asSlice(0, stride * size));
  }
}
