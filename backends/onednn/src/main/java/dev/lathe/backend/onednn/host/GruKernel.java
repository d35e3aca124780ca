package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.RecurrentOp.Gru;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Gated recurrent unit: gates z (update), r (reset) and the candidate, and {@code h = (1 - z) *
 * candidate + z * h}.
 */
final class GruKernel extends RecurrentKernel {
  private final boolean linearBeforeReset;
  private final RecurrentActivations.Loop[] activations;

  GruKernel(Gru op, Request request) {
    super(op, 3, 1, op.clip(), request);
    boolean exact = request.type(0) == ElementType.F64;
    this.linearBeforeReset = op.linearBeforeReset();
    this.activations =
        op.activations().stream()
            .map(a -> RecurrentActivations.of(a, exact))
            .toArray(RecurrentActivations.Loop[]::new);
  }

  @Override
  void step(Scratch scratch, int direction, MemorySegment[] operands) {
    double[] gates = scratch.gates;
    double[] state = scratch.state;
    int both = 2 * hidden;
    addBias(scratch, direction, both);
    Products.add(gates, state, scratch.weights.recurrent[direction], hidden, both);
    clip(gates, 0, both);
    activations[2 * direction].apply(gates, 0, both);
    addCandidate(scratch, direction);
    clip(gates, both, 3 * hidden);
    activations[2 * direction + 1].apply(gates, both, 3 * hidden);
    for (int i = 0; i < hidden; i++) {
      state[i] = (1 - gates[i]) * gates[both + i] + gates[i] * state[i];
    }
  }

  /** Adds the recurrent part of the candidate, whose state or product the reset gate multiplies. */
  private void addCandidate(Scratch scratch, int direction) {
    double[] gates = scratch.gates;
    double[] seen = scratch.spare;
    double[] product = scratch.product;
    double[] bias = scratch.weights.bias[direction];
    int lanes = gates.length;
    int both = 2 * hidden;
    for (int i = 0; i < hidden; i++) {
      seen[i] = scratch.state[i] * (linearBeforeReset ? 1 : gates[hidden + i]);
    }
    Arrays.fill(product, 0);
    Products.add(product, seen, scratch.weights.last[direction], hidden, hidden);
    for (int i = 0; i < hidden; i++) {
      double recurrent = product[i] + bias[lanes + both + i];
      gates[both + i] += recurrent * (linearBeforeReset ? gates[hidden + i] : 1);
    }
  }
}
