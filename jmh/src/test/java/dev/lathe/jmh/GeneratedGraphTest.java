package dev.lathe.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Verifier;
import dev.lathe.passes.PassOptions;
import dev.lathe.passes.PassReport;
import dev.lathe.passes.Passes;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.ModelOptions;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Tensor;
import dev.lathe.testing.CaseRunner;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GeneratedGraphTest {
  @ParameterizedTest
  @CsvSource({
    "RESIDUAL, 100",
    "RESIDUAL, 1000",
    "ATTENTION, 100",
    "ATTENTION, 1000",
    "WIDE, 100",
    "WIDE, 1000"
  })
  void hasTheNodesThatAreAskedFor(GeneratedGraph kind, int nodes) {
    try (Arena arena = Arena.ofShared()) {
      Graph graph = kind.make(nodes, arena);
      Verifier.verify(graph);
      assertThat(graph.forward().body().size()).isBetween(nodes, nodes + 90);
    }
  }

  @ParameterizedTest
  @EnumSource
  void computesTheSameCompiledAndInterpreted(GeneratedGraph kind) {
    try (Arena arena = Arena.ofShared()) {
      Graph plain = kind.make(200, arena);
      Graph optimized = kind.make(200, arena);
      PassReport report = Passes.optimize(optimized, PassOptions.defaults());
      assertThat(PassTimes.of(report))
          .containsOnlyKeys(
              "simplify",
              "common-subexpressions",
              "fuse",
              "fold-weights",
              "simplify-again",
              "dead-code");
      Tensor input =
          Tensor.allocate(
              arena, ElementType.F32, plain.forward().inputs().getFirst().type().shape().sizes());
      Random random = new Random(5);
      for (long i = 0; i < input.elementCount(); i++) {
        input.setDouble(i, random.nextGaussian());
      }
      Tensor expected = run(plain, "reference", input);
      CaseRunner.assertClose(kind.name(), run(optimized, "onednn", input), expected, 1e-4);
    }
  }

  private static Tensor run(Graph graph, String backend, Tensor input) {
    ModelOptions options = ModelOptions.defaults().backend(backend);
    try (Model model = Model.of(graph, options, () -> {});
        Session session = model.newSession()) {
      return session.run(input)[0];
    }
  }
}
