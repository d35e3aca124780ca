package dev.lathe.ir.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.ir.Graph;
import dev.lathe.ir.SampleGraphs;
import dev.lathe.ir.Specializer;
import dev.lathe.ir.text.IrParser;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GraphStatisticsTest {

  private static GraphStatistics statistics(String inputs, String nodes) {
    return GraphStatistics.of(
        IrParser.parse(
            "graph \"g\" {\n function \"forward\"("
                + inputs
                + ") -> (\"out\") {\n"
                + nodes
                + "\n return %out\n}\n}"));
  }

  @Test
  void countsAProductInSymbols() {
    GraphStatistics statistics =
        statistics(
            "%a \"a\": f32[N, 3], %b \"b\": f32[3, 5]",
            "%out = matmul(%a, %b) {transpose_a = false, transpose_b = false} : f32[N, 5]");
    assertThat(statistics.flops()).hasToString("30*N");
    assertThat(statistics.activationBytes()).isEmpty();
    assertThat(statistics.ops()).isEqualTo(Map.of("matmul", 1));
  }

  @Test
  void countsAConvolutionThatIsFixed() {
    Graph graph = Specializer.specialize(SampleGraphs.classifier(), Map.of("N", 2L));
    GraphStatistics statistics = GraphStatistics.of(graph);
    long outputs = 2 * 4 * 6 * 6;
    long convolution = outputs * 3 * 3 * 3 * 2;
    assertThat(statistics.flops().value()).isEqualTo(convolution + outputs + 4 * outputs);
    assertThat(statistics.parameters()).isEqualTo(4 * 3 * 3 * 3);
    assertThat(statistics.parameterBytes()).isEqualTo(4 * 4 * 3 * 3 * 3);
    // A result and the operand it is computed from.
    assertThat(statistics.activationBytes()).hasValue(2 * 4 * outputs);
  }

  @Test
  void looksIntoBranches() {
    GraphStatistics statistics = GraphStatistics.of(SampleGraphs.controlFlow());
    assertThat(statistics.ops()).containsKeys("if", "mul", "exp", "top_k", "non_zero");
  }
}
