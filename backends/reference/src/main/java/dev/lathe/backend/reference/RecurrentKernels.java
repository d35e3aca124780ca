package dev.lathe.backend.reference;

import dev.lathe.ir.op.RecurrentOp;
import dev.lathe.ir.op.RecurrentOp.Direction;
import dev.lathe.ir.op.RecurrentOp.Gru;
import dev.lathe.ir.op.RecurrentOp.Lstm;
import dev.lathe.ir.op.RecurrentOp.Rnn;
import dev.lathe.runtime.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Recurrent layers. States stay in double precision from step to step and are rounded when they are
 * written.
 */
final class RecurrentKernels {
  private final Call call;
  private final RecurrentOp op;
  private final @Nullable Float clip;
  private final int steps;
  private final int batch;
  private final int hidden;
  private final int directions;
  private final int gates;
  private final int firstState;

  /** All hidden states, [T, D, B, H], and the last states, [D, B, H]. */
  private final double[] all;

  private final double[] lastHidden;
  private final double[] lastCell;

  private RecurrentKernels(RecurrentOp op, int gates, @Nullable Float clip, Call call) {
    this.call = call;
    this.op = op;
    this.gates = gates;
    this.clip = clip;
    steps = Math.toIntExact(call.shape(0)[0]);
    batch = Math.toIntExact(call.shape(0)[1]);
    hidden = op.hiddenSize();
    directions = op.direction().count();
    firstState = op.hasLengths() ? 5 : 4;
    all = new double[Math.multiplyExact(steps, directions * batch * hidden)];
    lastHidden = call.doubles(firstState);
    lastCell = op instanceof Lstm ? call.doubles(firstState + 1) : new double[0];
  }

  static List<Tensor> lstm(Lstm op, Call call) {
    RecurrentKernels kernel = new RecurrentKernels(op, 4, op.clip(), call);
    double[] peepholes =
        op.hasPeepholes()
            ? call.doubles(kernel.firstState + 2)
            : new double[kernel.directions * 3 * op.hiddenSize()];
    return kernel.run(direction -> kernel.new LstmCell(op, direction, peepholes));
  }

  static List<Tensor> gru(Gru op, Call call) {
    RecurrentKernels kernel = new RecurrentKernels(op, 3, op.clip(), call);
    return kernel.run(direction -> kernel.new GruCell(op, direction));
  }

  static List<Tensor> rnn(Rnn op, Call call) {
    RecurrentKernels kernel = new RecurrentKernels(op, 1, op.clip(), call);
    return kernel.run(
        direction -> {
          DoubleUnaryOperator f = Activations.of(op.activations().get(direction));
          return (given, state, cell, recurrence) -> {
            recurrence.addProducts(state, 0, 1, given);
            for (int i = 0; i < state.length; i++) {
              state[i] = f.applyAsDouble(kernel.clipped(given[i]));
            }
          };
        });
  }

  private double clipped(double x) {
    return clip == null ? x : Math.clamp(x, -(double) clip, (double) clip);
  }

  /** One step of one sequence. */
  private interface Step {
    /**
     * Replaces the states.
     *
     * @param given what the input and the biases give each gate, {@code [G*H]}; may be overwritten
     * @param cell empty if the op has no cell state
     */
    void take(double[] given, double[] state, double[] cell, Recurrence recurrence);
  }

  private List<Tensor> run(IntFunction<Step> steps) {
    for (int direction = 0; direction < directions; direction++) {
      Step step = steps.apply(direction);
      Recurrence recurrence = new Recurrence(direction);
      double[] given = recurrence.inputs();
      int d = direction;
      call.workers().forEach(batch, b -> runSequence(step, recurrence, given, d, b));
    }
    Tensor states = call.result(0);
    Elements.write(states, all);
    Tensor last = call.result(1);
    Elements.write(last, lastHidden);
    if (!(op instanceof Lstm)) {
      return List.of(states, last);
    }
    Tensor cell = call.result(2);
    Elements.write(cell, lastCell);
    return List.of(states, last, cell);
  }

  /** Steps beyond the length of a sequence leave its states and give zeros. */
  private void runSequence(Step step, Recurrence recurrence, double[] given, int direction, int b) {
    int length = steps;
    if (op.hasLengths()) {
      length = Math.toIntExact(call.operand(4).getLong(b));
      if (length < 0 || length > steps) {
        throw new IllegalArgumentException(
            "length " + length + " is not one of a sequence of up to " + steps + " steps");
      }
    }
    boolean backwards =
        op.direction() == Direction.REVERSE
            || (op.direction() == Direction.BIDIRECTIONAL && direction == 1);
    int at = (direction * batch + b) * hidden;
    double[] state = Arrays.copyOfRange(lastHidden, at, at + hidden);
    double[] cell = lastCell.length == 0 ? lastCell : Arrays.copyOfRange(lastCell, at, at + hidden);
    int width = gates * hidden;
    for (int i = 0; i < length; i++) {
      int t = backwards ? length - 1 - i : i;
      int row = (t * batch + b) * width;
      step.take(Arrays.copyOfRange(given, row, row + width), state, cell, recurrence);
      System.arraycopy(state, 0, all, ((t * directions + direction) * batch + b) * hidden, hidden);
    }
    System.arraycopy(state, 0, lastHidden, at, hidden);
    System.arraycopy(cell, 0, lastCell, lastCell.length == 0 ? 0 : at, cell.length);
  }

