package dev.lathe.ir.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.Block;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.SampleGraphs;
import dev.lathe.ir.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OpCodecTest {
  private static final Window WINDOW =
      new Window(
          List.of(2L, 1L), List.of(1L, 3L), new Padding.Explicit(List.of(0L, 1L), List.of(2L, 3L)));
  private static final Window SAME = new Window(List.of(2L), List.of(1L), new Padding.Same(false));
  private static final List<RecurrentOp.Activation> LSTM_ACTIVATIONS =
      List.of(
          new RecurrentOp.Activation("sigmoid", 0.01f, 0.2f),
          new RecurrentOp.Activation("tanh", 0f, -0f),
          new RecurrentOp.Activation("hardsigmoid", 0.2f, 1e-30f));

  /** At least one op of every kind, with fields whose text is easy to get wrong. */
  static Stream<Op> ops() {
    List<Op> ops = new ArrayList<>();
    ops.add(new CreationOp.Constant(ConstantData.ofFloats(1, 2)));
    ops.add(new CreationOp.Parameter("a \"b\", c", TensorType.of(ElementType.BF16, 2, 0)));
    ops.add(
        new CreationOp.Dims(
            List.of(
                Dim.of(-1), Dim.symbol("N").plus(1).floorDiv(2), Dim.symbol("S").min(Dim.of(4)))));
    ops.add(new CreationOp.Range());
    Arrays.stream(ElementwiseOp.UnaryFunction.values())
        .map(ElementwiseOp.Unary::new)
        .forEach(ops::add);
    Arrays.stream(ElementwiseOp.BinaryFunction.values())
        .map(ElementwiseOp.Binary::new)
        .forEach(ops::add);
    ops.add(new ElementwiseOp.IsInf(true, false));
    ops.add(new ElementwiseOp.LeakyRelu(0.1f));
    ops.add(new ElementwiseOp.Elu(1e-7f));
    ops.add(new ElementwiseOp.Celu(3.4028235e38f));
    ops.add(new ElementwiseOp.Selu(1.6732632f, 1.050701f));
    ops.add(new ElementwiseOp.HardSigmoid(1 / 6f, 0.5f));
    ops.add(new ElementwiseOp.ThresholdedRelu(-1f));
    ops.add(new ElementwiseOp.Shrink(0.5f, Float.MIN_VALUE));
    ops.add(new ElementwiseOp.Gelu(true));
    ops.add(new ElementwiseOp.Clamp(Double.NEGATIVE_INFINITY, 0.1));
    ops.add(new ElementwiseOp.Cast(ElementType.U4));
    ops.add(new ElementwiseOp.PRelu());
    ops.add(new ElementwiseOp.Where());
    Arrays.stream(ReductionOp.ReduceFunction.values())
        .map(f -> new ReductionOp.Reduce(f, List.of(0, 2), true))
        .forEach(ops::add);
    ops.add(new ReductionOp.Reduce(ReductionOp.ReduceFunction.SUM, List.of(), false));
    ops.add(new ReductionOp.ArgReduce(false, -1, true, true));
    ops.add(new ReductionOp.CumSum(1, true, false));
    ops.add(new ReductionOp.TopK(-1, false, true));
    ops.add(new LinalgOp.MatMul(true, false));
    ops.add(new LinalgOp.MatMulInteger());
    ops.add(new LinalgOp.Attention(0.17677669f));

    ops.add(new ConvolutionOp.Convolution(WINDOW, 4));
    ops.add(new ConvolutionOp.ConvolutionInteger(SAME, 1));
    ops.add(new ConvolutionOp.ConvolutionTranspose(WINDOW, 2, List.of(0L, 1L)));
    ops.add(new PoolingOp.MaxPool(List.of(3L, 2L), WINDOW, true, true, false));
    ops.add(new PoolingOp.AveragePool(List.of(3L), SAME, false, true));
    ops.add(new PoolingOp.LpPool(List.of(3L, 2L), WINDOW, true, 2));
    ops.add(new NormalizationOp.Softmax(-1));
    ops.add(new NormalizationOp.LogSoftmax(2));
    ops.add(new NormalizationOp.BatchNormalization(1e-5f));
    ops.add(new NormalizationOp.LayerNormalization(-1, 1e-12f));
    ops.add(new NormalizationOp.RmsNormalization(-2, 1e-6f));
    ops.add(new NormalizationOp.InstanceNormalization(1e-5f));
    ops.add(new NormalizationOp.GroupNormalization(32, 1e-5f));
    ops.add(new NormalizationOp.Lrn(5, 1e-4f, 0.75f, 1f));
    ops.add(new ShapeOp.ShapeOf());
    ops.add(new ShapeOp.Reshape(true));
    ops.add(new ShapeOp.Transpose(List.of(2, 0, 1)));
    ops.add(new ShapeOp.Squeeze(List.of(1)));
    ops.add(new ShapeOp.Unsqueeze(List.of(0, 3)));
    ops.add(new ShapeOp.Expand());
    ops.add(new ShapeOp.Concat(-1));
    ops.add(new ShapeOp.Slice(List.of(1, 2)));
    ops.add(new ShapeOp.Pad(ShapeOp.PadMode.REFLECT));
    ops.add(new ShapeOp.Tile());
    ops.add(
        new ShapeOp.Resize(
            ShapeOp.ResizeMode.CUBIC,
            ShapeOp.CoordinateTransform.PYTORCH_HALF_PIXEL,
            ShapeOp.NearestMode.FLOOR,
            true,
            -0.75f,
            true,
            false));
    ops.add(new IndexingOp.Gather(0));
    ops.add(new IndexingOp.GatherElements(-1));
    ops.add(new IndexingOp.GatherNd(1));
    ops.add(new IndexingOp.ScatterElements(1, IndexingOp.ScatterReduction.ADD));
    ops.add(new IndexingOp.ScatterNd(IndexingOp.ScatterReduction.NONE));
    ops.add(new IndexingOp.Trilu(false));
    ops.add(new IndexingOp.OneHot(-1));
    ops.add(new IndexingOp.NonZero());
    ops.add(new IndexingOp.ReverseSequence(1, 0));
    ops.add(new QuantizationOp.QuantizeLinear(1, 0));
    ops.add(new QuantizationOp.DequantizeLinear(-1, 32));
    ops.add(new QuantizationOp.DynamicQuantizeLinear());
    ops.add(
        new RecurrentOp.Lstm(
            RecurrentOp.Direction.REVERSE, 8, LSTM_ACTIVATIONS, 3f, true, true, true));
    ops.add(
        new RecurrentOp.Gru(
            RecurrentOp.Direction.FORWARD, 8, LSTM_ACTIVATIONS.subList(0, 2), null, true, false));
    ops.add(
        new RecurrentOp.Rnn(
            RecurrentOp.Direction.BIDIRECTIONAL, 8, LSTM_ACTIVATIONS.subList(1, 3), null, false));
    Block block = SampleGraphs.controlFlow().forward().body();
    ops.add(new ControlFlowOp.If(block, block));
    ops.add(new ControlFlowOp.Loop(block, 2));
    return ops.stream();
  }

  @ParameterizedTest
  @MethodSource("ops")
  void fieldsReadBack(Op op) {
    ConstantData data = op instanceof CreationOp.Constant constant ? constant.data() : null;
    assertThat(OpCodec.create(op.mnemonic(), OpAttributes.of(op), data, op.blocks())).isEqualTo(op);
  }

  @Test
  void flagsThatAreSetReadBack() {
    fieldsReadBack(new LinalgOp.Attention(0.5f, true));
  }

  @Test
  void everyOpHasASample() {
    Set<Class<?>> sampled = new HashSet<>();
    ops().forEach(op -> sampled.add(op.getClass()));
    assertThat(records(Op.class)).isSubsetOf(sampled).hasSizeGreaterThan(60);
  }

  @Test
  void mnemonicsAreUnique() {
    Set<String> seen = new HashSet<>();
    ops()
        .filter(op -> !(op instanceof ReductionOp.Reduce reduce && reduce.axes().isEmpty()))
        .forEach(op -> assertThat(seen.add(op.mnemonic())).as(op.mnemonic()).isTrue());
  }

  private static Set<Class<?>> records(Class<?> type) {
    if (type.isRecord()) {
      return Set.of(type);
    }
    Set<Class<?>> all = new HashSet<>();
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      all.addAll(records(permitted));
    }
    return all;
  }

  @Test
  void badFieldsAreNamed() {
    assertThatThrownBy(() -> OpCodec.create("softmax", Map.of(), null, List.of()))
        .hasMessage("softmax needs the attribute 'axis'");
    assertThatThrownBy(() -> OpCodec.create("softmax", Map.of("axis", "x"), null, List.of()))
        .hasMessage("attribute 'axis' of softmax must be an integer, not 'x'");
    assertThatThrownBy(() -> OpCodec.create("gelu", Map.of("tanh", "yes"), null, List.of()))
        .hasMessage("attribute 'tanh' of gelu must be true or false, not 'yes'");
    assertThatThrownBy(
            () -> OpCodec.create("transpose", Map.of("permutation", "[0, 0]"), null, List.of()))
        .hasMessage("[0, 0] is not a permutation of 0..1");
    assertThatThrownBy(() -> OpCodec.create("pad", Map.of("mode", "none"), null, List.of()))
        .hasMessage(
            "attribute 'mode' of pad must be one of [constant, reflect, edge, wrap], not 'none'");
    assertThatThrownBy(() -> OpCodec.create("lstmm", Map.of(), null, List.of()))
        .hasMessage("there is no op 'lstmm'");
  }
}
