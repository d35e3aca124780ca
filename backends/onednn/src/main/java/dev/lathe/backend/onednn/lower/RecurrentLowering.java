package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.Argument;
import dev.lathe.backend.onednn.binding.Attributes;
import dev.lathe.backend.onednn.binding.BinaryAlgorithm;
import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.EltwiseAlgorithm;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.Operation;
import dev.lathe.backend.onednn.binding.Operation.RnnCell;
import dev.lathe.backend.onednn.binding.PrimitiveDescriptor;
import dev.lathe.backend.onednn.binding.RnnDirection;
import dev.lathe.backend.onednn.jit.RecurrentCell;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.op.RecurrentOp;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Recurrent layers of f32 with the activations they are named for. Weights are brought to oneDNN's
 * order of gates and packed before the first run.
 */
final class RecurrentLowering {
  private final BlockLowering block;
  private final Emitter emitter;

  RecurrentLowering(BlockLowering block) {
    this.block = block;
    this.emitter = block.emitter();
  }

  /** Lowers a layer; false if oneDNN does not compute it. */
  boolean lower(Node node, RecurrentOp op) {
    if (op.hasLengths() || node.result().type().elementType() != ElementType.F32) {
      return false;
    }
    return switch (op) {
      case RecurrentOp.Lstm lstm ->
          lstm.isPlain() && (steps(node, op, RecurrentCell.LSTM) || lstm(node, op));
      case RecurrentOp.Gru gru ->
          gru.clip() == null
              && gru.hasActivations("sigmoid", "tanh")
              && (steps(node, op, cell(gru)) || gru(node, op, gru.linearBeforeReset()));
      case RecurrentOp.Rnn rnn -> rnn.clip() == null && vanilla(node, rnn);
    };
  }

  private static RecurrentCell cell(RecurrentOp.Gru op) {
    return op.linearBeforeReset() ? RecurrentCell.GRU_RESET_AFTER : RecurrentCell.GRU;
  }

  private boolean steps(Node node, RecurrentOp op, RecurrentCell cell) {
    return new StepsLowering(block).lower(node, op, cell);
  }

  private boolean lstm(Node node, RecurrentOp op) {
    // Input, output, forget, cell become input, forget, cell, output.
    Weights weights = weights(node, op, 0, 2, 3, 1);
    View state = state(node, 4);
    View cell = state(node, 5);
    MemoryDescriptor states = Types.descriptor(state);
    View lastCell = emitter.allocate(ElementType.F32, state.layout().at(0));
    RnnCell.Lstm kind = new RnnCell.Lstm(states, null, null, states);
    View bias = summedBias(weights);
    if (!emit(node, op, kind, weights, bias, state, cell, lastCell)) {
      return false;
    }
    block.define(node.results().get(2), withoutLayer(lastCell));
    return true;
  }

  private boolean gru(Node node, RecurrentOp op, boolean linearBeforeReset) {
    Weights weights = weights(node, op, 0, 1, 2);
    View bias = linearBeforeReset ? separateBias(weights) : summedBias(weights);
    RnnCell kind = linearBeforeReset ? new RnnCell.GruLinearBeforeReset() : new RnnCell.Gru();
    return emit(node, op, kind, weights, bias, state(node, 4), null, null);
  }

  private boolean vanilla(Node node, RecurrentOp.Rnn op) {
    String name = op.activations().getFirst().name();
    EltwiseAlgorithm algorithm =
        switch (name) {
          case "tanh" -> EltwiseAlgorithm.TANH;
          case "relu" -> EltwiseAlgorithm.RELU;
          case "sigmoid" -> EltwiseAlgorithm.LOGISTIC;
          default -> null;
        };
    if (algorithm == null || !op.hasActivations(name)) {
      return false;
    }
    Weights weights = weights(node, op, 0);
    RnnCell kind = new RnnCell.Vanilla(algorithm, 0, 0);
    return emit(node, op, kind, weights, summedBias(weights), state(node, 4), null, null);
  }

  /**
   * Weights in oneDNN's order of gates.
   *
   * @param layer (layers, directions, input, gates, hidden)
   * @param iteration (layers, directions, hidden, gates, hidden)
   * @param inputBias (layers, directions, gates, hidden)
   * @param recurrentBias likewise
   */
  private record Weights(View layer, View iteration, View inputBias, View recurrentBias) {}

  private Weights weights(Node node, RecurrentOp op, int... gates) {
    long directions = op.direction().count();
    long hidden = op.hiddenSize();
    long count = gates.length;
    View bias = emitter.dense(block.operand(node, 3));
    View biases = reshape(bias, 1, directions, 2 * count, hidden);
    return new Weights(
        ordered(matrix(node, 1, directions, count, hidden), 3, gates),
        ordered(matrix(node, 2, directions, count, hidden), 3, gates),
        ordered(half(biases, 0, count), 2, gates),
        ordered(half(biases, count, count), 2, gates));
  }

  private static View half(View biases, long start, long count) {
    return biases.with(biases.layout().slice(2, start, 1, count));
  }

  /** Operand {@code index} (directions, gates * hidden, input) as oneDNN counts dimensions. */
  private View matrix(Node node, int index, long directions, long gates, long hidden) {
    View dense = emitter.dense(block.operand(node, index));
    long input = dense.layout().dim(2);
    View split = reshape(dense, 1, directions, gates, hidden, input);
    return split.with(split.layout().transpose(0, 1, 4, 2, 3));
  }

  private static View reshape(View dense, long... dims) {
    return dense.with(Layout.dense(dims).at(dense.layout().offset()));
  }

