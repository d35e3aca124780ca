package dev.lathe.testing;

import static dev.lathe.ir.ElementType.BOOL;
import static dev.lathe.ir.ElementType.F32;
import static dev.lathe.ir.ElementType.I64;

import dev.lathe.ir.Block;
import dev.lathe.ir.BlockBuilder;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ControlFlowOp.If;
import dev.lathe.ir.op.ControlFlowOp.Loop;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.ReductionOp.Reduce;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.ir.op.ShapeOp.Concat;
import dev.lathe.ir.op.ShapeOp.Unsqueeze;
import java.util.ArrayList;
import java.util.List;

/** Ops with nested blocks. */
final class ControlFlowCases {
  private static final TensorType ROW = TensorType.of(F32, 3);

  private ControlFlowCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (boolean condition : new boolean[] {true, false}) {
      cases.add(branches(condition));
      cases.add(nested(condition));
      cases.add(differentShapes(condition));
    }
    for (int trips : new int[] {0, 1, 4}) {
      cases.add(running(trips));
    }
    cases.add(untilLarge());
    cases.add(growing());
    return cases;
  }

  private static Value condition(CaseBuilder b, boolean value) {
    return b.input(CaseBuilder.tensor(BOOL, new double[] {value ? 1 : 0}));
  }

  private static Block unary(CaseBuilder b, UnaryFunction function) {
    BlockBuilder block = b.block().nested();
    Value x = block.argument("x", ROW);
    return block.finish(List.of(block.add(new Unary(function), x), x));
  }

  private static OpCase branches(boolean condition) {
    CaseBuilder b = new CaseBuilder("if/" + condition).roundingOf(F32);
    If op = new If(unary(b, UnaryFunction.EXP), unary(b, UnaryFunction.NEG));
    return b.of(op, condition(b, condition), b.input(F32, 3));
  }

  private static OpCase nested(boolean condition) {
    CaseBuilder b = new CaseBuilder("if/nested_" + condition).roundingOf(F32);
    BlockBuilder outer = b.block().nested();
    Value inner = outer.argument("c", TensorType.of(BOOL));
    Value x = outer.argument("x", ROW);
    BlockBuilder thenBlock = outer.nested();
    Value y = thenBlock.argument("y", ROW);
    Block doubled = thenBlock.finish(List.of(thenBlock.add(new Binary(BinaryFunction.ADD), y, y)));
    BlockBuilder elseBlock = outer.nested();
    Block same = elseBlock.finish(List.of(elseBlock.argument("y", ROW)));
    Block body = outer.finish(outer.addAll(new If(doubled, same), List.of(inner, x)));
    BlockBuilder other = b.block().nested();
    other.argument("c", TensorType.of(BOOL));
    other.argument("x", ROW);
    Block constant =
        other.finish(List.of(other.constant(dev.lathe.ir.ConstantData.ofFloats(7, 8, 9))));
    return b.of(
        new If(body, constant), condition(b, true), condition(b, condition), b.input(F32, 3));
  }

  private static OpCase differentShapes(boolean condition) {
    CaseBuilder b = new CaseBuilder("if/shapes_" + condition).roundingOf(F32);
    BlockBuilder then = b.block().nested();
    Value x = then.argument("x", ROW);
    Block twice = then.finish(List.of(then.add(new Concat(0), x, x)));
    BlockBuilder other = b.block().nested();
    Block once = other.finish(List.of(other.argument("x", ROW)));
    Value result = b.add(new If(twice, once), condition(b, condition), b.input(F32, 3));
    return b.of(new Unary(UnaryFunction.NEG), result);
  }

  /** A running sum, with what is added to it collected. */
  private static OpCase running(int trips) {
    CaseBuilder b = new CaseBuilder("loop/trips" + trips).roundingOf(F32);
    BlockBuilder body = b.block().nested();
    Value trip = body.argument("trip", TensorType.of(I64));
    Value again = body.argument("again", TensorType.of(BOOL));
    Value sum = body.argument("sum", ROW);
    Value step = body.argument("step", ROW);
    Value next = body.add(new Binary(BinaryFunction.ADD), sum, step);
    Block block = body.finish(List.of(again, next, next, trip));
    Value count = b.input(CaseBuilder.tensor(I64, new double[] {trips}));
    return b.of(new Loop(block, 1), count, condition(b, true), b.input(F32, 3), b.input(F32, 3));
  }

  /** Doubles until the sum is large; the number of trips depends on data. */
  private static OpCase untilLarge() {
    CaseBuilder b = new CaseBuilder("loop/until_large").roundingOf(F32);
    BlockBuilder body = b.block().nested();
    body.argument("trip", TensorType.of(I64));
    body.argument("again", TensorType.of(BOOL));
    Value x = body.argument("x", ROW);
    Value doubled = body.add(new Binary(BinaryFunction.ADD), x, x);
    Value sum = body.add(new Reduce(ReduceFunction.L1, List.of(0), false), doubled);
    Value small = body.add(new Binary(BinaryFunction.LESS), sum, body.scalar(F32, 100));
    Block block = body.finish(List.of(small, doubled, sum));
    Value unbounded = b.scalar(I64, -1);
    return b.of(new Loop(block, 1), unbounded, condition(b, true), b.inputBetween(F32, 0.5, 1, 3));
  }

  /** A carried value whose shape changes from trip to trip. */
  private static OpCase growing() {
    CaseBuilder b = new CaseBuilder("loop/growing").roundingOf(F32);
    Dim length = Dim.symbol("L");
    TensorType list = new TensorType(F32, Shape.of(length));
    Value start = b.input(list, b.uniform(F32, 2));
    BlockBuilder body = b.block().nested();
    body.argument("trip", TensorType.of(I64));
    Value again = body.argument("again", TensorType.of(BOOL));
    Value carried = body.argument("list", new TensorType(F32, Shape.of(Dim.symbol("?900"))));
    Value sum = body.add(new Reduce(ReduceFunction.SUM, List.of(0), false), carried);
    Value item = body.add(new Unsqueeze(List.of(0)), sum);
    Value longer = body.add(new Concat(0), carried, item);
    Block block = body.finish(List.of(again, longer));
    Value trips = b.scalar(I64, 3);
    return b.of(new Loop(block, 1), trips, condition(b, true), start);
  }
}
