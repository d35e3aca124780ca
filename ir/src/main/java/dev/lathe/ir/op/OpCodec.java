package dev.lathe.ir.op;

import dev.lathe.ir.Block;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.IndexingOp.ScatterReduction;
import dev.lathe.ir.op.RecurrentOp.Activation;
import dev.lathe.ir.op.RecurrentOp.Direction;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes ops from the textual form of their fields, which textual IR and the serialised form share:
 * a mnemonic and named attributes, as {@link OpAttributes} gives them. Data of constants and nested
 * blocks travel beside it.
 */
public final class OpCodec {
  private OpCodec() {}

  /**
   * The op with the given mnemonic and fields.
   *
   * @param data the elements, for a constant; else null
   * @param blocks the nested blocks
   * @throws IllegalArgumentException if there is no such op, an attribute is missing, unknown or of
   *     another form, or the fields are refused by the op
   */
  public static Op create(
      String mnemonic,
      Map<String, String> attributes,
      @Nullable ConstantData data,
      List<Block> blocks) {
    AttributeReader in = new AttributeReader(mnemonic, attributes);
    Op op = create(mnemonic, in, data, blocks);
    in.expectAllRead();
    return op;
  }

  private static Op create(
      String mnemonic, AttributeReader in, @Nullable ConstantData data, List<Block> blocks) {
    return switch (mnemonic) {
      case "constant" -> {
        if (data == null) {
          throw new IllegalArgumentException("a constant needs data");
        }
        yield op(new CreationOp.Constant(data));
      }
      case "parameter" ->
          op(new CreationOp.Parameter(in.text("name"), TensorType.parse(in.text("type"))));
      case "dims" -> op(new CreationOp.Dims(Dim.parseList(in.list("dims"))));
      case "range" -> op(new CreationOp.Range());
      case "if" ->
          op(new ControlFlowOp.If(block(mnemonic, blocks, 0, 2), block(mnemonic, blocks, 1, 2)));
      case "loop" ->
          op(new ControlFlowOp.Loop(block(mnemonic, blocks, 0, 1), in.integer("carried")));
      case "lstm", "gru", "rnn" -> recurrent(mnemonic, in);
      default -> {
        Op op = elementwise(mnemonic, in);
        op = op != null ? op : reductionOrIndexing(mnemonic, in);
        op = op != null ? op : linalgOrConvolution(mnemonic, in);
        op = op != null ? op : normalizationOrQuantization(mnemonic, in);
        op = op != null ? op : shape(mnemonic, in);
        if (op == null) {
          throw new IllegalArgumentException("there is no op '" + mnemonic + "'");
        }
        yield op;
      }
    };
  }

  /**
   * The op itself. Where the branches of a switch are of different record classes, the compiled
   * method says they become a {@code Record}, and the JVM loads all of them to verify that, before
   * the first model is read; an {@code Op} is an interface, which needs no verification.
   */
  private static Op op(Op op) {
    return op;
  }

  private static Block block(String mnemonic, List<Block> blocks, int index, int count) {
    if (blocks.size() != count) {
      throw new IllegalArgumentException(
          mnemonic + " has " + count + " blocks, not " + blocks.size());
    }
    return blocks.get(index);
  }

