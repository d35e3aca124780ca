package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.RecurrentOp.Rnn;
import java.lang.foreign.MemorySegment;

/** Elman network: {@code h = f(x W + h R + biases)}. */
final class RnnKernel extends RecurrentKernel {
  private final RecurrentActivations.Loop[] activations;

  RnnKernel(Rnn op, Request request) {
    super(op, 1, 0, op.clip(), request);
    boolean exact = request.type(0) == ElementType.F64;
    this.activations =
        op.activations().stream()
            .map(a -> RecurrentActivations.of(a, exact))
            .toArray(RecurrentActivations.Loop[]::new);
  }

  @Override
  void step(Scratch scratch, int direction, MemorySegment[] operands) {
    double[] gates = scratch.gates;
    addBias(scratch, direction, hidden);
    Products.add(gates, scratch.state, scratch.weights.recurrent[direction], hidden, gates.length);
    clip(gates, 0, hidden);
    activations[direction].apply(gates, 0, hidden);
    System.arraycopy(gates, 0, scratch.state, 0, hidden);
  }
}
