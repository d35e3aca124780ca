package dev.lathe.frontend.onnx;

import static dev.lathe.frontend.onnx.OnnxBuilder.dims;
import static dev.lathe.frontend.onnx.OnnxBuilder.graph;
import static dev.lathe.frontend.onnx.OnnxBuilder.ints;
import static dev.lathe.frontend.onnx.OnnxBuilder.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.frontend.onnx.proto.DataType;
import dev.lathe.ir.op.ControlFlowOp.If;
import dev.lathe.ir.op.ControlFlowOp.Loop;
import org.junit.jupiter.api.Test;

/** Branches and loops, with values captured and conditions known beforehand. */
class ControlFlowTest {

  private static OnnxBuilder unary(String op) {
    return new OnnxBuilder().node(op, "x -> r").outputs("r");
  }

  private static OnnxBuilder ifOn(OnnxBuilder around, OnnxBuilder yes, OnnxBuilder no) {
    return around
        .node("If", "c -> y", graph("then_branch", yes), graph("else_branch", no))
        .outputs("y");
  }

  @Test
  void capturesBecomeArguments() {
    OnnxBuilder around =
        new OnnxBuilder()
            .input("c", DataType.BOOL)
            .input("x", DataType.FLOAT, 4)
            .input("z", DataType.FLOAT, 4)
            .floats("w", dims(3, 4), 1);
    OnnxBuilder no =
        new OnnxBuilder()
            .node("Sub", "z, x -> d")
            .node("MatMul", "w, d -> r2")
            .node("ReduceSum", "r2 -> s")
            .node("Mul", "s, x -> r")
            .outputs("r");
    byte[] file = ifOn(around, unary("Neg"), no).model(17);

    If branch = ImportFixture.find(file, If.class);

    assertThat(branch.thenBlock().arguments()).hasSize(2);
    assertThat(ImportFixture.ops(branch.thenBlock())).containsExactly("neg");
    assertThat(ImportFixture.ops(branch.elseBlock()))
        .containsExactly("sub", "unsqueeze", "matmul", "squeeze", "reduce_sum", "mul");
  }

  @Test
  void aKnownConditionTakesItsBranch() {
    OnnxBuilder around =
        new OnnxBuilder()
            .input("x", DataType.FLOAT, 4)
            .initializer(OnnxBuilder.byteTensor("c", DataType.BOOL, dims(), 0));
    byte[] file = ifOn(around, unary("Neg"), unary("Abs")).model(17);

    assertThat(ImportFixture.ops(file)).containsExactly("abs");
  }

  @Test
  void aConditionOnTheRankIsKnown() {
    OnnxBuilder around =
        new OnnxBuilder()
            .input("x", DataType.FLOAT, "N", "M")
            .longs("two", dims(), 2)
            .node("Shape", "x -> shape")
            .node("Size", "shape -> rank")
            .node("Equal", "rank, two -> c");
    byte[] file = ifOn(around, unary("Neg"), unary("Abs")).model(17);

    assertThat(ImportFixture.ops(file)).containsExactly("neg");
  }

  @Test
  void theSqueezeOfTorchIsUnderstood() {
    OnnxBuilder yes = new OnnxBuilder().node("Squeeze", "x -> r", ints("axes", 1)).outputs("r");
    OnnxBuilder no = new OnnxBuilder().node("Identity", "x -> r").outputs("r");
    OnnxBuilder around =
        new OnnxBuilder()
            .input("x", DataType.FLOAT, "N", "M")
            .longs("one", dims(1), 1)
            .longs("at", dims(1), 1)
            .node("Shape", "x -> shape")
            .node("Gather", "shape, at -> size")
            .node("Equal", "size, one -> c");
    byte[] file = ifOn(around, yes, no).model(11);

    assertThat(ImportFixture.types(file)).containsExactly("f32[N]");
    assertThat(ImportFixture.graph(file).metadata()).containsKey("assumes.y");
  }

  @Test
  void refusesBranchesOfDifferentRank() {
    OnnxBuilder around =
        new OnnxBuilder().input("c", DataType.BOOL).input("x", DataType.FLOAT, 2, 2);
    OnnxBuilder sum =
        new OnnxBuilder()
            .node("ReduceSum", "x -> r", OnnxBuilder.integer("keepdims", 0))
            .outputs("r");
    ImportFixture.refuses(ifOn(around, unary("Neg"), sum).model(17))
        .withMessageContaining("If with branches that give f32[2, 2] and f32[]");
  }

  @Test
  void loopsCarryAndCollect() {
    OnnxBuilder body =
        new OnnxBuilder()
            .input("i", DataType.INT64)
            .input("go", DataType.BOOL)
            .input("sum", DataType.FLOAT, 3)
            .node("Add", "sum, x -> next")
            .node("Identity", "go -> go_on")
            .outputs("go_on", "next", "next");
    byte[] file =
        new OnnxBuilder()
            .input("x", DataType.FLOAT, 3)
            .longs("trips", dims(), 5)
            .floats("zero", dims(3), 0)
            .node("Loop", "trips, , zero -> last, all", graph("body", body))
            .outputs("last", "all")
            .model(17);

    Loop loop = ImportFixture.find(file, Loop.class);

    assertThat(loop.carried()).isEqualTo(1);
    assertThat(loop.body().arguments()).hasSize(4);
    assertThat(ImportFixture.types(file).get(0)).isEqualTo("f32[3]");
    assertThat(ImportFixture.types(file).get(1)).matches("f32\\[\\?\\d+, 3]");
  }

  @Test
  void aCarriedSizeThatGrowsIsUnknown() {
    OnnxBuilder body =
        new OnnxBuilder()
            .input("i", DataType.INT64)
            .input("go", DataType.BOOL)
            .input("list", DataType.FLOAT, 1)
            .node("Concat", "list, x -> next", OnnxBuilder.integer("axis", 0))
            .outputs("go", "next");
    byte[] file =
        new OnnxBuilder()
            .input("x", DataType.FLOAT, 3)
            .longs("trips", dims(), 5)
            .node("Constant", "-> start", tensor("value", OnnxBuilder.floatTensor("", dims(1), 0)))
            .node("Loop", "trips, , start -> last", graph("body", body))
            .outputs("last")
            .model(17);

    Loop loop = ImportFixture.find(file, Loop.class);

    assertThat(loop.body().arguments().get(2).type().dim(0).isUnbacked()).isTrue();
  }
}
