package dev.lathe.backend.onednn.lower;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What stands behind normalised rows and is computed with them. */
class RowNormalizationLoweringTest {
  private static List<String> kernels(String name) {
    try (LoweringFixture fixture = new LoweringFixture()) {
      return fixture.kernels(LoweringFixture.named(name));
    }
  }

  @Test
  void takesInResiduals() {
    assertThat(kernels("layer_normalization/residual_of_337"))
        .containsExactly("layer_normalization+add");
  }

  @Test
  void takesInActivations() {
    assertThat(kernels("rms_normalization/rows_of_50")).containsExactly("rms_normalization+silu");
  }
}
