package dev.lathe.backend.onednn.lower;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.testing.OpCase;
import dev.lathe.testing.OpCases;
import dev.lathe.testing.ProductCases;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which products and convolutions are lowered to products in generated code, and what they take in.
 */
class ProductLoweringTest {
  private static List<String> kernels(String name) {
    try (LoweringFixture fixture = new LoweringFixture()) {
      return fixture.kernels(LoweringFixture.named(ProductCases.PREFIX + name));
    }
  }

  static Stream<OpCase> products() {
    return OpCases.all().stream()
        .filter(each -> each.name().startsWith(ProductCases.PREFIX))
        .filter(each -> !each.name().endsWith("more") && !each.name().endsWith("half_a_pair"))
        .filter(each -> OneDnn.multiplies(DataType.BF16) || !each.name().contains("bf16_"));
  }

  @ParameterizedTest
  @MethodSource
  void products(OpCase each) {
    try (LoweringFixture fixture = new LoweringFixture()) {
      assertThat(fixture.kernels(each)).noneMatch(name -> name.startsWith("convolution"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"matmul", "matmul_transposed", "matmul_of_many_rows", "matmul_residual"})
  void matMulsToo(String name) {
    OpCase each = LoweringFixture.named(ProductCases.PREFIX + name);
    try (LoweringFixture fixture = new LoweringFixture();
        LoweredFunction lowered = Lowering.lower(fixture.target(), LoweringFixture.fixed(each))) {
      assertThat(lowered.program().instructions())
          .allMatch(i -> i.info().implementation().equals("jit:lathe"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"relu", "clamp", "hard_swish", "sigmoid", "silu", "gelu"})
  void takeInActivations(String name) {
    assertThat(kernels(name)).contains("conv+" + name);
  }

  @Test
  void takeInFactorsBehindActivations() {
    assertThat(kernels("scaled_behind")).contains("conv+hard_swish+mul+add+mul");
  }

  @ParameterizedTest
  @ValueSource(strings = {"residual_in_place", "residual_that_is_read_again"})
  void takeInResiduals(String name) {
    assertThat(kernels(name)).contains("conv+add");
  }

  @ParameterizedTest
  @ValueSource(strings = {"windows", "windows_apart", "windows_of_one", "windows_of_one_channel"})
  void areWindowsOfSequences(String name) {
    assertThat(kernels("sequence_" + name)).contains("conv+gelu");
  }

  @Test
  void othersAreLeftToOneDnn() {
    assertThat(kernels("more")).contains("convolution+mish");
  }

  @Test
  void storeNarrowNumbers() {
    assumeTrue(OneDnn.multiplies(DataType.BF16), "the code is for AVX-512 BF16");
    assertThat(kernels("stored_as_bf16")).contains("conv+add+relu+cast");
  }
}
