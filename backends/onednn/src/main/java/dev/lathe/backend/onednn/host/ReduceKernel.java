package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ReductionOp.Reduce;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Reductions along axes. Floats are accumulated in double precision, integers in 64 bits.
 *
 * <p>Where the innermost axis stays, a chunk of its elements is a chunk of lanes, to which one row
 * after another is added. Where it goes, the chunks of a row are added to each other first, and the
 * lanes then combined to one number.
 */
final class ReduceKernel implements DividedKernel {
  private final ElementType type;
  private final ReduceFunction function;
  private final ReduceLayout layout;
  private final boolean onDoubles;
  private final Accumulators.OnDoubles doubles;
  private final Accumulators.OnDoubles maxima;
  private final Accumulators.OnLongs longs;

  /** Whether each result is made of one short row, which needs no lanes. */
  private final boolean isRow;

  /** How many chunks of results the axes that stay innermost are cut into. */
  private final long chunks;

  ReduceKernel(Reduce op, Request request) {
    this.type = request.type(0);
    this.function = op.function();
    this.layout = new ReduceLayout(request.shape(0), op.axes());
    // The logarithm of a sum of exponentials is no integer anyway.
    this.onDoubles = type.isFloat() || function == ReduceFunction.LOG_SUM_EXP;
    this.doubles = Accumulators.onDoubles(function, type);
    this.maxima = Accumulators.onDoubles(ReduceFunction.MAX, type);
    this.longs = Accumulators.onLongs(function, type);
    boolean simple = function != ReduceFunction.LOG_SUM_EXP && function != ReduceFunction.L1;
    boolean shortRow = layout.innerReduced && layout.inner <= Chunk.SIZE;
    this.isRow = onDoubles && simple && shortRow && layout.reducedCount == 1;
    this.chunks = layout.innerReduced ? 1 : Math.ceilDiv(layout.inner, (long) Chunk.SIZE);
  }

  @Override
  public long units() {
    return layout.keptCount * chunks;
  }

  @Override
  public void run(MemorySegment[] operands, MemorySegment[] results, long from, long to) {
    Chunk chunk = Chunk.POOL.take();
    for (long unit = from; unit < to; unit++) {
      if (layout.innerReduced) {
        long start = layout.keptOffset(unit);
        int lanes = (int) Math.min(Chunk.SIZE, layout.inner);
        reduce(chunk, operands[0], start, lanes, results[0], unit);
      } else {
        long place = unit / chunks;
        long lane = unit % chunks * Chunk.SIZE;
        int lanes = (int) Math.min(Chunk.SIZE, layout.inner - lane);
        long start = layout.keptOffset(place) + lane;
        reduce(chunk, operands[0], start, lanes, results[0], place * layout.inner + lane);
      }
    }
    Chunk.POOL.give(chunk);
  }

  private void reduce(
      Chunk chunk, MemorySegment data, long start, int lanes, MemorySegment into, long target) {
    if (isRow) {
      chunk.load(type, data, start, lanes, chunk.d1, 0);
      chunk.d0[0] = combine(chunk.d1, lanes);
      finish(chunk.d0, chunk.d2, 1);
      chunk.store(type, into, target, 1, chunk.d0, 0);
      return;
    }
    if (onDoubles) {
      if (function == ReduceFunction.LOG_SUM_EXP) {
        Arrays.fill(chunk.d0, 0, lanes, Double.NEGATIVE_INFINITY);
        accumulate(maxima, chunk, data, start, lanes);
        if (layout.innerReduced) {
          Arrays.fill(chunk.d2, 0, lanes, Rows.max(chunk.d0, lanes));
        } else {
          System.arraycopy(chunk.d0, 0, chunk.d2, 0, lanes);
        }
      }
      Arrays.fill(chunk.d0, 0, lanes, Accumulators.start(function));
      accumulate(doubles, chunk, data, start, lanes);
      int count = layout.innerReduced ? 1 : lanes;
      if (layout.innerReduced) {
        chunk.d0[0] = fold(chunk.d0, lanes);
      }
      finish(chunk.d0, chunk.d2, count);
      chunk.store(type, into, target, count, chunk.d0, 0);
      return;
    }
    Arrays.fill(chunk.l0, 0, lanes, Accumulators.start(function, type));
    accumulate(chunk, data, start, lanes);
    int count = layout.innerReduced ? 1 : lanes;
    if (layout.innerReduced) {
      chunk.l0[0] = fold(chunk.l0, lanes);
    }
    finish(chunk.l0, count);
    chunk.store(type, into, target, count, chunk.l0, 0);
  }