  /** The weights of one direction. */
  private final class Recurrence {
    private final int direction;
    private final double[] weights;
    private final double[] biases;

    Recurrence(int direction) {
      this.direction = direction;
      int rows = gates * hidden;
      weights = new double[rows * hidden];
      Elements.read(call.operand(2), (long) direction * weights.length, weights, 0, weights.length);
      biases = new double[2 * rows];
      Elements.read(call.operand(3), (long) direction * biases.length, biases, 0, biases.length);
    }

    /** The recurrent bias of a row of the weights. */
    double bias(int row) {
      return biases[gates * hidden + row];
    }

    /**
     * What the input gives all gates at all steps, {@code [T, B, G*H]}, biases added: both, but for
     * the hidden gate of a GRU, whose recurrent bias the reset gate may multiply.
     */
    double[] inputs() {
      int rows = gates * hidden;
      int inputSize = Math.toIntExact(call.shape(0)[2]);
      double[] sums = new double[Math.multiplyExact(steps * batch, rows)];
      boolean isGru = op instanceof Gru;
      Product product =
          new Product(
              Matrix.of(call.operand(0), 0, inputSize, 1),
              Matrix.of(call.operand(1), (long) direction * rows * inputSize, 1, inputSize),
              steps * batch,
              inputSize,
              rows,
              (row, column, values, count) -> {
                for (int i = 0; i < count; i++) {
                  int gate = column + i;
                  boolean held = isGru && gate >= 2 * hidden;
                  sums[row * rows + gate] = values[i] + biases[gate] + (held ? 0 : bias(gate));
                }
              });
      Product.computeAll(call.workers(), List.of(product));
      return sums;
    }

    /** Adds the product of the weights of gates {@code from} to {@code to} and a state. */
    void addProducts(double[] state, int from, int to, double[] into) {
      for (int row = from * hidden; row < to * hidden; row++) {
        double sum = 0;
        for (int i = 0; i < hidden; i++) {
          sum += weights[row * hidden + i] * state[i];
        }
        into[row] += sum;
      }
    }
  }

  /** The gates of an LSTM in one direction, in the order input, output, forget, cell. */
  private final class LstmCell implements Step {
    private final boolean inputForget;
    private final DoubleUnaryOperator f;
    private final DoubleUnaryOperator g;
    private final DoubleUnaryOperator h;
    private final double[] peepholes;
    private final int peephole;

    LstmCell(Lstm op, int direction, double[] peepholes) {
      inputForget = op.inputForget();
      f = Activations.of(op.activations().get(3 * direction));
      g = Activations.of(op.activations().get(3 * direction + 1));
      h = Activations.of(op.activations().get(3 * direction + 2));
      this.peepholes = peepholes;
      peephole = direction * 3 * hidden;
    }

    @Override
    public void take(double[] given, double[] state, double[] cell, Recurrence recurrence) {
      recurrence.addProducts(state, 0, 4, given);
      for (int i = 0; i < hidden; i++) {
        double toInput = peepholes[peephole + i];
        double toOutput = peepholes[peephole + hidden + i];
        double toForget = peepholes[peephole + 2 * hidden + i];
        double input = f.applyAsDouble(clipped(given[i] + toInput * cell[i]));
        double forget =
            inputForget
                ? 1 - input
                : f.applyAsDouble(clipped(given[2 * hidden + i] + toForget * cell[i]));
        double candidate = g.applyAsDouble(clipped(given[3 * hidden + i]));
        cell[i] = forget * cell[i] + input * candidate;
        double output = f.applyAsDouble(clipped(given[hidden + i] + toOutput * cell[i]));
        state[i] = output * h.applyAsDouble(clipped(cell[i]));
      }
    }
  }

  /** The gates of a GRU in one direction, in the order update, reset, hidden. */
  private final class GruCell implements Step {
    private final boolean linearBeforeReset;
    private final DoubleUnaryOperator f;
    private final DoubleUnaryOperator g;

    GruCell(Gru op, int direction) {
      linearBeforeReset = op.linearBeforeReset();
      f = Activations.of(op.activations().get(2 * direction));
      g = Activations.of(op.activations().get(2 * direction + 1));
    }

    @Override
    public void take(double[] given, double[] state, double[] cell, Recurrence recurrence) {
      recurrence.addProducts(state, 0, 2, given);
      for (int i = 0; i < 2 * hidden; i++) {
        given[i] = f.applyAsDouble(clipped(given[i]));
      }
      double[] seen = state.clone();
      for (int i = 0; i < hidden && !linearBeforeReset; i++) {
        seen[i] *= given[hidden + i];
      }
      double[] products = new double[3 * hidden];
      recurrence.addProducts(seen, 2, 3, products);
      for (int i = 0; i < hidden; i++) {
        double recurrent = products[2 * hidden + i] + recurrence.bias(2 * hidden + i);
        double reset = linearBeforeReset ? given[hidden + i] : 1;
        double candidate = g.applyAsDouble(clipped(given[2 * hidden + i] + reset * recurrent));
        state[i] = (1 - given[i]) * candidate + given[i] * state[i];
      }
    }
  }
}