  /** A row-major copy with the gates, along {@code axis}, in another order. */
  private View ordered(View view, int axis, int... gates) {
    boolean before = emitter.isFolding();
    emitter.begin(emitter.sources(), before || view.isConstant());
    View copy = emitter.allocate(ElementType.F32, Layout.dense(view.layout().dims()));
    for (int i = 0; i < gates.length; i++) {
      emitter.copy(
          view.with(view.layout().slice(axis, gates[i], 1, 1)),
          copy.with(copy.layout().slice(axis, i, 1, 1)));
    }
    emitter.begin(emitter.sources(), before);
    return copy;
  }

  private View summedBias(Weights weights) {
    View a = weights.inputBias();
    View b = weights.recurrentBias();
    boolean before = emitter.isFolding();
    emitter.begin(emitter.sources(), before || (a.isConstant() && b.isConstant()));
    View sum = emitter.allocate(ElementType.F32, a.layout());
    MemoryDescriptor descriptor = Types.descriptor(a);
    Optional<PrimitiveDescriptor> add =
        emitter.requestAny(
            new Operation.Binary(BinaryAlgorithm.ADD, descriptor, descriptor, null, descriptor),
            Attributes.NONE);
    emitter
        .kernel(add.orElseThrow())
        .with(Argument.SRC, a)
        .with(Argument.SRC_1, b)
        .with(Argument.DST, sum)
        .emit("bias");
    emitter.begin(emitter.sources(), before);
    return sum;
  }

  /** Update, reset, output, and the output's recurrent bias, which is inside the reset. */
  private View separateBias(Weights weights) {
    View sum = summedBias(weights);
    View a = weights.inputBias();
    View b = weights.recurrentBias();
    boolean before = emitter.isFolding();
    emitter.begin(emitter.sources(), before || sum.isConstant());
    long[] dims = sum.layout().dims();
    dims[2] = 4;
    View all = emitter.allocate(ElementType.F32, Layout.dense(dims));
    emitter.copy(half(sum, 0, 2), half(all, 0, 2));
    emitter.copy(half(a, 2, 1), half(all, 2, 1));
    emitter.copy(half(b, 2, 1), half(all, 3, 1));
    emitter.begin(emitter.sources(), before);
    return all;
  }

  private View state(Node node, int index) {
    View dense = emitter.dense(block.operand(node, index));
    long[] dims = dense.layout().dims();
    return reshape(dense, 1, dims[0], dims[1], dims[2]);
  }

  private static View withoutLayer(View state) {
    long[] dims = state.layout().dims();
    return reshape(state, dims[1], dims[2], dims[3]);
  }

  private boolean emit(
      Node node,
      RecurrentOp op,
      RnnCell kind,
      Weights weights,
      View bias,
      View state,
      @Nullable View cell,
      @Nullable View lastCell) {
    View x = emitter.dense(block.operand(node, 0));
    long steps = x.layout().dim(0);
    long batch = x.layout().dim(1);
    long directions = op.direction().count();
    long hidden = op.hiddenSize();
    View all = emitter.allocate(ElementType.F32, Layout.dense(steps, batch, directions * hidden));
    View last = emitter.allocate(ElementType.F32, state.layout().at(0));
    RnnDirection direction =
        switch (op.direction()) {
          case FORWARD -> RnnDirection.LEFT_TO_RIGHT;
          case REVERSE -> RnnDirection.RIGHT_TO_LEFT;
          case BIDIRECTIONAL -> RnnDirection.BIDIRECTIONAL_CONCAT;
        };
    Operation.Rnn operation =
        new Operation.Rnn(
            kind,
            direction,
            Types.descriptor(x),
            Types.descriptor(state),
            any(weights.layer()),
            any(weights.iteration()),
            Types.descriptor(bias),
            Types.descriptor(all),
            Types.descriptor(last));
    Optional<PrimitiveDescriptor> found = emitter.requestAny(operation, Attributes.NONE);
    if (found.isEmpty()) {
      return false;
    }
    PrimitiveDescriptor descriptor = found.get();
    Emitter.Kernel kernel =
        emitter
            .kernel(descriptor)
            .with(Argument.SRC_LAYER, x)
            .with(Argument.SRC_ITER, state)
            .with(Argument.BIAS, bias)
            .with(Argument.DST_ITER, last)
            .with(Argument.DST_LAYER, all)
            .flops(2 * steps * batch * directions * gateWeights(weights, directions));
    if (cell != null && lastCell != null) {
      kernel.with(Argument.SRC_ITER_C, cell).with(Argument.DST_ITER_C, lastCell);
    }
    emitter.withWeights(
        kernel,
        Argument.WEIGHTS_LAYER,
        weights.layer(),
        descriptor.argument(Argument.WEIGHTS_LAYER));
    emitter.withWeights(
        kernel,
        Argument.WEIGHTS_ITER,
        weights.iteration(),
        descriptor.argument(Argument.WEIGHTS_ITER));
    kernel.emit(node.op().mnemonic());
    View split = reshape(all, steps, batch, directions, hidden);
    block.define(node.results().get(0), split.with(split.layout().transpose(0, 2, 1, 3)));
    block.define(node.results().get(1), withoutLayer(last));
    return true;
  }

  private static long gateWeights(Weights weights, long directions) {
    return (weights.layer().layout().count() + weights.iteration().layout().count()) / directions;
  }

  private static MemoryDescriptor any(View view) {
    return MemoryDescriptor.any(DataType.F32, view.layout().dims());
  }
}