  private static @Nullable Op elementwise(String mnemonic, AttributeReader in) {
    return switch (mnemonic) {
      case "is_inf" ->
          op(new ElementwiseOp.IsInf(in.bool("detect_negative"), in.bool("detect_positive")));
      case "leaky_relu" -> op(new ElementwiseOp.LeakyRelu(in.single("alpha")));
      case "elu" -> op(new ElementwiseOp.Elu(in.single("alpha")));
      case "celu" -> op(new ElementwiseOp.Celu(in.single("alpha")));
      case "selu" -> op(new ElementwiseOp.Selu(in.single("alpha"), in.single("gamma")));
      case "hard_sigmoid" ->
          op(new ElementwiseOp.HardSigmoid(in.single("alpha"), in.single("beta")));
      case "thresholded_relu" -> op(new ElementwiseOp.ThresholdedRelu(in.single("alpha")));
      case "shrink" -> op(new ElementwiseOp.Shrink(in.single("lambd"), in.single("bias")));
      case "gelu" -> op(new ElementwiseOp.Gelu(in.bool("tanh")));
      case "clamp" -> op(new ElementwiseOp.Clamp(in.real("min"), in.real("max")));
      case "cast" -> op(new ElementwiseOp.Cast(ElementType.parse(in.text("to"))));
      case "prelu" -> op(new ElementwiseOp.PRelu());
      case "where" -> op(new ElementwiseOp.Where());
      default -> {
        for (UnaryFunction function : UnaryFunction.values()) {
          if (function.text().equals(mnemonic)) {
            yield op(new ElementwiseOp.Unary(function));
          }
        }
        for (BinaryFunction function : BinaryFunction.values()) {
          if (function.text().equals(mnemonic)) {
            yield op(new ElementwiseOp.Binary(function));
          }
        }
        yield null;
      }
    };
  }

  private static @Nullable Op reductionOrIndexing(String mnemonic, AttributeReader in) {
    return switch (mnemonic) {
      case "arg_max", "arg_min" ->
          op(
              new ReductionOp.ArgReduce(
                  mnemonic.equals("arg_max"),
                  in.integer("axis"),
                  in.bool("keep_dims"),
                  in.bool("select_last")));
      case "cum_sum" ->
          op(new ReductionOp.CumSum(in.integer("axis"), in.bool("exclusive"), in.bool("reverse")));
      case "top_k" ->
          op(new ReductionOp.TopK(in.integer("axis"), in.bool("largest"), in.bool("sorted")));
      case "gather" -> op(new IndexingOp.Gather(in.integer("axis")));
      case "gather_elements" -> op(new IndexingOp.GatherElements(in.integer("axis")));
      case "gather_nd" -> op(new IndexingOp.GatherNd(in.integer("batch_dims")));
      case "scatter_elements" ->
          op(
              new IndexingOp.ScatterElements(
                  in.integer("axis"), in.enumeration("reduction", ScatterReduction.class)));
      case "scatter_nd" ->
          op(new IndexingOp.ScatterNd(in.enumeration("reduction", ScatterReduction.class)));
      case "trilu" -> op(new IndexingOp.Trilu(in.bool("upper")));
      case "one_hot" -> op(new IndexingOp.OneHot(in.integer("axis")));
      case "non_zero" -> op(new IndexingOp.NonZero());
      case "reverse_sequence" ->
          op(new IndexingOp.ReverseSequence(in.integer("batch_axis"), in.integer("time_axis")));
      default -> {
        for (ReduceFunction function : ReduceFunction.values()) {
          if (function.text().equals(mnemonic)) {
            yield op(new ReductionOp.Reduce(function, in.integers("axes"), in.bool("keep_dims")));
          }
        }
        yield null;
      }
    };
  }

  private static @Nullable Op linalgOrConvolution(String mnemonic, AttributeReader in) {
    return switch (mnemonic) {
      case "matmul" -> op(new LinalgOp.MatMul(in.bool("transpose_a"), in.bool("transpose_b")));
      case "matmul_integer" -> op(new LinalgOp.MatMulInteger());
      case "attention" -> op(new LinalgOp.Attention(in.single("scale"), in.flag("nan_to_zero")));
      case "conv" -> op(new ConvolutionOp.Convolution(in.window(), in.integer("groups")));
      case "conv_integer" ->
          op(new ConvolutionOp.ConvolutionInteger(in.window(), in.integer("groups")));
      case "conv_transpose" ->
          op(
              new ConvolutionOp.ConvolutionTranspose(
                  in.window(), in.integer("groups"), in.longs("output_padding")));
      case "max_pool" ->
          op(
              new PoolingOp.MaxPool(
                  in.longs("kernel"),
                  in.window(),
                  in.bool("ceil"),
                  in.bool("indices"),
                  in.bool("column_major")));
      case "average_pool" ->
          op(
              new PoolingOp.AveragePool(
                  in.longs("kernel"), in.window(), in.bool("ceil"), in.bool("count_include_pad")));
      case "lp_pool" ->
          op(
              new PoolingOp.LpPool(
                  in.longs("kernel"), in.window(), in.bool("ceil"), in.integer("p")));
      default -> null;
    };
  }

