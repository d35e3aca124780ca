package dev.lathe.backend.reference;

import dev.lathe.ir.op.Op;
import dev.lathe.runtime.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;

/**
 * Computes single ops, as constant folding does. Stateless; safe for use by several threads.
 *
 * <p>Numbers are those of the {@linkplain ReferenceBackend reference backend}.
 */
public final class ReferenceEvaluator {
  /** An evaluator. */
  public ReferenceEvaluator() {}

  /**
   * Computes the results of an op on the thread of the caller.
   *
   * @param op any op whose value operands decide: a {@code parameter} has no data here, and {@code
   *     dims} no sizes for its symbols
   * @param operands the tensors that go in, which are only read
   * @param arena where the results live; they never share the memory of operands
   * @return the results, in order, of fixed shapes
   * @throws IllegalArgumentException if the op cannot take the operands, such as an index out of
   *     range or an op that needs a graph around it; the message says what is wrong
   * @throws ArithmeticException if an integer is divided by zero, or a size overflows
   */
  public List<Tensor> evaluate(Op op, List<Tensor> operands, Arena arena) {
    try (ActivationMemory memory = new ActivationMemory(Arena.ofConfined())) {
      Interpreter interpreter = new Interpreter(Map.of(), Map.of(), Workers.CALLER, memory);
      return interpreter.evaluate(op, operands, arena);
    }
  }
}
