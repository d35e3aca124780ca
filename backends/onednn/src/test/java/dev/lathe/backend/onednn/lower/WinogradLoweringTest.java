package dev.lathe.backend.onednn.lower;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lathe.backend.onednn.binding.Engine;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.program.ConstantPool;
import dev.lathe.ir.Graph;
import dev.lathe.testing.OpCase;
import dev.lathe.testing.OpCases;
import dev.lathe.testing.WinogradCases;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which convolutions are lowered to Winograd's algorithm, and what they take in. */
class WinogradLoweringTest {
  private static Engine engine;
  private static Target target;

  @BeforeAll
  static void create() {
    assumeTrue(OneDnn.hasAvx512(), "the code is for AVX-512");
    engine = Engine.cpu();
    target = new Target(engine, 2, new ConstantPool());
  }

  @AfterAll
  static void destroy() {
    if (engine != null) {
      engine.close();
    }
  }

  private static List<String> kernels(Graph graph) {
    try (LoweredFunction lowered = Lowering.lower(target, graph)) {
      return lowered.program().instructions().stream().map(i -> i.info().name()).toList();
    }
  }

  private static OpCase named(String name) {
    return OpCases.all().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  static Stream<OpCase> winograd() {
    return OpCases.all().stream().filter(each -> each.name().startsWith(WinogradCases.PREFIX));
  }

  @ParameterizedTest
  @MethodSource
  void winograd(OpCase each) {
    assertThat(kernels(each.graph())).contains("tiles", "winograd");
  }

  @Test
  void takesInResidualAndRelu() {
    assertThat(kernels(named("winograd/residual").graph()))
        .containsExactly(
            "reorder",
            "tiles",
            "winograd",
            "conv+relu",
            "tiles",
            "winograd",
            "conv+add+relu",
            "reorder");
  }

  @Test
  void largeConvolutionsAreComputedInSteps() {
    assertThat(kernels(named("winograd/several_steps").graph()))
        .containsSubsequence("tiles", "winograd", "conv", "tiles", "winograd", "conv");
  }

  @Test
  void smallOnesAreNot() {
    assertThat(kernels(named("conv/3x3_weights").graph())).doesNotContain("winograd");
  }
}
