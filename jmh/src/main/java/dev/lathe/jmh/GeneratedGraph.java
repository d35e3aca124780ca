package dev.lathe.jmh;

import dev.lathe.ir.BlockBuilder;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp.Convolution;
import dev.lathe.ir.op.CreationOp.Parameter;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.ir.op.NormalizationOp.BatchNormalization;
import dev.lathe.ir.op.NormalizationOp.Softmax;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.ReductionOp.Reduce;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.ir.op.ShapeOp.Reshape;
import dev.lathe.ir.op.ShapeOp.Transpose;
import dev.lathe.ir.op.Window;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * Graphs as exporters write them, of small tensors and as many nodes as are asked for: what grows
 * is the work of the compiler.
 */
public enum GeneratedGraph {
  /**
   * A deep chain of residual blocks on {@code f32[1, 8, 8, 8]}: convolution, batch normalisation,
   * SiLU in two nodes, convolution, batch normalisation, addition, ReLU.
   */
  RESIDUAL("f32[1, 8, 8, 8]") {
    @Override
    Value block(Writer to, Value x) {
      Value y = convolution(to, x);
      y = to.binary(BinaryFunction.MUL, y, to.unary(UnaryFunction.SIGMOID, y));
      y = to.binary(BinaryFunction.ADD, convolution(to, y), x);
      return to.unary(UnaryFunction.RELU, y);
    }

    private static Value convolution(Writer to, Value x) {
      Padding padding = new Padding.Explicit(List.of(1L, 1L), List.of(1L, 1L));
      Window window = new Window(List.of(1L, 1L), List.of(1L, 1L), padding);
      Value y = to.builder.add(new Convolution(window, 1), x, to.parameter(8, 8, 3, 3));
      return to.builder.add(
          new BatchNormalization(1e-5f),
          y,
          to.parameter(8),
          to.parameter(8),
          to.parameter(8),
          to.parameter(8));
    }
  },

  /**
   * A deep chain of transformer blocks on {@code f32[1, 8, 16]} with two heads, their attention,
   * layer normalisation and GELU in the single nodes that exporters make of them.
   */
  ATTENTION("f32[1, 8, 16]") {
    @Override
    Value block(Writer to, Value x) {
      Value q = heads(to, to.dense(x, 16, 16), 0, 2, 1, 3);
      Value k = heads(to, to.dense(x, 16, 16), 0, 2, 3, 1);
      Value v = heads(to, to.dense(x, 16, 16), 0, 2, 1, 3);
      Value scores = to.builder.add(new MatMul(false, false), q, k);
      scores = to.binary(BinaryFunction.MUL, scores, to.scalar(0.35));
      scores = to.builder.add(new Softmax(3), scores);
      Value mixed = to.builder.add(new MatMul(false, false), scores, v);
      mixed = to.builder.add(new Transpose(List.of(0, 2, 1, 3)), mixed);
      mixed = to.builder.add(new Reshape(false), mixed, to.builder.longs(1, 8, 16));
      Value y = normalized(to, to.binary(BinaryFunction.ADD, to.dense(mixed, 16, 16), x));
      Value wide = gelu(to, to.dense(y, 16, 32));
      return normalized(to, to.binary(BinaryFunction.ADD, to.dense(wide, 32, 16), y));
    }

    private static Value heads(Writer to, Value x, Integer... permutation) {
      Value split = to.builder.add(new Reshape(false), x, to.builder.longs(1, 8, 2, 8));
      return to.builder.add(new Transpose(List.of(permutation)), split);
    }

    private static Value normalized(Writer to, Value x) {
      Reduce mean = new Reduce(ReduceFunction.MEAN, List.of(2), true);
      Value centered = to.binary(BinaryFunction.SUB, x, to.builder.add(mean, x));
      Value square = to.binary(BinaryFunction.POW, centered, to.scalar(2));
      Value variance = to.builder.add(mean, square);
      variance = to.binary(BinaryFunction.ADD, variance, to.scalar(1e-5));
      Value y = to.binary(BinaryFunction.DIV, centered, to.unary(UnaryFunction.SQRT, variance));
      y = to.binary(BinaryFunction.MUL, y, to.parameter(16));
      return to.binary(BinaryFunction.ADD, y, to.parameter(16));
    }

    private static Value gelu(Writer to, Value x) {
      Value scaled = to.binary(BinaryFunction.DIV, x, to.scalar(Math.sqrt(2)));
      Value gate = to.unary(UnaryFunction.ERF, scaled);
      gate = to.binary(BinaryFunction.ADD, gate, to.scalar(1));
      Value y = to.binary(BinaryFunction.MUL, x, gate);
      return to.binary(BinaryFunction.MUL, y, to.scalar(0.5));
    }
  },

