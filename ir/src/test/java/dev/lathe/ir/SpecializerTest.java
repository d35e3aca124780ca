package dev.lathe.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.op.ControlFlowOp;
import dev.lathe.ir.op.ReductionOp;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.ir.text.IrPrinter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpecializerTest {

  @Test
  void shapeArithmeticVanishes() {
    Graph fixed = Specializer.specialize(SampleGraphs.classifier(), Map.of("N", 2L));
    Verifier.verify(fixed);
    assertThat(fixed.forward().outputs().get(0).type()).hasToString("f32[2, 144]");
    assertThat(IrPrinter.print(fixed))
        .doesNotContain(" shape(")
        .doesNotContain("gather(")
        .doesNotContain("concat(");
  }

  @Test
  void aKnownConditionChoosesItsBranch() {
    Graph graph = SampleGraphs.controlFlow();
    Graph fixed =
        Specializer.specialize(
            graph, Map.of("T", 3L), Map.of("flag", ConstantData.ofScalar(ElementType.BOOL, 1)));
    Verifier.verify(fixed);
    assertThat(IrPrinter.print(fixed)).contains("exp(").doesNotContain("if(").contains("f32[3, 2]");
    assertThat(fixed.forward().inputNames()).containsExactly("flag", "x");
  }

  @Test
  void aBranchThatIsIllegalForTheSizesStaysUntilTheConditionIsKnown() {
    Graph graph = new Graph("branches");
    BlockBuilder b = graph.newBlock();
    Value flag = b.argument("flag", TensorType.of(ElementType.BOOL));
    Value x =
        b.argument("x", new TensorType(ElementType.F32, Shape.of(Dim.symbol("N"), Dim.of(2))));
    BlockBuilder squeeze = b.nested();
    Value a = squeeze.argument("x", x.type());
    Block squeezed = squeeze.finish(List.of(squeeze.add(new ShapeOp.Squeeze(List.of(0)), a)));
    BlockBuilder reduce = b.nested();
    Value c = reduce.argument("x", x.type());
    Block reduced =
        reduce.finish(
            List.of(
                reduce.add(
                    new ReductionOp.Reduce(ReductionOp.ReduceFunction.SUM, List.of(0), false), c)));
    Value y = b.add(new ControlFlowOp.If(squeezed, reduced), flag, x);
    graph.add(
        new Function(Graph.FORWARD, b.finish(List.of(y)), List.of("flag", "x"), List.of("y")));

    Graph fixed = Specializer.specialize(graph, Map.of("N", 3L));
    assertThat(IrPrinter.print(fixed)).contains("if(");
    Graph decided =
        Specializer.specialize(
            graph, Map.of("N", 3L), Map.of("flag", ConstantData.ofScalar(ElementType.BOOL, 0)));
    assertThat(IrPrinter.print(decided)).contains("reduce_sum").doesNotContain("if(");
  }

  @Test
  void bindingChecksInputs() {
    Function function = SampleGraphs.controlFlow().forward();
    TensorType flag = TensorType.of(ElementType.BOOL);
    assertThat(Specializer.bind(function, List.of(flag, TensorType.of(ElementType.F32, 4, 5))))
        .containsExactly(Map.entry("T", 4L));
    assertThatThrownBy(
            () -> Specializer.bind(function, List.of(flag, TensorType.of(ElementType.F32, 4, 6))))
        .hasMessage("input 'x' is f32[T, 5] but is given f32[4, 6]: axis 1 must be 5");
    assertThatThrownBy(
            () -> Specializer.bind(function, List.of(flag, TensorType.of(ElementType.F64, 4, 5))))
        .hasMessageContaining("the element type must be f32");
    assertThatThrownBy(() -> Specializer.bind(function, List.of(flag)))
        .hasMessage("forward takes 2 inputs [flag, x], not 1");
  }
}
