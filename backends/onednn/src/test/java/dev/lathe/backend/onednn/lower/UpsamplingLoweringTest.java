package dev.lathe.backend.onednn.lower;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which transposed convolutions are products. */
class UpsamplingLoweringTest {
  private static List<String> kernels(String name) {
    try (LoweringFixture fixture = new LoweringFixture()) {
      return fixture.kernels(LoweringFixture.named(name));
    }
  }

  @Test
  void windowsSideBySideAreAProductForEachRowOfPixels() {
    assertThat(kernels("pattern/decoder"))
        .containsSubsequence(
            "upsampling+relu", "upsampling+relu", "upsampling+sigmoid", "upsampling+sigmoid");
    assertThat(kernels("conv_transpose/2x3_side_by_side_f32_extra0")).contains("upsampling");
  }

  @Test
  void othersAreNot() {
    assertThat(kernels("conv_transpose/padded_as_much_as_added_f32_extra1"))
        .contains("deconvolution");
    assertThat(kernels("conv_transpose/3x3_stride2_f32_extra0")).contains("deconvolution");
  }
}
