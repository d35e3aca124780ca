package dev.lathe.frontend.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.frontend.ImportException;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightMatcherTest {
  @TempDir Path folder;

  private final Arena arena = Arena.ofConfined();
  private final List<ParameterSpec> model = new ArrayList<>();
  private final Npz npz = new Npz();

  @AfterEach
  void close() {
    arena.close();
  }

  private void wanted(String path, long... shape) {
    model.add(new ParameterSpec(path, TensorType.of(ElementType.F32, shape)));
  }

  /** The kernel and the bias of a dense layer on both sides. */
  private void dense(String wanted, String there, int in, int out) {
    denseWanted(wanted, in, out);
    denseThere(there, in, out);
  }

  private void denseWanted(String layer, int in, int out) {
    wanted(layer + "/kernel", in, out);
    wanted(layer + "/bias", out);
  }

  private void denseThere(String layer, int in, int out) {
    npz.array(layer + "/kernel", in, out).array(layer + "/bias", out);
  }

  private WeightMatch match() {
    Path file = npz.write(folder.resolve("w.npz"));
    return WeightMatcher.match(model, WeightFile.open(file, arena));
  }

  private static Map<String, String> sources(WeightMatch match) {
    Map<String, String> sources = new LinkedHashMap<>();
    match.found().forEach(f -> sources.put(f.parameter().path(), f.weight().path()));
    return sources;
  }

  @Test
  void equalPathsAreExact() {
    dense("dense", "dense", 2, 3);
    dense("dense_1", "dense_1", 3, 4);
    npz.floats("gain", new float[] {5}, 1);
    wanted("gain", 1);
    WeightMatch match = match();
    assertThat(match.isExact()).isTrue();
    assertThat(match.report()).isEmpty();
    Map<String, ConstantData> data = match.load();
    assertThat(data.keySet())
        .containsExactly("dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias", "gain");
    assertThat(data.get("dense_1/kernel").getDouble(11)).isEqualTo(11);
    assertThat(data.get("gain").getDouble(0)).isEqualTo(5);
  }

  @Test
  void numbersOfASecondModelInAProcessAreMatchedByOrder() {
    // dense_1 and dense_2 exist on both sides, and yet mean other layers: all have one shape.
    dense("dense", "dense_1", 3, 3);
    dense("dense_1", "dense_2", 3, 3);
    dense("dense_2", "dense_10", 3, 3);
    WeightMatch match = match();
    assertThat(match.isComplete()).isTrue();
    assertThat(match.isExact()).isFalse();
    assertThat(sources(match))
        .containsEntry("dense/kernel", "dense_1/kernel")
        .containsEntry("dense_1/bias", "dense_2/bias")
        .containsEntry("dense_2/kernel", "dense_10/kernel");
    assertThat(match.report())
        .containsExactly(
            "6 weights are matched by order: dense/kernel from 'dense_1/kernel', dense/bias from"
                + " 'dense_1/bias', dense_1/kernel from 'dense_2/kernel', dense_1/bias from"
                + " 'dense_2/bias', dense_2/kernel from 'dense_10/kernel', dense_2/bias from"
                + " 'dense_10/bias'");
  }

  @Test
  void orderDecidesOnlyWhereCountsAndShapesAgree() {
    dense("dense", "dense_1", 3, 3);
    denseThere("dense_2", 3, 3);
    dense("conv", "conv_4", 3, 3);
    denseWanted("conv_1", 4, 3);
    denseThere("conv_5", 3, 4);
    WeightMatch match = match();
    assertThat(match.isComplete()).isFalse();
    assertThat(match.report())
        .contains(
            "2 weights are missing: dense/kernel: f32[3, 3] (did you mean 'dense_1/kernel'?),"
                + " dense/bias: f32[3] (did you mean 'dense_1/bias'?)",
            "2 weights are of another type: conv_1/kernel is f32[4, 3] in the model but f32[3, 4]"
                + " in the file ('conv_5/kernel'), conv_1/bias is f32[3] in the model but f32[4] in"
                + " the file ('conv_5/bias')");
    assertThat(match.extra()).hasSize(4);
  }

  @Test
  void partsOfComposedLayersFollowTheirLayer() {
    for (String way : List.of("forward", "backward")) {
      wanted("bidirectional/" + way + "_lstm/lstm_cell/kernel", 2, 8);
      wanted("bidirectional/" + way + "_lstm/lstm_cell/bias", 8);
      npz.array("bidirectional_2/" + way + "_lstm_3/lstm_cell/kernel", 2, 8);
      npz.array("bidirectional_2/" + way + "_lstm_3/lstm_cell/bias", 8);
    }
    WeightMatch match = match();
    assertThat(match.isComplete()).isTrue();
    assertThat(match.extra()).isEmpty();
    assertThat(sources(match))
        .containsEntry(
            "bidirectional/backward_lstm/lstm_cell/bias",
            "bidirectional_2/backward_lstm_3/lstm_cell/bias");
  }

  @Test
  void namesOfTheModelDoNotCount() {
    dense("dense", "sequential_2/dense", 2, 3);
    dense("head", "sequential_2/head", 3, 3);
    assertThat(match().isExact()).isTrue();
  }

  @Test
  void namesOfTheModelDoNotCountOnTheOtherSide() {
    dense("net/dense", "dense", 2, 3);
    dense("net/head", "head", 3, 3);
    assertThat(match().isExact()).isTrue();
  }

  @Test
  void aPrefixThatIsALayerOnBothSidesStays() {
    wanted("attention/query/kernel", 2, 2);
    wanted("attention/key/kernel", 2, 2);
    npz.array("model/attention_1/query/kernel", 2, 2).array("model/attention_1/key/kernel", 2, 2);
    assertThat(sources(match()))
        .containsEntry("attention/query/kernel", "model/attention_1/query/kernel")
        .containsEntry("attention/key/kernel", "model/attention_1/key/kernel");
  }

  @Test
  void dotsAndTheEndingOfTensorFlowAreUnderstood() {
    wanted("conv2d_1/kernel", 3, 3, 1, 2);
    wanted("conv2d_1/bias", 2);
    npz.array("conv2d_1.kernel", 3, 3, 1, 2).array("conv2d_1/bias:0", 2);
    assertThat(match().isExact()).isTrue();
  }

  @Test
  void blocksMatchLayersThatAreNumberedThrough() {
    // The file counts the convolution outside of the blocks last, and so calls it conv_2.
    dense("residual/conv", "conv", 3, 3);
    dense("residual_1/conv", "conv_1", 3, 3);
    dense("conv", "conv_2", 3, 3);
    assertThat(sources(match()))
        .containsEntry("residual/conv/kernel", "conv/kernel")
        .containsEntry("residual_1/conv/kernel", "conv_1/kernel")
        .containsEntry("conv/kernel", "conv_2/kernel");
  }

  @Test
  void nestedModelsInTheFileMatchLayersWithoutThem() {
    dense("dense", "encoder/dense_3", 2, 3);
    dense("dense_1", "encoder/dense_4", 3, 3);
    dense("dense_2", "decoder/dense_5", 3, 3);
    WeightMatch match = match();
    assertThat(match.isComplete()).isTrue();
    assertThat(sources(match)).containsEntry("dense_2/bias", "decoder/dense_5/bias");
  }

  @Test
  void aNumberInsideANameIsAName() {
    dense("block1_conv1", "block1_conv2", 2, 2);
    assertThat(match().found()).isEmpty();
  }

  @Test
  void floatsAreCastAndOtherTypesAreNot() {
    model.add(new ParameterSpec("a/w", TensorType.of(ElementType.F16, 2)));
    model.add(new ParameterSpec("a/v", TensorType.of(ElementType.BF16, 2)));
    model.add(new ParameterSpec("a/u", TensorType.of(ElementType.F64, 1)));
    model.add(new ParameterSpec("b/n", TensorType.of(ElementType.F32, 2)));
    npz.floats("a/w", new float[] {1.5f, 65519}, 2);
    npz.floats("a/v", new float[] {1.5f, 1.001f}, 2);
    npz.floats("a/u", new float[] {0.1f}, 1);
    npz.bytes("b/n", ElementType.I8, new byte[] {1, 2}, 2);
    WeightMatch match = match();
    assertThat(match.report())
        .containsExactly(
            "1 weight is of another type: b/n is f32[2] in the model but i8[2] in the" + " file");
    model.remove(3);
    Map<String, ConstantData> data = match().load();
    assertThat(data.get("a/w").type()).isEqualTo(TensorType.of(ElementType.F16, 2));
    assertThat(data.get("a/w").getDouble(1)).isEqualTo(65504);
    assertThat(data.get("a/v").getDouble(0)).isEqualTo(1.5);
    assertThat(data.get("a/v").getDouble(1)).isEqualTo(1);
    assertThat(data.get("a/u").getDouble(0)).isEqualTo((double) 0.1f);
  }

  @Test
  void oneReportHasAllThatDoesNotFit() {
    dense("dense", "dense", 2, 3);
    wanted("head/kernel", 3, 5);
    npz.array("head/kernel", 3, 7);
    wanted("clasifier/kernel", 7, 2);
    npz.array("classifier/kernel", 7, 2).array("other/scale", 9);
    npz.array("optimizer/iterations").array("dropout/seed_generator/seed_generator_state", 2);
    npz.array("normalization/count").array("normalization/mean", 4);
    wanted("normalization/mean", 4);
    WeightMatch match = match();
    assertThat(match.report())
        .containsExactly(
            "1 weight is missing: clasifier/kernel: f32[7, 2] (did you mean 'classifier/kernel'?)",
            "1 weight is of another type: head/kernel is f32[3, 5] in the model but f32[3, 7] in"
                + " the file",
            "2 weights are left over in the file: 'classifier/kernel': f32[7, 2], 'other/scale':"
                + " f32[9]");
    assertThatThrownBy(match::load)
        .isInstanceOf(ImportException.class)
        .hasMessage(
            folder.resolve("w.npz")
                + ": "
                + String.join("; ", match.report())
                + "; name the layers as the file does, or save the weights of this model");
  }

  @Test
  void whatIsLeftOverDoesNotHinder() {
    dense("dense", "dense", 2, 3);
    denseThere("head", 3, 4);
    WeightMatch match = match();
    assertThat(match.isComplete()).isTrue();
    assertThat(match.isExact()).isFalse();
    assertThat(match.load()).hasSize(2);
  }

  @Test
  void aFileOfAnotherModelIsRefusedInBoundedWords() {
    denseWanted("dense", 2, 3);
    for (int i = 0; i < 3000; i++) {
      npz.array("block_" + i + "/layer" + i + "/weight\n", 1);
    }
    WeightMatch match = match();
    assertThatThrownBy(match::load)
        .hasMessageContaining("2 weights are missing: dense/kernel: f32[2, 3], dense/bias: f32[3]")
        .hasMessageContaining("3000 weights are left over in the file: 'block_0/layer0/weight?'")
        .hasMessageContaining("and 2980 more")
        .hasMessageContaining("the file seems to belong to another model");
  }

  @Test
  void parametersHaveFixedShapes() {
    assertThatThrownBy(() -> new ParameterSpec("a", TensorType.parse("f32[N]")))
        .hasMessage("parameter a has no fixed shape: f32[N]");
  }
}
