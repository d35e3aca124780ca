package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.RecurrentOp.Lstm;
import java.lang.foreign.MemorySegment;

/**
 * Long short-term memory: gates input, output, forget and candidate; {@code c = forget * c + input
 * * candidate} and {@code h = output * activation(c)}.
 */
final class LstmKernel extends RecurrentKernel {
  private final ElementType type;
  private final boolean inputForget;
  private final boolean hasPeepholes;
  private final int peepholes;
  private final RecurrentActivations.Loop[] activations;

  LstmKernel(Lstm op, Request request) {
    super(op, 4, 0, op.clip(), request);
    this.type = request.type(0);
    this.inputForget = op.inputForget();
    this.hasPeepholes = op.hasPeepholes();
    this.peepholes = op.hasLengths() ? 7 : 6;
    this.activations =
        op.activations().stream()
            .map(a -> RecurrentActivations.of(a, type == ElementType.F64))
            .toArray(RecurrentActivations.Loop[]::new);
  }

  @Override
  void step(Scratch scratch, int direction, MemorySegment[] operands) {
    double[] gates = scratch.gates;
    double[] cell = scratch.cell;
    int h = hidden;
    addBias(scratch, direction, gates.length);
    Products.add(gates, scratch.state, scratch.weights.recurrent[direction], h, gates.length);
    addPeephole(scratch, direction, 0, operands);
    addPeephole(scratch, direction, 2, operands);
    activate(gates, 0, activations[3 * direction]);
    activate(gates, 2, activations[3 * direction]);
    activate(gates, 3, activations[3 * direction + 1]);
    for (int i = 0; i < h; i++) {
      double forget = inputForget ? 1 - gates[i] : gates[2 * h + i];
      cell[i] = forget * cell[i] + gates[i] * gates[3 * h + i];
    }
    addPeephole(scratch, direction, 1, operands);
    activate(gates, 1, activations[3 * direction]);
    System.arraycopy(cell, 0, scratch.spare, 0, h);
    activate(scratch.spare, 0, activations[3 * direction + 2]);
    for (int i = 0; i < h; i++) {
      scratch.state[i] = gates[h + i] * scratch.spare[i];
    }
  }

  private void activate(double[] x, int gate, RecurrentActivations.Loop activation) {
    clip(x, gate * hidden, (gate + 1) * hidden);
    activation.apply(x, gate * hidden, (gate + 1) * hidden);
  }

  /** Adds the cell state times its peephole to gate 0, 1 or 2. */
  private void addPeephole(Scratch scratch, int direction, int gate, MemorySegment[] operands) {
    if (!hasPeepholes) {
      return;
    }
    long start = (3L * direction + gate) * hidden;
    scratch.load(type, operands[peepholes], start, hidden, scratch.product, 0);
    for (int i = 0; i < hidden; i++) {
      scratch.gates[gate * hidden + i] += scratch.product[i] * scratch.cell[i];
    }
  }
}
