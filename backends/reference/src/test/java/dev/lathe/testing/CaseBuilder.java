package dev.lathe.testing;

import dev.lathe.ir.BlockBuilder;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.Op;
import dev.lathe.runtime.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Builds one case. Numbers are drawn from a generator whose seed is the name, so that a case does
 * not change when others come or go.
 */
public final class CaseBuilder {
  private final String name;
  private final Graph graph;
  private final BlockBuilder block;
  private final Random random;
  private final List<Tensor> inputs = new ArrayList<>();
  private final List<String> inputNames = new ArrayList<>();
  private double tolerance;

  /** A case of the given name whose outputs must be exact. */
  public CaseBuilder(String name) {
    this.name = name;
    this.graph = new Graph(name);
    this.block = graph.newBlock().from(name);
    this.random = new Random(name.hashCode());
  }

  /** Allows a difference; see {@link OpCase#tolerance}. */
  public CaseBuilder tolerance(double newTolerance) {
    tolerance = newTolerance;
    return this;
  }

  /** Allows the rounding of a few operations in the given type. */
  public CaseBuilder roundingOf(ElementType type) {
    return tolerance(
        switch (type) {
          case F32 -> 1e-5;
          case F16 -> 4e-3;
          case BF16 -> 3e-2;
          case F64 -> 1e-12;
          default -> 0;
        });
  }

  /** The builder of the body, for what this has no shorthand for. */
  public BlockBuilder block() {
    return block;
  }

  /** An input of numbers from -1 to 1, of integers from -10 to 10 or 0 to 20, or of booleans. */
  public Value input(ElementType type, long... shape) {
    return input(uniform(type, shape));
  }

  /** An input of numbers between two bounds. */
  public Value inputBetween(ElementType type, double from, double to, long... shape) {
    return input(uniformBetween(type, from, to, shape));
  }

  /** An input with the given elements. */
  public Value input(Tensor tensor) {
    return input(tensor.type(), tensor);
  }

  /** An input that is declared with a more general type than its tensor has. */
  public Value input(TensorType type, Tensor tensor) {
    String input = "x" + inputs.size();
    inputs.add(tensor);
    inputNames.add(input);
    return block.argument(input, type);
  }

  /** A weight of numbers from -1 to 1. */
  public Value parameter(ElementType type, long... shape) {
    return parameter(uniform(type, shape));
  }

  /** A weight with the given elements. */
  public Value parameter(Tensor tensor) {
    String parameter = "w" + graph.parameters().size();
    graph.parameter(parameter, new ConstantData(tensor.type(), tensor.segment()));
    return block.add(new CreationOp.Parameter(parameter, tensor.type()));
  }

  /** A constant with the given elements. */
  public Value constant(Tensor tensor) {
    return block.constant(new ConstantData(tensor.type(), tensor.segment()));
  }

  /** A 1-d i64 constant. */
  public Value longs(long... values) {
    return block.longs(values);
  }

  /** A 0-d constant. */
  public Value scalar(ElementType type, double value) {
    return block.scalar(type, value);
  }

  /** Adds a node and gives its first result. */
  public Value add(Op op, Value... operands) {
    return block.add(op, operands);
  }

  /** The case whose output is the result of an op. */
  public OpCase of(Op op, Value... operands) {
    return of(op, List.of(operands));
  }

  /** The case whose outputs are all results of an op. */
  public OpCase of(Op op, List<Value> operands) {
    return outputs(block.addAll(op, operands));
  }

  /** The case with the given outputs. */
  public OpCase outputs(List<Value> outputs) {
    List<String> outputNames = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      outputNames.add("y" + i);
    }
    graph.add(new Function(Graph.FORWARD, block.finish(outputs), inputNames, outputNames));
    return new OpCase(name, graph, inputs, tolerance);
  }

  /** Numbers from -1 to 1, integers from -10 to 10 or 0 to 20, or booleans. */
  public Tensor uniform(ElementType type, long... shape) {
    if (type.isFloat()) {
      return uniformBetween(type, -1, 1, shape);
    }
    return switch (type) {
      case BOOL -> uniformBetween(type, 0, 1, shape);
      case I4 -> uniformBetween(type, -8, 7, shape);
      case U4 -> uniformBetween(type, 0, 15, shape);
      default ->
          uniformBetween(type, type.isUnsigned() ? 0 : -10, type.isUnsigned() ? 20 : 10, shape);
    };
  }

  /** Numbers between two bounds; integers include both. */
  public Tensor uniformBetween(ElementType type, double from, double to, long... shape) {
    Tensor tensor = Tensor.allocate(Arena.ofAuto(), type, shape);
    for (long i = 0; i < tensor.elementCount(); i++) {
      if (type.isFloat()) {
        tensor.setDouble(i, from + random.nextDouble() * (to - from));
      } else {
        tensor.setLong(i, random.nextLong((long) from, (long) to + 1));
      }
    }
    return tensor;
  }

  /** A tensor with the given elements, rounded to its type. */
  public static Tensor tensor(ElementType type, double[] values, long... shape) {
    Tensor tensor = Tensor.allocate(Arena.ofAuto(), type, shape);
    if (values.length != tensor.elementCount()) {
      throw new IllegalArgumentException(values.length + " values for " + type + Shape.of(shape));
    }
    for (int i = 0; i < values.length; i++) {
      tensor.setDouble(i, values[i]);
    }
    return tensor;
  }

  /** A 1-d tensor. */
  public static Tensor vector(ElementType type, double... values) {
    return tensor(type, values, values.length);
  }
}
