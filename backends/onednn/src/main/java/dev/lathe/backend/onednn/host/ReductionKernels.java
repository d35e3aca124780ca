package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.ReductionOp;
import dev.lathe.ir.op.ReductionOp.ArgReduce;
import dev.lathe.ir.op.ReductionOp.CumSum;
import dev.lathe.ir.op.ReductionOp.Reduce;
import dev.lathe.ir.op.ReductionOp.TopK;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Kernels of ops that combine the elements along axes. */
final class ReductionKernels {
  private ReductionKernels() {}

  static HostKernel create(ReductionOp op, Request request) {
    return switch (op) {
      case Reduce reduce -> new ReduceKernel(reduce, request);
      case ArgReduce arg -> new ArgKernel(arg, request);
      case CumSum cumSum -> new CumSumKernel(cumSum, request);
      case TopK topK -> new TopKKernel(topK, request);
    };
  }

  /**
   * The index of the greatest or least element. Lanes are neighbours on the axes behind the one
   * that is searched; the key of the best element so far stands in {@code l0}, its index in {@code
   * l1}.
   */
  private static final class ArgKernel implements HostKernel {
    private final Keys keys;
    private final boolean last;
    private final long length;
    private final long inner;
    private final long outer;

    ArgKernel(ArgReduce op, Request request) {
      long[] shape = request.shape(0);
      int axis = Axes.normalize(op.axis(), shape.length);
      this.keys = new Keys(request.type(0), op.max());
      this.last = op.selectLast();
      this.length = shape[axis];
      this.inner = Shapes.count(shape, axis + 1, shape.length);
      this.outer = Shapes.count(shape, 0, axis);
      if (length == 0) {
        throw new IllegalArgumentException(
            "axis "
                + axis
                + " of "
                + request.operands().get(0)
                + " is empty, so it has no extreme element");
      }
    }

    @Override
    public long units() {
      return outer;
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results) {
      run(operands, results, 0, outer);
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results, long from, long to) {
      Chunk chunk = Chunk.POOL.take();
      for (long o = from; o < to; o++) {
        if (inner == 1) {
          results[0].set(Elements.LONG, o * Long.BYTES, searchRow(chunk, operands[0], o * length));
          continue;
        }
        for (long lane = 0; lane < inner; lane += Chunk.SIZE) {
          int lanes = (int) Math.min(Chunk.SIZE, inner - lane);
          searchLanes(chunk, operands[0], o * length * inner + lane, lanes);
          chunk.store(ElementType.I64, results[0], o * inner + lane, lanes, chunk.l1, 0);
        }
      }
      Chunk.POOL.give(chunk);
    }

    private long searchRow(Chunk chunk, MemorySegment data, long start) {
      long best = 0;
      long index = -1;
      for (long at = 0; at < length; at += Chunk.SIZE) {
        int n = (int) Math.min(Chunk.SIZE, length - at);
        keys.load(chunk, data, start + at, n, chunk.d0, chunk.l0);
        for (int i = 0; i < n; i++) {
          long key = chunk.l0[i];
          if (key > best || index < 0 || (last && key == best)) {
            best = key;
            index = at + i;
          }
        }
      }
      return index;
    }

    private void searchLanes(Chunk chunk, MemorySegment data, long start, int lanes) {
      long[] best = chunk.l0;
      long[] index = chunk.l1;
      long[] key = chunk.l2;
      keys.load(chunk, data, start, lanes, chunk.d0, best);
      Arrays.fill(index, 0, lanes, 0);
      for (long j = 1; j < length; j++) {
        keys.load(chunk, data, start + j * inner, lanes, chunk.d0, key);
        for (int i = 0; i < lanes; i++) {
          if (key[i] > best[i] || (last && key[i] == best[i])) {
            best[i] = key[i];
            index[i] = j;
          }
        }
      }
    }
  }

  /**
   * Running sums, of floats in double precision. The sum of each lane so far is in {@code d0} or
   * {@code l0}.
   */
  private static final class CumSumKernel implements HostKernel {
    private final ElementType type;
    private final boolean exclusive;
    private final boolean reverse;
    private final long length;
    private final long inner;
    private final long outer;

