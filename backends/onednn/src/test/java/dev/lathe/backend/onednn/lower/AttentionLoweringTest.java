package dev.lathe.backend.onednn.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.testing.OpCase;
import dev.lathe.testing.OpCases;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which kernels attention becomes. */
class AttentionLoweringTest {
  static Stream<OpCase> windows() {
    return OpCases.all().stream().filter(each -> each.name().contains("/windows_"));
  }

  @ParameterizedTest
  @MethodSource("windows")
  void masksThatAreRepeatedAnywhereDoNotTakeReferenceKernels(OpCase each) {
    try (LoweringFixture fixture = new LoweringFixture();
        LoweredFunction lowered = Lowering.lower(fixture.target(), LoweringFixture.fixed(each))) {
      assertThat(lowered.program().instructions())
          .allSatisfy(i -> assertThat(i.info().reference()).isFalse());
    }
  }
}
