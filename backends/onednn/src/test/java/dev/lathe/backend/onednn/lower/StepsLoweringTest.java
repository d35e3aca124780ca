package dev.lathe.backend.onednn.lower;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which recurrent layers are taken step by step in generated code. */
class StepsLoweringTest {
  private static List<String> kernels(String name) {
    try (LoweringFixture fixture = new LoweringFixture()) {
      return fixture.kernels(LoweringFixture.named(name));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lstm/FORWARD_64_of_1x5",
        "lstm/REVERSE_33_of_1x5",
        "lstm/BIDIRECTIONAL_131_of_1x5",
        "lstm/BIDIRECTIONAL_20_of_3x4",
        "gru/FORWARD_64_of_1x5",
        "gru/REVERSE_33_of_1x5_reset_after",
        "gru/BIDIRECTIONAL_131_of_1x5",
        "gru/BIDIRECTIONAL_20_of_11x4_reset_after"
      })
  void layersWithoutOptions(String name) {
    String layer = name.substring(0, name.indexOf('/'));
    assertThat(kernels(name)).containsExactly(layer + " input", layer);
  }

  @Test
  void layersWithOptionsAreNot() {
    assertThat(kernels("lstm/FORWARD_peepholes_clip")).doesNotContain("lstm input");
    assertThat(kernels("gru/FORWARD_clip")).doesNotContain("gru input");
    assertThat(kernels("gru/FORWARD_lengths")).doesNotContain("gru input");
  }
}
