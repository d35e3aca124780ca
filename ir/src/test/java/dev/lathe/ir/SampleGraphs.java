package dev.lathe.ir;

import dev.lathe.ir.op.ControlFlowOp;
import dev.lathe.ir.op.ConvolutionOp;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.IndexingOp;
import dev.lathe.ir.op.NormalizationOp;
import dev.lathe.ir.op.ReductionOp;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.ir.op.Window;
import java.util.List;
import java.util.Random;

/** Graphs that several tests use. */
public final class SampleGraphs {
  private SampleGraphs() {}

  /**
   * A convolution with a parameter, a reshape by shape arithmetic, and a softmax, for any batch N.
   */
  public static Graph classifier() {
    Graph graph = new Graph("classifier \"small\"");
    graph.metadata("producer", "tests");
    Random random = new Random(7);
    float[] weights = new float[4 * 3 * 3 * 3];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = random.nextFloat() - 0.5f;
    }
    graph.parameter("conv.weight", ConstantData.ofFloats(Shape.of(4, 3, 3, 3), weights));
    BlockBuilder b = graph.newBlock();
    Value image =
        b.argument(
            "image",
            new TensorType(
                ElementType.F32, Shape.of(Dim.symbol("N"), Dim.of(3), Dim.of(8), Dim.of(8))));
    Value w =
        b.add(new CreationOp.Parameter("conv.weight", TensorType.of(ElementType.F32, 4, 3, 3, 3)));
    Value conv = b.from("Conv_0").add(new ConvolutionOp.Convolution(Window.unit(2), 1), image, w);
    Value relu = b.from("Relu_1").add(new Unary(UnaryFunction.RELU), conv);
    Value shape = b.from("Shape_2").add(new ShapeOp.ShapeOf(), relu);
    Value batch = b.add(new IndexingOp.Gather(0), shape, b.longs(0));
    Value target = b.add(new ShapeOp.Concat(0), batch, b.longs(-1));
    Value flat = b.add(new ShapeOp.Reshape(false), relu, target);
    Value probs = b.name(b.from("Softmax_3").add(new NormalizationOp.Softmax(-1), flat), "probs");
    return graph.add(
        new Function(Graph.FORWARD, b.finish(List.of(probs)), List.of("image"), List.of("probs")));
  }

  /** An if with captured values, a top-k and a data-dependent count. */
  public static Graph controlFlow() {
    Graph graph = new Graph("control");
    BlockBuilder b = graph.newBlock();
    Value flag = b.argument("flag", TensorType.of(ElementType.BOOL));
    Value x =
        b.argument("x", new TensorType(ElementType.F32, Shape.of(Dim.symbol("T"), Dim.of(5))));
    BlockBuilder then = b.nested();
    Value inner = then.argument("x", x.type());
    Block thenBlock = then.finish(List.of(then.add(new Unary(UnaryFunction.EXP), inner)));
    BlockBuilder otherwise = b.nested();
    Value inner2 = otherwise.argument("x", x.type());
    Value two = otherwise.scalar(ElementType.F32, 2);
    Block elseBlock =
        otherwise.finish(List.of(otherwise.add(new Binary(BinaryFunction.MUL), inner2, two)));
    Value y = b.add(new ControlFlowOp.If(thenBlock, elseBlock), flag, x);
    List<Value> top = b.addAll(new ReductionOp.TopK(-1, true, true), List.of(y, b.longs(2)));
    Value places = b.add(new IndexingOp.NonZero(), y);
    return graph.add(
        new Function(
            Graph.FORWARD,
            b.finish(List.of(top.get(0), top.get(1), places)),
            List.of("flag", "x"),
            List.of("values", "indices", "places")));
  }
}
