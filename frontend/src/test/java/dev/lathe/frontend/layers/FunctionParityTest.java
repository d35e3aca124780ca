package dev.lathe.frontend.layers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.backend.onednn.OneDnnBackend;
import dev.lathe.backend.reference.ReferenceBackend;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Value;
import dev.lathe.ir.Verifier;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.spi.Backend;
import dev.lathe.testing.CaseRunner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Functions give what keras.ops and NumPy give, on the reference and on oneDNN. */
class FunctionParityTest {
  /** Of the largest element of an output. */
  private static final double TOLERANCE = 1e-5;

  private static final Path CASES = Path.of("src/test/resources/functions");

  private static List<FunctionCase> cases() throws IOException {
    List<FunctionCase> cases = new ArrayList<>();
    List<Path> files;
    try (Stream<Path> list = Files.walk(CASES)) {
      files = list.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
    for (Path file : files) {
      try (InputStream in = Files.newInputStream(file)) {
        cases.addAll(FunctionCase.allOfJson(in));
      }
    }
    return cases;
  }

  @TestFactory
  Stream<DynamicTest> functions() throws IOException {
    return cases().stream()
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.name(),
                    () -> {
                      check(each, new ReferenceBackend());
                      check(each, new OneDnnBackend());
                    }));
  }

  @Test
  void everyFunctionHasACase() throws IOException {
    TreeSet<String> without = new TreeSet<>(Functions.all().keySet());
    cases().forEach(each -> without.remove(each.function()));
    assertThat(without).isEmpty();
  }

  private static void check(FunctionCase each, Backend backend) {
    Graph graph = new Graph(each.name());
    ModelScope scope = new ModelScope(graph.newBlock());
    List<Value> inputs = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<Tensor> tensors = new ArrayList<>();
    for (FunctionCase.Input input : each.inputs()) {
      if (input.tensor().isPresent()) {
        names.add("input_" + names.size());
        tensors.add(input.tensor().get());
        inputs.add(scope.builder().argument(names.getLast(), input.type()));
      } else {
        inputs.add(number(scope, input.number()));
      }
    }
    LayerKind kind = Functions.find(each.function());
    assertThat(kind).as(each.function()).isNotNull();
    List<Value> outputs =
        scope.apply(kind.bind(each.arguments()), LayerUse.first(each.function()), inputs);
    List<String> outputNames = new ArrayList<>();
    outputs.forEach(output -> outputNames.add("output_" + outputNames.size()));
    graph.add(new Function(Graph.FORWARD, scope.builder().finish(outputs), names, outputNames));
    Verifier.verify(graph);
    List<Tensor> actual = CaseRunner.run(backend, graph, tensors);
    assertThat(actual).hasSameSizeAs(each.outputs());
    for (int i = 0; i < actual.size(); i++) {
      String what = each.name() + " on " + backend.name() + ", output " + i;
      CaseRunner.assertClose(what, actual.get(i), each.outputs().get(i), TOLERANCE);
    }
  }

  private static Value number(ModelScope scope, Object number) {
    Arithmetic arithmetic = new Arithmetic(scope.emit());
    return switch (number) {
      case Long integer -> arithmetic.number(integer);
      case Boolean flag -> arithmetic.truth(flag);
      default -> arithmetic.number((Double) number);
    };
  }
}
