package dev.lathe.ir.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.Graph;
import dev.lathe.ir.SampleGraphs;
import dev.lathe.ir.Verifier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TextFormTest {

  static Stream<Graph> graphs() {
    return Stream.of(SampleGraphs.classifier(), SampleGraphs.controlFlow());
  }

  @ParameterizedTest
  @MethodSource("graphs")
  void whatIsPrintedReadsBack(Graph graph) {
    String text = IrPrinter.print(graph);
    Graph again = IrParser.parse(text);
    Verifier.verify(again);
    assertThat(IrPrinter.print(again)).isEqualTo(text);
    assertThat(again.parameters()).isEqualTo(graph.parameters());
  }

  @Test
  void aGraphReadsAsPeopleWriteIt() {
    Graph graph =
        IrParser.parse(
            """
            graph "half" {
              function "forward"(%x "x": f32[N, 4]) -> ("y") {
                %c = constant() dense [0.5] : f32[]  // a scalar
                %y = mul(%x, %c) : f32[N, 4]
                return %y
              }
            }
            """);
    Verifier.verify(graph);
    assertThat(graph.forward().outputs().get(0).name()).isEqualTo("y");
  }

  @Test
  void errorsSayWhere() {
    assertThatThrownBy(() -> IrParser.parse("graph \"x\" {\n  functio \"forward\"\n}"))
        .isInstanceOf(IrParseException.class)
        .hasMessageStartingWith("line 2:3: ");
    assertThatThrownBy(() -> parse("%y = mul(%x, %z) : f32[N, 4]\n return %y"))
        .hasMessage("line 3:14: %z is not defined before it is used");
    assertThatThrownBy(() -> parse("%y = twice(%x) : f32[N, 4]\n return %y"))
        .hasMessage("line 3:1: there is no op 'twice'");
    assertThatThrownBy(() -> parse("%y = softmax(%x) {axis = 0, axes = 1} : f32[N, 4]\n return %y"))
        .hasMessage("line 3:1: softmax has no attribute 'axes'");
    assertThatThrownBy(() -> parse("%y = softmax(%x) {axis = 7} : f32[N, 4]\n return %y"))
        .hasMessageContaining("axis 7 is out of range");
    assertThatThrownBy(() -> parse("%y = softmax(%x) {axis = 0} : f32[N, 5]\n return %y"))
        .hasMessageContaining("is declared as f32[N, 5]");
    assertThatThrownBy(() -> parse("%y = constant() elided : f32[400]\n return %y"))
        .hasMessageContaining("the data was left out when this was written");
    assertThatThrownBy(() -> parse("%y = constant() dense [1.0] : f32[2]\n return %y"))
        .hasMessageContaining("f32[2] has 2 elements, but 1 are given");
    assertThatThrownBy(() -> parse("%y = constant() splat 1 : f32[9999999999999]\n return %y"))
        .hasMessageContaining("more than a splat may");
  }

  private static Graph parse(String nodes) {
    return IrParser.parse(
        "graph \"g\" {\n function \"forward\"(%x \"x\": f32[N, 4]) -> (\"y\") {\n"
            + nodes
            + "\n}\n}");
  }
}
