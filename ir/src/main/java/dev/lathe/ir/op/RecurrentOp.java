package dev.lathe.ir.op;

import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recurrent layers over a sequence, time first.
 *
 * <p>Common operands, with T steps, batch B, input size I, hidden size H, D directions (2 if
 * bidirectional) and G gates: x {@code [T, B, I]}; weights {@code [D, G*H, I]}; recurrent weights
 * {@code [D, G*H, H]}; bias {@code [D, 2*G*H]}, that of the input before that of the recurrence;
 * sequence lengths {@code i32[B]} if the op {@code hasLengths}; then initial states {@code [D, B,
 * H]}. Common results: all hidden states {@code [T, D, B, H]}; the last hidden state {@code [D, B,
 * H]}.
 */
public sealed interface RecurrentOp extends Op {

  /** In which order the steps are taken. */
  enum Direction {
    FORWARD,
    REVERSE,
    BIDIRECTIONAL;

    /** 2 if bidirectional, else 1. */
    public int count() {
      return this == BIDIRECTIONAL ? 2 : 1;
    }
  }

  /**
   * An activation function with its parameters (ONNX {@code activation_alpha}, {@code
   * activation_beta}).
   *
   * @param name one of ONNX's names in lower case: relu tanh sigmoid affine leakyrelu
   *     thresholdedrelu scaledtanh hardsigmoid elu softsign softplus
   */
  record Activation(String name, float alpha, float beta) {}

  /** In which order the steps are taken. */
  Direction direction();

  /** The size H of the hidden state. */
  int hiddenSize();

  /** The activations of the first direction, then those of the second. */
  List<Activation> activations();

  /** Whether an operand after the bias gives the length of each sequence. */
  boolean hasLengths();

  /** Whether the activations of every direction have these names. */
  default boolean hasActivations(String... names) {
    for (int i = 0; i < activations().size(); i++) {
      if (!activations().get(i).name().equals(names[i % names.length])) {
        return false;
      }
    }
    return true;
  }

  private List<TensorType> inferStates(
      Operands operands, int gates, int states, boolean peepholes) {
    int lengths = hasLengths() ? 1 : 0;
    operands.expectCount(4 + lengths + states + (peepholes ? 1 : 0));
    operands.expectRank(0, 3);
    operands.expectFloat(0);
    TensorType x = operands.type(0);
    long directions = direction().count();
    long rows = (long) gates * hiddenSize();
    expectShape(operands, 1, Dim.of(directions), Dim.of(rows), x.dim(2));
    expectShape(operands, 2, Dim.of(directions), Dim.of(rows), Dim.of(hiddenSize()));
    expectShape(operands, 3, Dim.of(directions), Dim.of(2 * rows));
    if (hasLengths()) {
      operands.expectElementType(4, ElementType.I32);
      expectShape(operands, 4, x.dim(1));
    }
    for (int i = 0; i < states; i++) {
      expectShape(operands, 4 + lengths + i, Dim.of(directions), x.dim(1), Dim.of(hiddenSize()));
    }
    if (peepholes) {
      expectShape(operands, 4 + lengths + states, Dim.of(directions), Dim.of(3L * hiddenSize()));
    }
    Shape all = Shape.of(x.dim(0), Dim.of(directions), x.dim(1), Dim.of(hiddenSize()));
    Shape last = Shape.of(Dim.of(directions), x.dim(1), Dim.of(hiddenSize()));
    return states == 2
        ? List.of(x.withShape(all), x.withShape(last), x.withShape(last))
        : List.of(x.withShape(all), x.withShape(last));
  }

  private static void expectShape(Operands operands, int index, Dim... dims) {
    operands.expectRank(index, dims.length);
    for (int i = 0; i < dims.length; i++) {
      operands.expectEqual(
          operands.type(index).dim(i),
          dims[i],
          "operand " + index + " " + operands.type(index) + " on axis " + i);
    }
  }

  private static void expectActivations(
      List<Activation> activations, Direction direction, int each) {
    if (activations.size() != direction.count() * each) {
      throw new IllegalArgumentException(
          direction
              + " needs "
              + direction.count() * each
              + " activations, not "
              + activations.size());
    }
  }

  /**
   * Long short-term memory (Hochreiter and Schmidhuber 1997; ONNX {@code LSTM}-14), gates in the
   * order input, output, forget, cell. Initial states: hidden, cell; then, if {@code hasPeepholes},
   * peepholes {@code [D, 3*H]} for input, output and forget. A third result is the last cell state
   * {@code [D, B, H]}.
   *
   * @param activations gates, cell and hidden, for each direction
   * @param clip the bound of the inputs of activations, or null
   * @param inputForget whether the forget gate is one minus the input gate
   */
  record Lstm(
      Direction direction,
      int hiddenSize,
      List<Activation> activations,
      @Nullable Float clip,
      boolean inputForget,
      boolean hasLengths,
      boolean hasPeepholes)
      implements RecurrentOp {
    public Lstm {
      activations = List.copyOf(activations);
      expectActivations(activations, direction, 3);
    }

    /**
     * Whether this is the cell without options: sigmoid gates, tanh, no peepholes and no bounds.
     */
    public boolean isPlain() {
      return clip == null
          && !inputForget
          && !hasPeepholes
          && hasActivations("sigmoid", "tanh", "tanh");
    }

    @Override
    public String mnemonic() {
      return "lstm";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      return ((RecurrentOp) this).inferStates(operands, 4, 2, hasPeepholes);
    }
  }

  /**
   * Gated recurrent unit (Cho et al. 2014; ONNX {@code GRU}-14), gates in the order update, reset,
   * hidden.
   *
   * @param activations gates and hidden, for each direction
   * @param linearBeforeReset whether the reset gate multiplies after the recurrent product (cuDNN,
   *     Keras {@code reset_after})
   */
  record Gru(
      Direction direction,
      int hiddenSize,
      List<Activation> activations,
      @Nullable Float clip,
      boolean linearBeforeReset,
      boolean hasLengths)
      implements RecurrentOp {
    public Gru {
      activations = List.copyOf(activations);
      expectActivations(activations, direction, 2);
    }

    @Override
    public String mnemonic() {
      return "gru";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      return ((RecurrentOp) this).inferStates(operands, 3, 1, false);
    }
  }

  /** Elman network (ONNX {@code RNN}-14): one activation for each direction. */
  record Rnn(
      Direction direction,
      int hiddenSize,
      List<Activation> activations,
      @Nullable Float clip,
      boolean hasLengths)
      implements RecurrentOp {
    public Rnn {
      activations = List.copyOf(activations);
      expectActivations(activations, direction, 1);
    }

    @Override
    public String mnemonic() {
      return "rnn";
    }

    @Override
    public List<TensorType> infer(Operands operands) {
      return ((RecurrentOp) this).inferStates(operands, 1, 1, false);
    }
  }
}
