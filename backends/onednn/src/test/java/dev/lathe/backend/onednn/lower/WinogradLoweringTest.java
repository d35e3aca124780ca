package dev.lathe.backend.onednn.lower;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.testing.OpCase;
import dev.lathe.testing.OpCases;
import dev.lathe.testing.WinogradCases;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which convolutions are lowered to Winograd's algorithm, and what they take in. */
class WinogradLoweringTest {
  private static List<String> kernels(OpCase each) {
    try (LoweringFixture fixture = new LoweringFixture()) {
      return fixture.kernels(each);
    }
  }

  static Stream<OpCase> winograd() {
    return OpCases.all().stream().filter(each -> each.name().startsWith(WinogradCases.PREFIX));
  }

  @ParameterizedTest
  @MethodSource
  void winograd(OpCase each) {
    assertThat(kernels(each)).contains("tiles", "winograd");
  }

  @Test
  void takesInResidualAndRelu() {
    assertThat(kernels(LoweringFixture.named("winograd/residual")))
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
  void narrowImagesAreReadAndWrittenAsTheyAre() {
    assumeTrue(OneDnn.multiplies(DataType.BF16), "this processor does not multiply bf16");
    assertThat(kernels(LoweringFixture.named(WinogradCases.NARROW + "residual")))
        .containsSequence("tiles", "winograd", "conv+relu", "tiles", "winograd", "conv+add+relu");
    assertThat(kernels(LoweringFixture.named(WinogradCases.NARROW + "wide_residual")))
        .contains("conv+relu", "conv+cast+add+relu");
  }

  @Test
  void largeConvolutionsAreComputedInSteps() {
    assertThat(kernels(LoweringFixture.named("winograd/several_steps")))
        .containsSubsequence("tiles", "winograd", "conv", "tiles", "winograd", "conv");
  }

  @Test
  void smallOnesAreNot() {
    assertThat(kernels(LoweringFixture.named("conv/3x3_weights"))).doesNotContain("winograd");
  }
}
