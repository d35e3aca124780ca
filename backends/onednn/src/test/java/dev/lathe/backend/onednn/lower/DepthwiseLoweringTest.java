package dev.lathe.backend.onednn.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.testing.DepthwiseCases;
import dev.lathe.testing.OpCase;
import dev.lathe.testing.OpCases;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which convolutions are lowered to generated code for one window a channel. */
class DepthwiseLoweringTest {
  private static final String ROWS_OF_PADDING = DepthwiseCases.PREFIX + "rows_of_padding";

  private static List<String> kernels(OpCase each) {
    try (LoweringFixture fixture = new LoweringFixture()) {
      return fixture.kernels(each);
    }
  }

  static Stream<OpCase> depthwise() {
    return OpCases.all().stream()
        .filter(each -> each.name().startsWith(DepthwiseCases.PREFIX))
        .filter(each -> !each.name().equals(ROWS_OF_PADDING));
  }

  @ParameterizedTest
  @MethodSource
  void depthwise(OpCase each) {
    assertThat(kernels(each)).anyMatch(name -> name.startsWith("conv") && !isOneDnn(name));
  }

  private static boolean isOneDnn(String name) {
    return name.startsWith("convolution");
  }

  @ParameterizedTest
  @ValueSource(strings = {"relu", "clamp", "hard_swish", "hard_sigmoid", "sigmoid", "silu"})
  void takesInActivations(String name) {
    OpCase each = LoweringFixture.named(DepthwiseCases.PREFIX + name);
    assertThat(kernels(each)).contains("conv+" + name);
  }

  @ParameterizedTest
  @ValueSource(strings = {ROWS_OF_PADDING, "conv/3x3_dilated_weights"})
  void othersAreNot(String name) {
    assertThat(kernels(LoweringFixture.named(name))).noneMatch(each -> each.equals("conv"));
  }
}
