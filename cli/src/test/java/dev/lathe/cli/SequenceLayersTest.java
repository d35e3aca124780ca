package dev.lathe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.frontend.layers.InitialValues;
import dev.lathe.frontend.layers.Layer;
import dev.lathe.frontend.layers.LayerUse;
import dev.lathe.frontend.layers.Layers;
import dev.lathe.frontend.layers.ModelScope;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.passes.PassOptions;
import dev.lathe.passes.Passes;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Layers on sequences become the ops that backends are fast at. */
class SequenceLayersTest {

  /** The ops of a layer after the passes. */
  private static List<String> optimized(
      String name, Map<String, Object> arguments, String... types) {
    Graph graph = new Graph(name);
    ModelScope scope = new ModelScope(graph.newBlock());
    List<Value> inputs = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (String type : types) {
      names.add("x" + names.size());
      inputs.add(scope.builder().argument(names.getLast(), TensorType.parse(type)));
    }
    Layer layer = Objects.requireNonNull(Layers.find(name)).bind(arguments);
    List<Value> outputs = scope.apply(layer, LayerUse.first(name), inputs);
    scope
        .parameters()
        .forEach(
            (path, weight) ->
                graph.parameter(
                    path,
                    InitialValues.make(weight.initializer(), path, weight.type(), Arena.ofAuto())));
    List<String> results = IntStream.range(0, outputs.size()).mapToObj(i -> "y" + i).toList();
    graph.add(new Function(Graph.FORWARD, scope.builder().finish(outputs), names, results));
    Passes.optimize(graph, PassOptions.defaults().withVerify(true));
    List<String> ops = new ArrayList<>();
    for (Node node : graph.forward().body().nodes()) {
      ops.add(node.op().mnemonic());
    }
    return ops;
  }

  @Test
  void attentionOfSeveralHeadsIsOneOp() {
    Map<String, Object> heads = Map.of("num_heads", 4L, "key_dim", 8L);
    assertThat(optimized("multi_head_attention", heads, "f32[N, T, 32]", "f32[N, S, 32]"))
        .containsOnlyOnce("attention")
        .doesNotContain("softmax");
    assertThat(
            optimized(
                "multi_head_attention", heads, "f32[N, T, 32]", "f32[N, S, 32]", "bool[N, T, S]"))
        .containsOnlyOnce("attention")
        .doesNotContain("softmax");
  }

  @Test
  void causalMasksAreTakenIntoAttention() {
    for (double dropout : new double[] {0, 0.1}) {
      Map<String, Object> causal =
          Map.of("num_heads", 4L, "key_dim", 8L, "use_causal_mask", true, "dropout", dropout);
      assertThat(optimized("multi_head_attention", causal, "f32[N, 16, 32]", "f32[N, 16, 32]"))
          .containsOnlyOnce("attention")
          .doesNotContain("softmax", "where", "greater_or_equal");
    }
  }

  @Test
  void sharedHeadsOfKeysAreAttentionToo() {
    Map<String, Object> heads =
        Map.of("head_dim", 8L, "num_query_heads", 4L, "num_key_value_heads", 2L);
    assertThat(optimized("group_query_attention", heads, "f32[N, T, 32]", "f32[N, T, 32]"))
        .containsOnlyOnce("attention")
        .doesNotContain("softmax");
  }

  @Test
  void bothDirectionsAreOneOp() {
    Layer lstm =
        Objects.requireNonNull(Layers.find("lstm"))
            .bind(Map.of("units", 8L, "return_sequences", true));
    assertThat(optimized("bidirectional", Map.of("layer", lstm), "f32[N, T, 4]"))
        .containsOnlyOnce("lstm")
        .doesNotContain("matmul");
  }
}