  private static @Nullable Op normalizationOrQuantization(String mnemonic, AttributeReader in) {
    return switch (mnemonic) {
      case "softmax" -> op(new NormalizationOp.Softmax(in.integer("axis")));
      case "log_softmax" -> op(new NormalizationOp.LogSoftmax(in.integer("axis")));
      case "batch_normalization" ->
          op(new NormalizationOp.BatchNormalization(in.single("epsilon")));
      case "layer_normalization" ->
          op(new NormalizationOp.LayerNormalization(in.integer("axis"), in.single("epsilon")));
      case "rms_normalization" ->
          op(new NormalizationOp.RmsNormalization(in.integer("axis"), in.single("epsilon")));
      case "instance_normalization" ->
          op(new NormalizationOp.InstanceNormalization(in.single("epsilon")));
      case "group_normalization" ->
          op(new NormalizationOp.GroupNormalization(in.integer("groups"), in.single("epsilon")));
      case "lrn" ->
          op(
              new NormalizationOp.Lrn(
                  in.integer("size"), in.single("alpha"), in.single("beta"), in.single("bias")));
      case "quantize_linear" ->
          op(new QuantizationOp.QuantizeLinear(in.integer("axis"), in.integer("block_size")));
      case "dequantize_linear" ->
          op(new QuantizationOp.DequantizeLinear(in.integer("axis"), in.integer("block_size")));
      case "dynamic_quantize_linear" -> op(new QuantizationOp.DynamicQuantizeLinear());
      default -> null;
    };
  }

  private static @Nullable Op shape(String mnemonic, AttributeReader in) {
    return switch (mnemonic) {
      case "shape" -> op(new ShapeOp.ShapeOf(in.integer("start"), in.integer("end")));
      case "reshape" -> op(new ShapeOp.Reshape(in.bool("allow_zero")));
      case "transpose" -> op(new ShapeOp.Transpose(in.integers("permutation")));
      case "squeeze" -> op(new ShapeOp.Squeeze(in.integers("axes")));
      case "unsqueeze" -> op(new ShapeOp.Unsqueeze(in.integers("axes")));
      case "expand" -> op(new ShapeOp.Expand());
      case "concat" -> op(new ShapeOp.Concat(in.integer("axis")));
      case "slice" -> op(new ShapeOp.Slice(in.integers("axes")));
      case "pad" -> op(new ShapeOp.Pad(in.enumeration("mode", ShapeOp.PadMode.class)));
      case "tile" -> op(new ShapeOp.Tile());
      case "resize" ->
          op(
              new ShapeOp.Resize(
                  in.enumeration("mode", ShapeOp.ResizeMode.class),
                  in.enumeration("transform", ShapeOp.CoordinateTransform.class),
                  in.enumeration("nearest", ShapeOp.NearestMode.class),
                  in.bool("by_scales"),
                  in.single("cubic_coefficient"),
                  in.bool("exclude_outside"),
                  in.bool("antialias")));
      default -> null;
    };
  }

  private static Op recurrent(String mnemonic, AttributeReader in) {
    Direction direction = in.enumeration("direction", Direction.class);
    int hidden = in.integer("hidden_size");
    List<Activation> activations = in.activations();
    Float clip = in.clip();
    boolean lengths = in.bool("has_lengths");
    return switch (mnemonic) {
      case "lstm" ->
          op(
              new RecurrentOp.Lstm(
                  direction,
                  hidden,
                  activations,
                  clip,
                  in.bool("input_forget"),
                  lengths,
                  in.bool("has_peepholes")));
      case "gru" ->
          op(
              new RecurrentOp.Gru(
                  direction, hidden, activations, clip, in.bool("linear_before_reset"), lengths));
      default -> op(new RecurrentOp.Rnn(direction, hidden, activations, clip, lengths));
    };
  }
}
