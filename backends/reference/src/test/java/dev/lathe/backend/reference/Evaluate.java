package dev.lathe.backend.reference;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.Op;
import dev.lathe.runtime.Tensor;
import java.lang.foreign.Arena;
import java.util.List;

/** Shorthands to evaluate one op in a test. */
final class Evaluate {
  private static final ReferenceEvaluator EVALUATOR = new ReferenceEvaluator();

  private Evaluate() {}

  static List<Tensor> all(Op op, Tensor... operands) {
    return EVALUATOR.evaluate(op, List.of(operands), Arena.ofAuto());
  }

  static Tensor one(Op op, Tensor... operands) {
    return all(op, operands).get(0);
  }

  /** A 1-d f32 tensor. */
  static Tensor floats(double... values) {
    return tensor(ElementType.F32, values, values.length);
  }

  /** A 1-d i64 tensor. */
  static Tensor longs(long... values) {
    return Tensor.of(values, values.length);
  }

  /** A 0-d i64 tensor. */
  static Tensor scalar(long value) {
    return Tensor.of(new long[] {value});
  }

  /** A tensor of any type. */
  static Tensor tensor(ElementType type, double[] values, long... shape) {
    Tensor tensor = Tensor.allocate(Arena.ofAuto(), type, shape);
    for (int i = 0; i < values.length; i++) {
      tensor.setDouble(i, values[i]);
    }
    return tensor;
  }

  /** An f32 tensor of 0, 1, 2, … */
  static Tensor iota(long... shape) {
    Tensor tensor = Tensor.allocate(Arena.ofAuto(), ElementType.F32, shape);
    for (long i = 0; i < tensor.elementCount(); i++) {
      tensor.setDouble(i, (double) i);
    }
    return tensor;
  }

  static double[] values(Tensor tensor) {
    double[] values = new double[(int) tensor.elementCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.getDouble(i);
    }
    return values;
  }

  static double[] run(Op op, Tensor... operands) {
    return values(one(op, operands));
  }
}
