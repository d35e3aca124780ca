package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.RecurrentOp.Direction;
import dev.lathe.ir.op.RecurrentOp.Lstm;
import java.lang.foreign.MemorySegment;

/**
 * Long short-term memory of a few f32 sequences with constant weights and no options, in single
 * precision. What the inputs give to the gates of all steps is computed first; then a step is the
 * product of the state with the recurrent weights, which stay in a core's cache, and four loops
 * over the gates. A library that runs each step as a matrix product and divides it among threads
 * takes longer to call and to wait than to multiply.
 *
 * <p>Loops read and write separate arrays at the same index, which is what the JVM vectorises.
 */
final class FloatLstm implements DividedKernel {
  private static final int GATES = 4;

  /** Above, the weights of a direction leave no room in a second-level cache of a megabyte. */
  private static final int MOST_WEIGHTS = 200_000;

  /** With more, a matrix product of all of them is the faster. */
  private static final int MOST_SEQUENCES = 1;

  private final Direction direction;
  private final int steps;
  private final int batch;
  private final int inputSize;
  private final int hidden;

  /** For each direction and input, or element of the state, what it gives to each gate. */
  private final float[][][] input;

  private final float[][][] recurrent;

  /** For each direction, both biases of each gate. */
  private final float[][] bias;

  private final Pool<Scratch> scratches;

  /**
   * @throws IllegalArgumentException if weights are not constant
   */
  FloatLstm(Lstm op, Request request) {
    long[] x = request.shape(0);
    this.direction = op.direction();
    this.steps = Math.toIntExact(x[0]);
    this.batch = Math.toIntExact(x[1]);
    this.inputSize = Math.toIntExact(x[2]);
    this.hidden = op.hiddenSize();
    this.input = columns(data(request, 1), inputSize);
    this.recurrent = columns(data(request, 2), hidden);
    this.bias = sums(data(request, 3));
    this.scratches = new Pool<>(() -> new Scratch(steps, inputSize, hidden));
  }

  /** Whether this computes a layer. */
  static boolean computes(Lstm op, Request request) {
    long[] x = request.shape(0);
    boolean isKnown =
        request.constants().get(1) != null
            && request.constants().get(2) != null
            && request.constants().get(3) != null;
    long weights = (long) GATES * op.hiddenSize() * (op.hiddenSize() + x[2]);
    return op.isPlain()
        && !op.hasLengths()
        && isKnown
        && request.type(0) == ElementType.F32
        && x[1] <= MOST_SEQUENCES
        && weights <= MOST_WEIGHTS;
  }

  private static ConstantData data(Request request, int operand) {
    ConstantData data = request.constants().get(operand);
    if (data == null) {
      throw new IllegalArgumentException("operand " + operand + " is not constant");
    }
    return data;
  }

  /** Of (directions, gates, inputs), the columns. */
  private float[][][] columns(ConstantData data, int inputs) {
    int lanes = GATES * hidden;
    float[][][] columns = new float[direction.count()][inputs][lanes];
    long at = 0;
    for (float[][] each : columns) {
      for (int lane = 0; lane < lanes; lane++) {
        for (int i = 0; i < inputs; i++) {
          each[i][lane] = data.segment().get(Elements.FLOAT, 4 * at++);
        }
      }
    }
    return columns;
  }

  private float[][] sums(ConstantData data) {
    int lanes = GATES * hidden;
    float[][] sums = new float[direction.count()][lanes];
    for (int d = 0; d < sums.length; d++) {
      for (int lane = 0; lane < lanes; lane++) {
        long at = 2L * d * lanes + lane;
        sums[d][lane] =
            data.segment().get(Elements.FLOAT, 4 * at)
                + data.segment().get(Elements.FLOAT, 4 * (at + lanes));
      }
    }
    return sums;
  }

  /** The vectors of one sequence. */
  private static final class Scratch {
    final float[][] x;
    final float[][] gates;
    final float[] state;
    final float[] cell;
    final float[] entering;
    final float[] leaving;
    final float[] kept;
    final float[] candidate;

    Scratch(int steps, int inputSize, int hidden) {
      x = new float[steps][inputSize];
      gates = new float[steps][GATES * hidden];
      state = new float[hidden];
      cell = new float[hidden];
      entering = new float[hidden];
      leaving = new float[hidden];
      kept = new float[hidden];
      candidate = new float[hidden];
    }
  }

  @Override
  public long units() {
    return (long) direction.count() * batch;
  }

  @Override
  public void run(MemorySegment[] operands, MemorySegment[] results, long from, long to) {
    Scratch scratch = scratches.take();
    for (long unit = from; unit < to; unit++) {
      sequence(scratch, (int) (unit / batch), (int) (unit % batch), operands, results);
    }
    scratches.give(scratch);
  }

  private void sequence(
      Scratch scratch, int d, int b, MemorySegment[] operands, MemorySegment[] results) {
    boolean backwards = direction == Direction.REVERSE || d == 1;
    for (int t = 0; t < steps; t++) {
      load(operands[0], (long) t * batch + b, scratch.x[t]);
      System.arraycopy(bias[d], 0, scratch.gates[t], 0, GATES * hidden);
    }
    int t = 0;
    for (; t < steps - 1; t += 2) {
      FloatProducts.add(
          scratch.gates[t], scratch.x[t], scratch.gates[t + 1], scratch.x[t + 1], input[d]);
    }
    if (t < steps) {
      FloatProducts.add(scratch.gates[t], scratch.x[t], input[d]);
    }
    long last = (long) d * batch + b;
    load(operands[4], last, scratch.state);
    load(operands[5], last, scratch.cell);
    for (int i = 0; i < steps; i++) {
      int now = backwards ? steps - 1 - i : i;
      step(scratch, scratch.gates[now], recurrent[d]);
      long place = ((long) now * direction.count() + d) * batch + b;
      store(scratch.state, results[0], place);
    }
    store(scratch.state, results[1], last);
    store(scratch.cell, results[2], last);
  }

  private void step(Scratch scratch, float[] gates, float[][] weights) {
    int h = hidden;
    FloatProducts.add(gates, scratch.state, weights);
    FloatLoops.sigmoid(gates, 0, 3 * h);
    FloatLoops.tanh(gates, 3 * h, GATES * h);
    System.arraycopy(gates, 0, scratch.entering, 0, h);
    System.arraycopy(gates, h, scratch.leaving, 0, h);
    System.arraycopy(gates, 2 * h, scratch.kept, 0, h);
    System.arraycopy(gates, 3 * h, scratch.candidate, 0, h);
    next(scratch.cell, scratch.kept, scratch.entering, scratch.candidate, scratch.state, h);
    FloatLoops.tanh(scratch.state, 0, h);
    multiply(scratch.state, scratch.leaving, h);
  }

  /** The new cell state, also in {@code copy}. */
  private static void next(
      float[] cell, float[] kept, float[] entering, float[] candidate, float[] copy, int count) {
    for (int i = 0; i < count; i++) {
      float c = kept[i] * cell[i] + entering[i] * candidate[i];
      cell[i] = c;
      copy[i] = c;
    }
  }

  private static void multiply(float[] x, float[] by, int count) {
    for (int i = 0; i < count; i++) {
      x[i] *= by[i];
    }
  }

  private static void load(MemorySegment from, long row, float[] to) {
    MemorySegment.copy(from, Elements.FLOAT, 4 * row * to.length, to, 0, to.length);
  }

  private static void store(float[] from, MemorySegment to, long row) {
    MemorySegment.copy(from, 0, to, Elements.FLOAT, 4 * row * from.length, from.length);
  }
}
