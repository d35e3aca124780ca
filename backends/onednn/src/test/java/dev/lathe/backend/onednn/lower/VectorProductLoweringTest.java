package dev.lathe.backend.onednn.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.testing.OpCase;
import dev.lathe.testing.OpCases;
import dev.lathe.testing.VectorProductCases;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which products are generated code, and what they take in. */
class VectorProductLoweringTest {
  private static List<String> implementations(OpCase each) {
    try (LoweringFixture fixture = new LoweringFixture();
        LoweredFunction lowered = Lowering.lower(fixture.target(), LoweringFixture.fixed(each))) {
      return lowered.program().instructions().stream()
          .map(i -> i.info().name() + " " + i.info().implementation())
          .toList();
    }
  }

  static Stream<OpCase> vectorProducts() {
    boolean narrow = OneDnn.multiplies(DataType.BF16);
    return OpCases.all().stream()
        .filter(each -> each.name().startsWith(VectorProductCases.PREFIX))
        .filter(each -> narrow || !each.name().startsWith(VectorProductCases.NARROW));
  }

  @ParameterizedTest
  @MethodSource
  void vectorProducts(OpCase each) {
    assertThat(implementations(each))
        .anySatisfy(i -> assertThat(i).startsWith("matmul").endsWith("jit:lathe"));
  }

  @ParameterizedTest
  @CsvSource({"relu, matmul+relu", "residual, matmul+add+clamp"})
  void takesIn(String name, String kernel) {
    assertThat(implementations(LoweringFixture.named(VectorProductCases.PREFIX + name)))
        .containsExactly(kernel + " jit:lathe");
  }

  @Test
  void layersAreACallEach() {
    assertThat(implementations(LoweringFixture.named(VectorProductCases.PREFIX + "layers")))
        .containsExactly("matmul+relu jit:lathe", "matmul jit:lathe");
  }
}
