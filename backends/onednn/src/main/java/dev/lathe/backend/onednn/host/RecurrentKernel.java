package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.RecurrentOp;
import dev.lathe.ir.op.RecurrentOp.Direction;
import dev.lathe.ir.op.RecurrentOp.Gru;
import dev.lathe.ir.op.RecurrentOp.Lstm;
import dev.lathe.ir.op.RecurrentOp.Rnn;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Recurrent layers with all options, in double precision. Steps behind the end of a sequence leave
 * its states as they are and give zeros. Weights that are constant are transposed when the kernel
 * is made, others at each run.
 */
abstract class RecurrentKernel implements DividedKernel {
  final int hidden;
  private final ElementType type;
  private final Direction direction;
  private final int steps;
  private final int batch;
  private final int inputSize;
  private final int lanes;
  private final boolean hasLengths;
  private final boolean hasCell;
  private final int firstState;
  private final int apart;
  private final double clip;
  private final @Nullable RecurrentWeights constantWeights;
  private final Pool<Scratch> scratches;

  RecurrentKernel(
      RecurrentOp op, int gates, int gatesApart, @Nullable Float clip, Request request) {
    long[] x = request.shape(0);
    this.type = request.type(0);
    this.direction = op.direction();
    this.steps = Math.toIntExact(x[0]);
    this.batch = Math.toIntExact(x[1]);
    this.inputSize = Math.toIntExact(x[2]);
    this.hidden = op.hiddenSize();
    this.lanes = gates * hidden;
    this.apart = gatesApart * hidden;
    this.hasLengths = op.hasLengths();
    this.hasCell = op instanceof Lstm;
    this.firstState = hasLengths ? 5 : 4;
    this.clip = clip == null ? Double.POSITIVE_INFINITY : clip;
    this.constantWeights = constantWeights(request);
    this.scratches = new Pool<>(this::newScratch);
  }

  static HostKernel create(RecurrentOp op, Request request) {
    return switch (op) {
      case Lstm lstm -> new LstmKernel(lstm, request);
      case Gru gru -> new GruKernel(gru, request);
      case Rnn rnn -> new RnnKernel(rnn, request);
    };
  }

  private @Nullable RecurrentWeights constantWeights(Request request) {
    ConstantData input = request.constants().get(1);
    ConstantData recurrent = request.constants().get(2);
    ConstantData bias = request.constants().get(3);
    if (input == null || recurrent == null || bias == null) {
      return null;
    }
    RecurrentWeights weights = newWeights();
    weights.load(new Staging(), type, input.segment(), recurrent.segment(), bias.segment());
    return weights;
  }

  private RecurrentWeights newWeights() {
    return new RecurrentWeights(direction.count(), inputSize, hidden, lanes, apart);
  }

  private Scratch newScratch() {
    return new Scratch(
        constantWeights == null ? newWeights() : constantWeights, inputSize, hidden, lanes);
  }

  /** The vectors of one step of one sequence. */
  static final class Scratch extends Staging {
    final RecurrentWeights weights;
    final double[] x;

    /** What is given to each gate. */
    final double[] gates;

    final double[] state;
    final double[] cell;

    /** Of the size of the state, for what a cell likes. */
    final double[] spare;

    final double[] product;

    Scratch(RecurrentWeights weights, int inputSize, int hidden, int lanes) {
      this.weights = weights;
      this.x = new double[inputSize];
      this.gates = new double[lanes];
      this.state = new double[hidden];
      this.cell = new double[hidden];
      this.spare = new double[hidden];
      this.product = new double[hidden];
    }
  }

  /**
   * Takes one step.
   *
   * @param scratch its gates hold what the input and its bias give, and may be overwritten; its
   *     states are replaced
   */
  abstract void step(Scratch scratch, int direction, MemorySegment[] operands);

  /** Bounds the inputs of an activation. */
  final void clip(double[] x, int from, int to) {
    if (clip == Double.POSITIVE_INFINITY) {
      return;
    }
    for (int i = from; i < to; i++) {
      x[i] = Math.max(-clip, Math.min(clip, x[i]));
    }
  }

  /** Adds the recurrent bias of some lanes to the gates. */
  static void addBias(Scratch scratch, int direction, int to) {
    double[] bias = scratch.weights.bias[direction];
    int lanes = scratch.gates.length;
    for (int i = 0; i < to; i++) {
      scratch.gates[i] += bias[lanes + i];
    }
  }

  @Override
  public final long units() {
    return (long) direction.count() * batch;
  }

  @Override
  public final void run(MemorySegment[] operands, MemorySegment[] results, long from, long to) {
    Scratch scratch = scratches.take();
    if (constantWeights == null && from < to) {
      scratch.weights.load(scratch, type, operands[1], operands[2], operands[3]);
    }
    for (long unit = from; unit < to; unit++) {
      runSequence(scratch, (int) (unit / batch), (int) (unit % batch), operands, results);
    }
    scratches.give(scratch);
  }

  private void runSequence(
      Scratch scratch, int d, int b, MemorySegment[] operands, MemorySegment[] results) {
    boolean backwards =
        direction == Direction.REVERSE || (direction == Direction.BIDIRECTIONAL && d == 1);
    int length = hasLengths ? length(operands[4].get(Elements.INT, 4L * b)) : steps;
    long at = ((long) d * batch + b) * hidden;
    scratch.load(type, operands[firstState], at, hidden, scratch.state, 0);
    if (hasCell) {
      scratch.load(type, operands[firstState + 1], at, hidden, scratch.cell, 0);
    }
    for (int i = 0; i < length; i++) {
      int t = backwards ? length - 1 - i : i;
      scratch.load(type, operands[0], ((long) t * batch + b) * inputSize, inputSize, scratch.x, 0);
      System.arraycopy(scratch.weights.bias[d], 0, scratch.gates, 0, lanes);
      Products.add(scratch.gates, scratch.x, scratch.weights.input[d], inputSize, lanes);
      step(scratch, d, operands);
      scratch.store(type, results[0], resultOffset(t, d, b), hidden, scratch.state, 0);
    }
    scratch.store(type, results[1], at, hidden, scratch.state, 0);
    if (hasCell) {
      scratch.store(type, results[2], at, hidden, scratch.cell, 0);
    }
    Arrays.fill(scratch.spare, 0);
    for (int t = length; t < steps; t++) {
      scratch.store(type, results[0], resultOffset(t, d, b), hidden, scratch.spare, 0);
    }
  }

  private long resultOffset(int t, int d, int b) {
    return (((long) t * direction.count() + d) * batch + b) * hidden;
  }

  private int length(int given) {
    if (given < 0 || given > steps) {
      throw new IllegalArgumentException(
          "length " + given + " is not one of a sequence of up to " + steps + " steps");
    }
    return given;
  }
}