  private void accumulate(
      Accumulators.OnDoubles loop, Chunk chunk, MemorySegment data, long start, int lanes) {
    long row = layout.innerReduced ? layout.inner : lanes;
    for (long r = 0; r < layout.reducedCount; r++) {
      long from = start + layout.reducedOffset(r);
      for (long at = 0; at < row; at += Chunk.SIZE) {
        int n = (int) Math.min(Chunk.SIZE, row - at);
        chunk.load(type, data, from + at, n, chunk.d1, 0);
        loop.add(chunk.d0, chunk.d1, chunk.d2, n);
      }
    }
  }

  private void accumulate(Chunk chunk, MemorySegment data, long start, int lanes) {
    long row = layout.innerReduced ? layout.inner : lanes;
    for (long r = 0; r < layout.reducedCount; r++) {
      long from = start + layout.reducedOffset(r);
      for (long at = 0; at < row; at += Chunk.SIZE) {
        int n = (int) Math.min(Chunk.SIZE, row - at);
        chunk.load(type, data, from + at, n, chunk.l1, 0);
        longs.add(chunk.l0, chunk.l1, n);
      }
    }
  }

  /** Combines a row that is one chunk. */
  private double combine(double[] x, int n) {
    return switch (function) {
      case PROD -> Rows.product(x, n);
      case MAX -> Rows.max(x, n);
      case MIN -> Rows.min(x, n);
      case L2, SUM_SQUARE -> Rows.sumSquares(x, n, 0);
      case SUM, MEAN, LOG_SUM -> Rows.sum(x, n);
      case L1, LOG_SUM_EXP -> throw new IllegalStateException(function + " takes two passes");
    };
  }

  private double fold(double[] lanes, int n) {
    return switch (function) {
      case PROD -> Rows.product(lanes, n);
      case MAX -> Rows.max(lanes, n);
      case MIN -> Rows.min(lanes, n);
      case SUM, MEAN, L1, L2, LOG_SUM, LOG_SUM_EXP, SUM_SQUARE -> Rows.sum(lanes, n);
    };
  }

  private long fold(long[] lanes, int n) {
    long flip = BinaryFunctions.flip(type);
    long result = Accumulators.start(function, type);
    for (int i = 0; i < n; i++) {
      result =
          switch (function) {
            case PROD -> result * lanes[i];
            case MAX -> Math.max(result ^ flip, lanes[i] ^ flip) ^ flip;
            case MIN -> Math.min(result ^ flip, lanes[i] ^ flip) ^ flip;
            case SUM, MEAN, L1, L2, LOG_SUM, LOG_SUM_EXP, SUM_SQUARE -> result + lanes[i];
          };
    }
    return result;
  }

  private void finish(double[] x, double[] shift, int n) {
    double count = layout.combined();
    for (int i = 0; i < n; i++) {
      x[i] =
          switch (function) {
            case SUM, PROD, MAX, MIN, L1, SUM_SQUARE -> x[i];
            case MEAN -> x[i] / count;
            case L2 -> Math.sqrt(x[i]);
            case LOG_SUM -> Math.log(x[i]);
            // Infinities and NaN come through the greatest element.
            case LOG_SUM_EXP ->
                Double.isInfinite(shift[i]) || Double.isNaN(shift[i])
                    ? shift[i]
                    : shift[i] + Math.log(x[i]);
          };
    }
  }

  /** Means, roots and logarithms are truncated; the mean of nothing is 0. */
  private void finish(long[] x, int n) {
    long count = layout.combined();
    for (int i = 0; i < n; i++) {
      x[i] =
          switch (function) {
            case SUM, PROD, MAX, MIN, L1, SUM_SQUARE, LOG_SUM_EXP -> x[i];
            case MEAN -> count == 0 ? 0 : mean(x[i], count);
            case L2 -> (long) Math.sqrt(Elements.toDouble(type, x[i]));
            case LOG_SUM -> (long) Math.log(Elements.toDouble(type, x[i]));
          };
    }
  }

  private long mean(long sum, long count) {
    return type == ElementType.U64 ? Long.divideUnsigned(sum, count) : sum / count;
  }
}
