package dev.lathe.frontend.layers;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.RecurrentOp;
import dev.lathe.ir.op.RecurrentOp.Activation;
import dev.lathe.ir.op.RecurrentOp.Direction;
import dev.lathe.ir.op.RecurrentOp.Gru;
import dev.lathe.ir.op.RecurrentOp.Lstm;
import dev.lathe.ir.op.RecurrentOp.Rnn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The weights of a recurrent op in one direction, as {@link RecurrentOp} has them.
 *
 * @param kind which op
 * @param hidden the size H of the hidden state
 * @param activations those of one direction
 * @param kernel {@code [1, gates*H, I]}
 * @param recurrent {@code [1, gates*H, H]}
 * @param bias {@code [1, 2*gates*H]}
 */
record FusedCell(
    Kind kind,
    int hidden,
    List<Activation> activations,
    Value kernel,
    Value recurrent,
    Value bias) {

  enum Kind {
    RNN,
    LSTM,
    GRU,
    /** A GRU whose reset gate multiplies after the recurrent product. */
    GRU_RESET_AFTER
  }

  /** The op of this cell, or of this and one in the other direction. */
  RecurrentOp op(Direction direction, List<Activation> all) {
    return switch (kind) {
      case RNN -> new Rnn(direction, hidden, all, null, false);
      case LSTM -> new Lstm(direction, hidden, all, null, false, false, false);
      case GRU, GRU_RESET_AFTER ->
          new Gru(direction, hidden, all, null, kind == Kind.GRU_RESET_AFTER, false);
    };
  }

  /** Whether one op can compute this and another cell in two directions. */
  boolean pairsWith(FusedCell other) {
    return kind == other.kind
        && hidden == other.hidden
        && kernel.type().equals(other.kernel.type());
  }

  /**
   * Adds the op.
   *
   * @param x {@code [batch, time, features]}
   * @param initial states {@code [batch, H]}
   * @return all hidden states {@code [time, 1, batch, H]}, then the last states {@code [1, batch,
   *     H]}
   */
  List<Value> add(Emitter emit, Direction direction, Value x, List<Value> initial) {
    List<Value> operands = new ArrayList<>();
    operands.add(emit.transpose(x, List.of(1, 0, 2)));
    operands.addAll(List.of(kernel, recurrent, bias));
    initial.forEach(state -> operands.add(emit.unsqueeze(state, 0)));
    return emit.addAll(op(direction, activations), operands);
  }

  /**
   * Adds the op for this cell forward and another backward.
   *
   * @return as {@link #add}, with 2 for the directions
   */
  List<Value> addPair(
      Emitter emit, FusedCell other, Value x, List<Value> initial, List<Value> otherInitial) {
    List<Activation> both = new ArrayList<>(activations);
    both.addAll(other.activations);
    List<Value> operands = new ArrayList<>();
    operands.add(emit.transpose(x, List.of(1, 0, 2)));
    operands.add(emit.concat(0, List.of(kernel, other.kernel)));
    operands.add(emit.concat(0, List.of(recurrent, other.recurrent)));
    operands.add(emit.concat(0, List.of(bias, other.bias)));
    for (int i = 0; i < initial.size(); i++) {
      Value first = emit.unsqueeze(initial.get(i), 0);
      operands.add(emit.concat(0, List.of(first, emit.unsqueeze(otherInitial.get(i), 0))));
    }
    return emit.addAll(op(Direction.BIDIRECTIONAL, both), operands);
  }

  /** The activation of recurrent ops that a layer's is; empty if they do not have it. */
  static Optional<Activation> activation(
      Optional<dev.lathe.frontend.layers.Activation> activation) {
    if (activation.isEmpty() || activation.get().isLinear()) {
      return Optional.of(new Activation("affine", 1, 0));
    }
    if (!activation.get().isPlain()) {
      return Optional.empty();
    }
    return switch (activation.get().name()) {
      case "tanh", "sigmoid", "relu", "softsign", "softplus" ->
          Optional.of(new Activation(activation.get().name(), 0, 0));
      case "hard_sigmoid" -> Optional.of(new Activation("hardsigmoid", 1 / 6f, 0.5f));
      case "elu" -> Optional.of(new Activation("elu", 1, 0));
      default -> Optional.empty();
    };
  }
}