    CumSumKernel(CumSum op, Request request) {
      long[] shape = request.shape(0);
      int axis = Axes.normalize(op.axis(), shape.length);
      this.type = request.type(0);
      this.exclusive = op.exclusive();
      this.reverse = op.reverse();
      this.length = shape[axis];
      this.inner = Shapes.count(shape, axis + 1, shape.length);
      this.outer = Shapes.count(shape, 0, axis);
    }

    @Override
    public void run(MemorySegment[] operands, MemorySegment[] results) {
      Chunk chunk = Chunk.POOL.take();
      for (long o = 0; o < outer; o++) {
        if (inner == 1) {
          scanRow(chunk, operands[0], results[0], o * length);
          continue;
        }
        for (long lane = 0; lane < inner; lane += Chunk.SIZE) {
          int lanes = (int) Math.min(Chunk.SIZE, inner - lane);
          Arrays.fill(chunk.d0, 0, lanes, 0);
          Arrays.fill(chunk.l0, 0, lanes, 0);
          for (long j = 0; j < length; j++) {
            long step = reverse ? length - 1 - j : j;
            long at = (o * length + step) * inner + lane;
            if (type.isFloat()) {
              addDoubles(chunk, operands[0], results[0], at, lanes);
            } else {
              addLongs(chunk, operands[0], results[0], at, lanes);
            }
          }
        }
      }
      Chunk.POOL.give(chunk);
    }

    private void scanRow(Chunk chunk, MemorySegment data, MemorySegment into, long start) {
      double sum = 0;
      long wrapping = 0;
      for (long done = 0; done < length; done += Chunk.SIZE) {
        int n = (int) Math.min(Chunk.SIZE, length - done);
        long at = start + (reverse ? length - done - n : done);
        if (type.isFloat()) {
          chunk.load(type, data, at, n, chunk.d0, 0);
          sum = scan(chunk.d0, n, sum);
          chunk.store(type, into, at, n, chunk.d0, 0);
        } else {
          chunk.load(type, data, at, n, chunk.l0, 0);
          wrapping = scan(chunk.l0, n, wrapping);
          chunk.store(type, into, at, n, chunk.l0, 0);
        }
      }
    }

    /** Replaces elements by their running sums, which begin with {@code sum}. */
    private double scan(double[] x, int n, double before) {
      double sum = before;
      for (int i = 0; i < n; i++) {
        int place = reverse ? n - 1 - i : i;
        double next = sum + x[place];
        x[place] = exclusive ? sum : next;
        sum = next;
      }
      return sum;
    }

    private long scan(long[] x, int n, long before) {
      long sum = before;
      for (int i = 0; i < n; i++) {
        int place = reverse ? n - 1 - i : i;
        long next = sum + x[place];
        x[place] = exclusive ? sum : next;
        sum = next;
      }
      return sum;
    }

    private void addDoubles(
        Chunk chunk, MemorySegment data, MemorySegment into, long at, int lanes) {
      double[] sum = chunk.d0;
      double[] x = chunk.d1;
      chunk.load(type, data, at, lanes, x, 0);
      if (exclusive) {
        chunk.store(type, into, at, lanes, sum, 0);
      }
      for (int i = 0; i < lanes; i++) {
        sum[i] += x[i];
      }
      if (!exclusive) {
        chunk.store(type, into, at, lanes, sum, 0);
      }
    }

    private void addLongs(Chunk chunk, MemorySegment data, MemorySegment into, long at, int lanes) {
      long[] sum = chunk.l0;
      long[] x = chunk.l1;
      chunk.load(type, data, at, lanes, x, 0);
      if (exclusive) {
        chunk.store(type, into, at, lanes, sum, 0);
      }
      for (int i = 0; i < lanes; i++) {
        sum[i] += x[i];
      }
      if (!exclusive) {
        chunk.store(type, into, at, lanes, sum, 0);
      }
    }
  }
}
