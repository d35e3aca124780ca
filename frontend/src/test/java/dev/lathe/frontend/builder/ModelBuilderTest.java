package dev.lathe.frontend.builder;

import static dev.lathe.frontend.builder.NamedArgument.activation;
import static dev.lathe.frontend.builder.NamedArgument.arg;
import static dev.lathe.frontend.builder.NamedArgument.name;
import static dev.lathe.frontend.builder.NamedArgument.padding;
import static dev.lathe.frontend.builder.NamedArgument.returnSequences;
import static dev.lathe.frontend.builder.NamedArgument.useBias;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.frontend.language.LatheCompiler;
import dev.lathe.frontend.language.LatheModel;
import dev.lathe.frontend.language.Source;
import dev.lathe.frontend.layers.Initializers;
import dev.lathe.frontend.layers.LayerException;
import dev.lathe.frontend.layers.Layers;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Graph;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.text.IrPrinter;
import java.lang.foreign.Arena;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Models made by programs are those that the language makes of the same words. */
class ModelBuilderTest {

  /** Layers that are arguments of others only. */
  private static final Set<String> CELLS =
      Set.of("simple_rnn_cell", "lstm_cell", "gru_cell", "stacked_rnn_cells", "rnn");

  private static String text(LatheModel model) {
    Graph graph = model.withWeights(Map.of(), Arena.ofAuto());
    return IrPrinter.print(graph);
  }

  private static String written(String source) {
    LatheCompiler.Result result =
        LatheCompiler.read(Source.of("test.lathe", source), null, Arena.ofAuto());
    assertThat(result.diagnostics()).isEmpty();
    return text(result.models().values().iterator().next());
  }

  @Test
  void imagesAsInTheLanguage() {
    ModelBuilder model = new ModelBuilder("Digits");
    SymbolicTensor image = model.input("image", ElementType.F32, "N", 28, 28, 1);
    SymbolicTensor x =
        image
            .conv2d(32, 3, activation("relu"), padding("same"), useBias(false))
            .maxPooling2d(arg("pool_size", List.of(2, 2)))
            .batchNormalization();
    x = model.block("residual", () -> image.conv2d(32, 2, NamedArgument.strides(2))).plus(x);
    model.output("probs", x.flatten().dense(10, activation("softmax"), name("head")));
    assertThat(text(model.build()))
        .isEqualTo(
            written(
                """
                block residual(x) {
                  return conv2d(x, 32, 2, strides: 2)
                }
                model Digits(image: f32[N, 28, 28, 1]) -> (probs) {
                  x = conv2d(image, 32, 3, activation: "relu", padding: "same", use_bias: false)
                    |> max_pooling2d([2, 2])
                    |> batch_normalization
                  x = residual(image) + x
                  probs = x |> flatten |> dense(10, activation: "softmax", name: "head")
                }
                """));
  }

  @Test
  void sequencesAndSharedLayers() {
    ModelBuilder model = new ModelBuilder("Pairs");
    SymbolicTensor a = model.input("a", ElementType.I64, "N", "S");
    SymbolicTensor b = model.input("b", ElementType.I64, "N", "S");
    ModelBuilder.Shared words = model.shared("words", ModelBuilder.layer("embedding", 100, 8));
    SymbolicTensor scale =
        model.parameter("scale", TensorType.of(ElementType.F32, 8), Initializers.ONES);
    SymbolicTensor x =
        words.apply(a).bidirectional(ModelBuilder.layer("lstm", 4, returnSequences(true)));
    model.output("y", x.multiHeadAttention(words.apply(b), 2, 4).times(scale).dividedBy(2));
    LatheModel pairs = model.build();
    assertThat(pairs.parameters().keySet())
        .startsWith("scale", "words/embeddings", "bidirectional/forward_lstm/lstm_cell/kernel");
    assertThat(pairs.graph().forward().outputs().get(0).type()).hasToString("f32[N, S, 8]");
  }

  @Test
  void everyLayerIsAMethod() {
    Set<String> methods =
        Arrays.stream(SymbolicTensor.class.getMethods())
            .map(Method::getName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(Layers.all().keySet().stream().filter(each -> !CELLS.contains(each)))
        .allSatisfy(each -> assertThat(methods).contains(camelCase(each)));
  }

  private static String camelCase(String snake) {
    StringBuilder camel = new StringBuilder();
    for (String word : snake.split("_", -1)) {
      camel.append(
          camel.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
    }
    return camel.toString();
  }

  @Test
  void whatDoesNotFitIsSaidWhereItIsWritten() {
    ModelBuilder model = new ModelBuilder("Wrong");
    SymbolicTensor x = model.input("x", ElementType.F32, "N", 8);
    assertThatThrownBy(() -> x.dense(4, arg("activaton", "relu")))
        .isInstanceOf(LayerException.class)
        .hasMessage("dense() has no argument 'activaton'");
    assertThatThrownBy(() -> x.dense(4, name("a")).plus(x.dense(5, name("a"))))
        .hasMessage("there is another layer named 'a' here");
    assertThatThrownBy(() -> x.plus(x.dense(5)))
        .hasMessageContaining("axis 1 has 8 elements on the left and 5 on the right");
    assertThatThrownBy(() -> x.layer("dens", 5)).hasMessage("there is no layer 'dens'");
    assertThatThrownBy(model::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the model Wrong has no output");
    assertThatThrownBy(() -> model.input("x", ElementType.F32, 3))
        .hasMessage("there are two inputs named 'x'");
    SymbolicTensor other = new ModelBuilder("Other").input("x", ElementType.F32, "N", 8);
    assertThatThrownBy(() -> x.plus(other)).hasMessage("the tensor is one of another model");
  }
}
