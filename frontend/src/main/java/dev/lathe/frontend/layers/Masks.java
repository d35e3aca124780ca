package dev.lathe.frontend.layers;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.CreationOp.Range;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;

/** Masks of attention: true where a query may see a key. */
final class Masks {

  private Masks() {}

  /** {@code bool[T, S]}: query i sees the keys 0 to i. */
  static Value causal(Emitter emit, Value query, int queryAxis, Value key, int keyAxis) {
    Value rows = emit.unsqueeze(positions(emit, query, queryAxis), 1);
    Value columns = emit.unsqueeze(positions(emit, key, keyAxis), 0);
    return emit.binary(BinaryFunction.GREATER_OR_EQUAL, rows, columns);
  }

  /** {@code bool[T, S]}: query i sees the keys less than {@code width} away on either side. */
  static Value window(
      Emitter emit, Value query, int queryAxis, Value key, int keyAxis, long width) {
    Value rows = emit.unsqueeze(positions(emit, query, queryAxis), 1);
    Value columns = emit.unsqueeze(positions(emit, key, keyAxis), 0);
    Value distance = emit.unary(UnaryFunction.ABS, emit.minus(rows, columns));
    return emit.binary(BinaryFunction.LESS, distance, emit.number(width));
  }

  private static Value positions(Emitter emit, Value x, int axis) {
    Value size = emit.asScalar(emit.sizeOf(x, axis));
    return emit.add(new Range(), emit.number(0), size, emit.number(1));
  }

  static Value and(Emitter emit, Value a, Value b) {
    return emit.binary(BinaryFunction.AND, a, b);
  }

  /** What is added to scores: 0 where a mask is true, else a low number. */
  static Value added(Emitter emit, Value mask, Value scores, double low) {
    return emit.where(mask, emit.scalarLike(scores, 0), emit.scalarLike(scores, low));
  }
}
