package dev.lathe.backend.onednn.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.testing.DirectCases;
import dev.lathe.testing.OpCase;
import dev.lathe.testing.OpCases;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which convolutions are lowered to generated code as their definition says. */
class DirectLoweringTest {
  private static final String TWO_RESIDUALS = DirectCases.PREFIX + "two_residuals";

  private static List<String> kernels(String name) {
    try (LoweringFixture fixture = new LoweringFixture()) {
      return fixture.kernels(LoweringFixture.named(name));
    }
  }

  static Stream<String> direct() {
    return OpCases.all().stream()
        .map(OpCase::name)
        .filter(name -> name.startsWith(DirectCases.PREFIX) && !name.equals(TWO_RESIDUALS));
  }

  @ParameterizedTest
  @MethodSource
  void direct(String name) {
    assertThat(kernels(name)).anyMatch(kernel -> kernel.matches("conv(\\+.*)?"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"relu", "hard_swish", "silu"})
  void takesInActivations(String name) {
    assertThat(kernels(DirectCases.PREFIX + name)).contains("conv+" + name);
  }

  @Test
  void takesInResiduals() {
    assertThat(kernels(DirectCases.PREFIX + "residual")).contains("conv+add+relu");
    assertThat(kernels(DirectCases.PREFIX + "residual_only")).contains("conv+add");
  }

  /** Of the two reorders that there were, the one for the result is left. */
  @Test
  void imagesAreReadAsTheyLie() {
    assertThat(kernels(DirectCases.PREFIX + "relu")).containsExactly("conv+relu", "reorder");
    assertThat(kernels(DirectCases.PREFIX + "channels_last")).containsExactly("conv", "reorder");
  }

  @ParameterizedTest
  @ValueSource(strings = {TWO_RESIDUALS, "conv/3x3_dilated_weights"})
  void othersAreNot(String name) {
    assertThat(kernels(name)).noneMatch(kernel -> kernel.matches("conv(\\+.*)?"));
  }
}
