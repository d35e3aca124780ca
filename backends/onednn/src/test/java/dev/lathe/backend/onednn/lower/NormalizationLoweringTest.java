package dev.lathe.backend.onednn.lower;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which normalisations are lowered to generated code, and what is computed with them. */
class NormalizationLoweringTest {
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

  @Test
  void groupsOfChannelsAreReadAsTheyLie() {
    assertThat(kernels("group_normalization/4_of_40_silu"))
        .contains("moments", "factors", "group_normalization+silu");
    assertThat(kernels("group_normalization/20_of_20_residual"))
        .contains("instance_normalization+add");
  }
}
