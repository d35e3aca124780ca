package dev.lathe.backend.onednn.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.program.Buffer;
import dev.lathe.backend.onednn.program.Instruction;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Factors of channels go into the weights behind them where that is less work. */
class ChannelScaleTest {
  private static List<String> kernels(String name) {
    try (LoweringFixture fixture = new LoweringFixture()) {
      return fixture.kernels(LoweringFixture.named("pattern/" + name));
    }
  }

  @Test
  void goesIntoTheWeights() {
    assertThat(kernels("scaled_projection")).contains("mul weights").doesNotContain("mul");
    assertThat(kernels("scaled_projection_of_few")).contains("mul weights").doesNotContain("mul");
  }

  @Test
  void notWhereSamplesHaveFactorsOfTheirOwn() {
    assertThat(kernels("scaled_projection_of_two")).contains("mul").doesNotContain("mul weights");
  }

  @Test
  void notWhereTheProductIsReadByOthers() {
    assertThat(kernels("scaled_projection_read_twice")).doesNotContain("mul weights");
  }

  @Test
  void weightsThatAreNotInBlocksAreReordered() {
    try (LoweringFixture fixture = new LoweringFixture();
        Arena arena = Arena.ofShared()) {
      Emitter emitter = new Emitter(fixture.target());
      try {
        View weights =
            new View(
                Buffer.constant(4 * 6 * 8).set(arena.allocate(4 * 6 * 8)),
                ElementType.F32,
                Layout.dense(6, 8, 1, 1));
        View factors = new View(Buffer.scratch(4 * 8), ElementType.F32, Layout.dense(1, 8, 1, 1));
        ChannelScale scale =
            new ChannelScale(
                LoweringFixture.named("pattern/scaled_projection")
                    .graph()
                    .forward()
                    .body()
                    .nodes()
                    .iterator()
                    .next(),
                factors,
                factors);
        MemoryDescriptor wanted =
            MemoryDescriptor.permuted(DataType.F32, new long[] {6, 8, 1, 1}, 2, 3, 1, 0);
        Buffer scaled = scale.scaled(weights, wanted, emitter);
        assertThat(scaled.bytes()).isEqualTo(4 * 6 * 8);
        assertThat(emitter.body())
            .extracting(Instruction::info)
            .extracting(info -> info.name())
            .containsExactly("mul weights", "reorder");
      } finally {
        emitter.primitives().closeDescriptors();
      }
    }
  }
}