  /**
   * Branches of four element-wise nodes on {@code f32[4, 16]}, all from the one input, whose sum is
   * taken pair by pair: a value with thousands of users, and a graph that is wider than deep.
   */
  WIDE("f32[4, 16]") {
    @Override
    Value body(Writer to, Value x, int nodes) {
      Deque<Value> branches = new ArrayDeque<>();
      // Beside each branch there will be an addition.
      while (to.size() + branches.size() < nodes) {
        branches.add(block(to, x));
      }
      while (branches.size() > 1) {
        Value first = branches.removeFirst();
        branches.addLast(to.binary(BinaryFunction.ADD, first, branches.removeFirst()));
      }
      return branches.getFirst();
    }

    @Override
    Value block(Writer to, Value x) {
      Value y = to.binary(BinaryFunction.MUL, x, to.parameter(16));
      y = to.unary(UnaryFunction.TANH, to.binary(BinaryFunction.ADD, y, to.parameter(16)));
      return to.unary(UnaryFunction.SIGMOID, y);
    }
  };

  private static final long SEED = 20;

  private final String type;

  GeneratedGraph(String type) {
    this.type = type;
  }

  /** Adds one more block behind a value of the input's type; gives one of the same type. */
  abstract Value block(Writer to, Value x);

  /** Adds blocks until there are so many nodes. */
  Value body(Writer to, Value x, int nodes) {
    Value y = x;
    while (to.size() < nodes) {
      y = block(to, y);
    }
    return y;
  }

  /**
   * Makes a graph: the same every time.
   *
   * @param nodes its nodes, parameters and constants included; it has those of one block more at
   *     most
   * @param arena holds its parameters
   */
  Graph make(int nodes, Arena arena) {
    Graph graph = new Graph(name());
    Writer writer = new Writer(graph, arena);
    Value x = writer.builder.argument("x", TensorType.parse(type));
    Value y = body(writer, x, nodes);
    graph.add(
        new Function(Graph.FORWARD, writer.builder.finish(List.of(y)), List.of("x"), List.of("y")));
    return graph;
  }

  /** Writes nodes and parameters. */
  static final class Writer {
    private final Graph graph;
    private final Arena arena;
    private final BlockBuilder builder;
    private final Random random = new Random(SEED);

    Writer(Graph graph, Arena arena) {
      this.graph = graph;
      this.arena = arena;
      this.builder = graph.newBlock();
    }

    int size() {
      return builder.block().size();
    }

    Value unary(UnaryFunction function, Value x) {
      return builder.add(new Unary(function), x);
    }

    Value binary(BinaryFunction function, Value a, Value b) {
      return builder.add(new Binary(function), a, b);
    }

    Value scalar(double value) {
      return builder.scalar(ElementType.F32, value);
    }

    Value dense(Value x, long inputs, long outputs) {
      Value product = builder.add(new MatMul(false, false), x, parameter(inputs, outputs));
      return binary(BinaryFunction.ADD, product, parameter(outputs));
    }

    /** A parameter of numbers in (0, 0.1). */
    Value parameter(long... shape) {
      TensorType type = TensorType.of(ElementType.F32, shape);
      MemorySegment data = arena.allocate(type.byteSize(), 64);
      for (long i = 0; i < data.byteSize() / 4; i++) {
        data.setAtIndex(ValueLayout.JAVA_FLOAT, i, 0.1f * random.nextFloat() + 1e-3f);
      }
      String name = "p" + graph.parameters().size();
      graph.parameter(name, new ConstantData(type, data));
      return builder.add(new Parameter(name, type));
    }
  }
}
