package dev.lathe.backend.onednn.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.backend.onednn.program.Instruction;
import dev.lathe.backend.onednn.program.KernelInfo;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.LinalgOp.Attention;
import dev.lathe.testing.AttentionCases;
import dev.lathe.testing.CaseBuilder;
import dev.lathe.testing.OpCase;
import dev.lathe.testing.OpCases;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which kernels attention becomes. */
class AttentionLoweringTest {
  static Stream<OpCase> windows() {
    return OpCases.all().stream().filter(each -> each.name().contains("/windows_"));
  }

  static Stream<OpCase> code() {
    return OpCases.all().stream().filter(each -> each.name().startsWith(AttentionCases.PREFIX));
  }

  private static List<KernelInfo> kernels(OpCase each) {
    try (LoweringFixture fixture = new LoweringFixture();
        LoweredFunction lowered = Lowering.lower(fixture.target(), LoweringFixture.fixed(each))) {
      return lowered.program().instructions().stream().map(Instruction::info).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("code")
  void isOneKernel(OpCase each) {
    assertThat(kernels(each))
        .filteredOn(info -> info.name().startsWith("attention"))
        .singleElement()
        .satisfies(info -> assertThat(info.implementation()).isEqualTo("jit:lathe"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"projection", "projection_of_windows"})
  void partsOfOneProjectionAreReadAsTheyLie(String name) {
    assertThat(kernels(LoweringFixture.named(AttentionCases.PREFIX + name)))
        .first()
        .satisfies(info -> assertThat(info.name()).isEqualTo("attention"));
  }

  @Test
  void ofMatricesByColumnsOnlyTheValuesAreCopied() {
    assertThat(kernels(LoweringFixture.named(AttentionCases.PREFIX + "keys_in_order"))).hasSize(2);
  }

  /** Beside one query, to read keys and values from memory is all the work. */
  @Test
  void fewQueriesOfManyKeysArePrimitives() {
    CaseBuilder b = new CaseBuilder("few_queries");
    OpCase each =
        b.of(
            new Attention(1),
            b.input(ElementType.F32, 8, 1, 64),
            b.input(ElementType.F32, 8, 1100, 64),
            b.input(ElementType.F32, 8, 1100, 64));
    assertThat(kernels(each))
        .extracting(KernelInfo::name)
        .contains("attention scores", "attention softmax", "attention");
  }

  @ParameterizedTest
  @MethodSource("windows")
  void masksThatAreRepeatedAnywhereDoNotTakeReferenceKernels(OpCase each) {
    assertThat(kernels(each)).noneMatch(KernelInfo::reference);
  }
}
