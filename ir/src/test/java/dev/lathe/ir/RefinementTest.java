package dev.lathe.ir;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.ir.op.ControlFlowOp;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.IndexingOp;
import dev.lathe.ir.op.ShapeOp;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefinementTest {

  @Test
  void knownSizesReachUsersAndNestedBlocks() {
    BlockBuilder b = new Graph("refine").newBlock();
    Value flag = b.argument("flag", TensorType.of(ElementType.BOOL));
    Value x = b.argument("x", TensorType.of(ElementType.F32, 4, 6));
    Value unknown = b.add(new IndexingOp.NonZero(), x);
    BlockBuilder nested = b.nested();
    Value inner = nested.argument("inner", unknown.type());
    Block block = nested.finish(List.of(nested.add(new ShapeOp.Transpose(List.of(1, 0)), inner)));
    Value choice = b.add(new ControlFlowOp.If(block, block), flag, unknown);
    Value known = b.argument("known", TensorType.of(ElementType.I64, 2, 9));
    assertThat(choice.type().dim(0).isUnbacked()).isTrue();

    GraphEditor.replaceUses(unknown, known);
    Node producer = java.util.Objects.requireNonNull(choice.producer());
    assertThat(GraphEditor.refine(producer)).isTrue();
    assertThat(choice.type()).hasToString("i64[9, 2]");
    assertThat(block.results().get(0).type()).hasToString("i64[9, 2]");
    assertThat(GraphEditor.refine(producer)).as("nothing new").isFalse();
  }

  @Test
  void aValueLearnsFromTheOneItReplaces() {
    BlockBuilder b = new Graph("refine").newBlock();
    Value x = b.argument("x", new TensorType(ElementType.F32, Shape.parse("N, ?0")));
    Value y = b.argument("y", new TensorType(ElementType.F32, Shape.parse("M, 5")));
    assertThat(GraphEditor.refine(x, y)).isTrue();
    assertThat(x.type()).hasToString("f32[N, 5]");
  }

  @Test
  void whatCanNeverRunStaysAsItIs() {
    BlockBuilder b = new Graph("refine").newBlock();
    Value x = b.argument("x", new TensorType(ElementType.F32, Shape.parse("N, 5")));
    Value squeezed = b.add(new ShapeOp.Squeeze(List.of(0)), x);
    b.add(new Unary(UnaryFunction.EXP), squeezed);
    Value two = b.argument("two", TensorType.of(ElementType.F32, 2, 5));
    GraphEditor.replaceUses(x, two);
    assertThat(GraphEditor.refine(java.util.Objects.requireNonNull(squeezed.producer()))).isFalse();
    assertThat(squeezed.type()).hasToString("f32[5]");
  }
}
