package dev.lathe.backend.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.Block;
import dev.lathe.ir.BlockBuilder;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ControlFlowOp.If;
import dev.lathe.ir.op.ControlFlowOp.Loop;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.IndexingOp.Gather;
import dev.lathe.ir.op.ShapeOp.Concat;
import dev.lathe.runtime.Tensor;
import dev.lathe.testing.CaseRunner;
import java.util.List;
import org.junit.jupiter.api.Test;

class ControlFlowTest {
  private static final TensorType LONG = TensorType.of(ElementType.I64);
  private static final TensorType BOOL = TensorType.of(ElementType.BOOL);

  private final Graph graph = new Graph("g");
  private final BlockBuilder main = graph.newBlock();

  private List<Tensor> run(List<Value> outputs, Tensor... inputs) {
    List<String> names =
        main.block().arguments().stream().map(value -> String.valueOf(value.name())).toList();
    List<String> outputNames =
        java.util.stream.IntStream.range(0, outputs.size()).mapToObj(i -> "y" + i).toList();
    graph.add(new Function(Graph.FORWARD, main.finish(outputs), names, outputNames));
    return CaseRunner.run(new ReferenceBackend(), graph, List.of(inputs));
  }

  private static Tensor flag(boolean value) {
    return Tensor.of(new boolean[] {value});
  }

  /** A block that collects the trip number and hands on what it carries, plus the trip number. */
  private Block counting(boolean goOn) {
    BlockBuilder body = main.nested();
    Value trip = body.argument("trip", LONG);
    Value again = body.argument("again", BOOL);
    Value sum = body.argument("sum", LONG);
    Value next = body.add(new Binary(BinaryFunction.ADD), sum, trip);
    Value stop = body.scalar(ElementType.BOOL, 0);
    return body.finish(List.of(goOn ? again : stop, next, trip));
  }

  private List<Tensor> count(long trips, boolean condition, boolean goOn) {
    Value m = main.argument("m", LONG);
    Value c = main.argument("c", BOOL);
    Value zero = main.scalar(ElementType.I64, 100);
    List<Value> results = main.addAll(new Loop(counting(goOn), 1), List.of(m, c, zero));
    return run(results, Tensor.of(new long[] {trips}), flag(condition));
  }

  @Test
  void loopsUntilTheTripCount() {
    List<Tensor> results = count(4, true, true);
    assertThat(results.get(0).toLongs()).containsExactly(106);
    assertThat(results.get(1).toLongs()).containsExactly(0, 1, 2, 3);
  }

  @Test
  void loopsUntilTheConditionFails() {
    List<Tensor> results = count(-1, true, false);
    assertThat(results.get(0).toLongs()).containsExactly(100);
    assertThat(results.get(1).toLongs()).containsExactly(0);
  }

  @Test
  void mayNotLoopAtAll() {
    List<Tensor> results = count(4, false, true);
    assertThat(results.get(0).toLongs()).containsExactly(100);
    assertThat(results.get(1)).hasToString("i64[0]");
  }

  @Test
  void takesOneBranchOnly() {
    Value c = main.argument("c", BOOL);
    Value x = main.argument("x", TensorType.of(ElementType.F32, 2));
    BlockBuilder good = main.nested();
    Block then = good.finish(List.of(good.argument("x", x.type())));
    BlockBuilder bad = main.nested().from("/bad");
    Value y = bad.argument("x", x.type());
    Value far = bad.add(new Gather(0), y, bad.longs(7, 7));
    Value result = main.add(new If(then, bad.finish(List.of(far))), c, x);
    Tensor input = Tensor.of(new float[] {1, 2}, 2);
    assertThat(run(List.of(result, result), flag(true), input).get(1).toFloats())
        .containsExactly(1, 2);
    assertThatThrownBy(
            () -> CaseRunner.run(new ReferenceBackend(), graph, List.of(flag(false), input)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "gather (from /bad) of [f32[2], i64[2]]: index 7 is out of range for axis 0 of size 2");
  }

  @Test
  void blocksSeeTheSizesOfSymbols() {
    Dim n = Dim.symbol("N");
    main.argument("x", new TensorType(ElementType.F32, Shape.of(n)));
    Value c = main.argument("c", BOOL);
    BlockBuilder then = main.nested();
    Block twice = then.finish(List.of(then.add(new CreationOp.Dims(List.of(n.times(2))))));
    BlockBuilder other = main.nested();
    Block once = other.finish(List.of(other.add(new CreationOp.Dims(List.of(n)))));
    Value result = main.add(new If(twice, once), c);
    assertThat(run(List.of(result), Tensor.of(new float[3], 3), flag(true)).get(0).toLongs())
        .containsExactly(6);
  }

  @Test
  void collectedTensorsMustAgree() {
    BlockBuilder body = main.nested();
    body.argument("trip", LONG);
    Value again = body.argument("again", BOOL);
    Value list =
        body.argument("list", new TensorType(ElementType.F32, Shape.of(Dim.symbol("?900"))));
    Value longer = body.add(new Concat(0), list, list);
    Loop loop = new Loop(body.finish(List.of(again, longer, longer)), 1);
    Value start = main.argument("x", new TensorType(ElementType.F32, Shape.of(Dim.symbol("N"))));
    Value yes = main.scalar(ElementType.BOOL, 1);
    List<Value> results = main.addAll(loop, List.of(main.scalar(ElementType.I64, 2), yes, start));
    assertThatThrownBy(() -> run(results, Tensor.of(new float[1], 1)))
        .hasMessageContaining("trip 1 collects f32[4] but the first f32[2]");
  }

  /** The type of a carried value claims that it never changes its length. */
  @Test
  void wrongDeclaredShapesAreFound() {
    TensorType list = new TensorType(ElementType.F32, Shape.of(Dim.symbol("N")));
    BlockBuilder body = main.nested();
    body.argument("trip", LONG);
    Value again = body.argument("again", BOOL);
    Value carried = body.argument("list", list);
    Block block = body.finish(List.of(again, body.add(new Concat(0), carried, carried)));
    Value start = main.argument("x", list);
    Value yes = main.scalar(ElementType.BOOL, 1);
    List<Value> results =
        main.addAll(new Loop(block, 1), List.of(main.scalar(ElementType.I64, 2), yes, start));
    assertThatThrownBy(() -> run(results, Tensor.of(new float[1], 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the graph declares the result f32[2*N], but it is f32[4]")
        .hasMessageContaining("the shape inference of this op is wrong");
  }
}
