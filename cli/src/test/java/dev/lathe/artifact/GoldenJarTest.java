package dev.lathe.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.Lathe;
import dev.lathe.backend.reference.ReferenceBackend;
import dev.lathe.ir.Block;
import dev.lathe.ir.BlockBuilder;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.Op;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.ModelOptions;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.TensorSpec;
import dev.lathe.testing.CaseRunner;
import dev.lathe.testing.OpCase;
import dev.lathe.testing.OpCases;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Jars that releases wrote still load and give what they gave.
 *
 * <p>The jar of a release holds one model with a small case of every op. The inputs of the cases
 * are constants in it, and so are the results that the release had for them, so that every output
 * {@code NAME} has a twin {@code NAME/expected}. Where a case has symbols in its ops, its inputs
 * are those of the model, and their data lies among the parameters. {@code -Dgolden.bless=true}
 * writes the jar of this version if there is none; that of a released version never changes.
 */
class GoldenJarTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final String EXPECTED = "/expected";
  private static final double TOLERANCE = 1e-4;

  static Stream<Path> jars() throws IOException {
    try (Stream<Path> files = Files.walk(GOLDEN)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("jars")
  void aJarOfAReleaseGivesWhatItGave(Path jar) {
    for (String backend : List.of("reference", "onednn")) {
      ModelOptions options = ModelOptions.defaults().backend(backend).threads(1);
      try (Arena arena = Arena.ofShared();
          Model model = Model.load(jar, options);
          Session session = model.newSession()) {
        Map<String, ConstantData> data = Lathe.importModel(jar, arena).parameters();
        Map<String, Tensor> inputs = new HashMap<>();
        for (TensorSpec input : model.signature().inputs()) {
          inputs.put(input.name(), Tensor.of(data.get(input.name())));
        }
        Map<String, Tensor> outputs = session.run(inputs);
        assertThat(outputs).hasSizeGreaterThan(100);
        outputs.forEach(
            (name, tensor) -> {
              Tensor expected = outputs.get(name + EXPECTED);
              if (expected != null) {
                CaseRunner.assertClose(jar + ", " + name, tensor, expected, TOLERANCE);
              }
            });
      }
    }
  }

  @Test
  void everyReleaseHasAJar() throws IOException {
    assertThat(jars()).contains(jarOfThisVersion());
  }

  private static Path jarOfThisVersion() {
    return GOLDEN.resolve("v" + Build.version().replace("-SNAPSHOT", "")).resolve("ops.jar");
  }

  @Test
  @EnabledIfSystemProperty(named = "golden.bless", matches = "true")
  void writeTheJarOfThisVersion() throws IOException {
    Path jar = jarOfThisVersion();
    if (!Files.exists(jar)) {
      Files.createDirectories(jar.getParent());
      Merger merger = new Merger();
      smallestOfEveryOp().forEach(merger::add);
      ArtifactWriter.write(jar, merger.finish(), "golden.Ops", false);
    }
  }

  /** For every mnemonic the smallest case that has it. */
  private static Set<OpCase> smallestOfEveryOp() {
    Map<String, OpCase> smallest = new TreeMap<>();
    for (OpCase each : OpCases.all()) {
      for (Node node : each.graph().forward().body().nodes()) {
        smallest.merge(
            node.op().mnemonic(),
            each,
            (a, b) -> Comparator.comparingLong(GoldenJarTest::bytes).compare(a, b) <= 0 ? a : b);
      }
    }
    return new LinkedHashSet<>(smallest.values());
  }

  private static long bytes(OpCase each) {
    return each.inputs().stream().mapToLong(input -> input.segment().byteSize()).sum()
        + each.graph().parameters().values().stream()
            .mapToLong(data -> data.segment().byteSize())
            .sum();
  }

  /** Puts cases side by side into one graph without inputs. */
  private static final class Merger {
    private final Graph graph = new Graph("ops");
    private final BlockBuilder builder = graph.newBlock();
    private final List<String> inputs = new ArrayList<>();
    private final List<Value> outputs = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    void add(OpCase each) {
      Function function = each.graph().forward();
      Map<Value, Value> mapping = new HashMap<>();
      boolean symbolic =
          function.body().first() != null
              && function.body().first().op() instanceof CreationOp.Dims;
      for (int i = 0; i < each.inputs().size(); i++) {
        Value input = function.inputs().get(i);
        Tensor tensor = each.inputs().get(i);
        mapping.put(input, symbolic ? argument(each, input, tensor) : constant(tensor));
      }
      each.graph()
          .parameters()
          .forEach((name, data) -> graph.parameter(each.name() + "/" + name, data));
      copy(each.name(), function.body(), mapping);
      List<Tensor> results = CaseRunner.run(new ReferenceBackend(), each.graph(), each.inputs(), 1);
      for (int i = 0; i < results.size(); i++) {
        String name = each.name() + ":" + function.outputNames().get(i);
        outputs.add(mapping.get(function.outputs().get(i)));
        names.add(name);
        outputs.add(constant(results.get(i)));
        names.add(name + EXPECTED);
      }
    }

    private Value argument(OpCase each, Value input, Tensor tensor) {
      String name = each.name() + "/" + inputs.size();
      inputs.add(name);
      graph.parameter(name, data(tensor));
      return builder.argument(name, input.type());
    }

    private Value constant(Tensor tensor) {
      return builder.constant(data(tensor));
    }

    private static ConstantData data(Tensor tensor) {
      return new ConstantData(
          TensorType.of(tensor.elementType(), tensor.shape()), tensor.segment());
    }

    private void copy(String name, Block block, Map<Value, Value> mapping) {
      for (Node node : block.nodes()) {
        List<Value> results =
            builder
                .from(node.provenance())
                .addAll(
                    renamed(name, node.op()), node.operands().stream().map(mapping::get).toList());
        for (int i = 0; i < results.size(); i++) {
          mapping.put(node.results().get(i), results.get(i));
        }
      }
    }

    /** Cases name their parameters alike. */
    private static Op renamed(String name, Op op) {
      return op instanceof CreationOp.Parameter parameter
          ? new CreationOp.Parameter(name + "/" + parameter.name(), parameter.type())
          : op;
    }

    Graph finish() {
      return graph.add(new Function(Graph.FORWARD, builder.finish(outputs), inputs, names));
    }
  }
}
