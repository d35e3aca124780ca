package dev.lathe.backend.onednn.lower;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.lathe.backend.onednn.OneDnnBackend;
import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.reference.ReferenceBackend;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Value;
import dev.lathe.ir.Verifier;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Cast;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.spi.Backend;
import dev.lathe.testing.CaseBuilder;
import dev.lathe.testing.CaseRunner;
import dev.lathe.testing.OpCase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Graphs of a reduced precision that the processor has no instructions for are computed in f32. */
class WideGraphTest {
  private static OpCase net(ElementType narrow) {
    CaseBuilder b = new CaseBuilder("wide/net");
    Value x = b.add(new Cast(narrow), b.input(ElementType.F32, 5, 24));
    Value sum = b.add(new Binary(BinaryFunction.ADD), x, b.input(narrow, 5, 24));
    MatMul product = new MatMul(false, false);
    Value first = b.add(product, sum, b.constant(b.uniformBetween(narrow, -0.3, 0.3, 24, 40)));
    Value relu = b.add(new Unary(UnaryFunction.RELU), first);
    Value wide = b.add(new Cast(ElementType.F32), relu);
    Value last = b.add(product, wide, b.parameter(ElementType.F32, 40, 8));
    OpCase net = b.outputs(List.of(last, first));
    net.graph().metadata(Backend.PRECISION, narrow.text());
    return net;
  }

  private static void assumeAbsent(ElementType narrow) {
    DataType type = narrow == ElementType.BF16 ? DataType.BF16 : DataType.F16;
    assumeFalse(OneDnn.multiplies(type), "this processor multiplies " + narrow);
  }

  @ParameterizedTest
  @EnumSource(names = {"BF16", "F16"})
  void onlyInputsAndOutputsStayNarrow(ElementType narrow) {
    assumeAbsent(narrow);
    Graph wide = WideGraph.of(net(narrow).graph());
    Verifier.verify(wide);
    assertThat(wide.forward().outputs())
        .extracting(value -> value.type().elementType())
        .containsExactly(ElementType.F32, narrow);
    assertThat(wide.metadata()).containsEntry(Backend.PRECISION, narrow.text());
    List<ElementType> made = new ArrayList<>();
    wide.forward().body().nodes().forEach(n -> made.add(n.result().type().elementType()));
    // The output alone is converted.
    assertThat(made).containsOnlyOnce(narrow);
  }

  @ParameterizedTest
  @EnumSource(names = {"BF16", "F16"})
  void itComputesWhatTheReferenceDoes(ElementType narrow) {
    assumeAbsent(narrow);
    OpCase net = net(narrow);
    List<Tensor> expected = CaseRunner.run(new ReferenceBackend(), net.graph(), net.inputs(), 1);
    List<Tensor> actual = CaseRunner.run(new OneDnnBackend(), net.graph(), net.inputs(), 1);
    for (int i = 0; i < expected.size(); i++) {
      CaseRunner.assertClose("output " + i, actual.get(i), expected.get(i), 0x1p-6);
    }
  }

  @Test
  void othersStayWhatTheyAre() {
    Graph graph = net(ElementType.F16).graph();
    graph.metadata(Backend.PRECISION, "f32");
    assertThat(WideGraph.of(graph)).isSameAs(graph);
  }
}
