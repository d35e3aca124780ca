package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.ReductionOp.TopK;
import java.lang.foreign.MemorySegment;

/**
 * The k first elements in the order sought, always sorted.
 *
 * <p>A binary heap holds the best k elements seen so far, the worst of them at its root: most
 * elements are refused by one comparison. At the end the heap is emptied, worst first.
 */
final class TopKKernel implements DividedKernel {
  private final Keys keys;
  private final int k;
  private final long length;
  private final long inner;
  private final long outer;
  private final int width;
  private final Pool<Heap> heaps;

  TopKKernel(TopK op, Request request) {
    long[] shape = request.shape(0);
    int axis = Axes.normalize(op.axis(), shape.length);
    this.keys = new Keys(request.type(0), op.largest());
    this.k = Math.toIntExact(request.resultShape()[axis]);
    this.length = shape[axis];
    this.inner = Shapes.count(shape, axis + 1, shape.length);
    this.outer = Shapes.count(shape, 0, axis);
    this.width = request.width();
    this.heaps = new Pool<>(() -> new Heap(k));
    if (k > length) {
      throw new IllegalArgumentException(
          "k is "
              + k
              + " but axis "
              + axis
              + " of "
              + request.operands().get(0)
              + " has "
              + length);
    }
  }

  @Override
  public long units() {
    return outer * inner;
  }

  @Override
  public void run(MemorySegment[] operands, MemorySegment[] results, long from, long to) {
    if (k == 0) {
      return;
    }
    Chunk chunk = Chunk.POOL.take();
    Heap heap = heaps.take();
    for (long row = from; row < to; row++) {
      long start = row / inner * length * inner + row % inner;
      heap.size = 0;
      if (inner == 1) {
        for (long at = 0; at < length; at += Chunk.SIZE) {
          int n = (int) Math.min(Chunk.SIZE, length - at);
          keys.load(chunk, operands[0], start + at, n, chunk.d0, chunk.l0);
          for (int i = 0; i < n; i++) {
            heap.offer(chunk.l0[i], at + i);
          }
        }
      } else {
        for (long i = 0; i < length; i++) {
          keys.load(chunk, operands[0], start + i * inner, 1, chunk.d0, chunk.l0);
          heap.offer(chunk.l0[0], i);
        }
      }
      long target = row / inner * k * inner + row % inner;
      for (int i = k - 1; i >= 0; i--) {
        long index = heap.indices[0];
        heap.removeWorst();
        long at = target + i * inner;
        Words.copyBlock(
            operands[0], (start + index * inner) * width, results[0], at * width, width);
        Elements.setLong(ElementType.I64, results[1], at, index);
      }
    }
    heaps.give(heap);
    Chunk.POOL.give(chunk);
  }

  /** Elements of which the root is the worst: the least key, and of equal keys the last index. */
  private static final class Heap {
    final long[] keys;
    final long[] indices;
    int size;

    Heap(int capacity) {
      this.keys = new long[capacity];
      this.indices = new long[capacity];
    }

    /** Takes an element in if there is room, or if it is better than the worst. */
    void offer(long key, long index) {
      if (size < keys.length) {
        rise(size++, key, index);
      } else if (key > keys[0]) {
        // Indices come in ascending order, so that an equal key is worse.
        sink(key, index);
      }
    }

    void removeWorst() {
      size--;
      if (size > 0) {
        sink(keys[size], indices[size]);
      }
    }

    private boolean isWorse(long key, long index, int place) {
      return key < keys[place] || (key == keys[place] && index > indices[place]);
    }

    private void rise(int from, long key, long index) {
      int place = from;
      while (place > 0 && isWorse(key, index, (place - 1) / 2)) {
        move((place - 1) / 2, place);
        place = (place - 1) / 2;
      }
      keys[place] = key;
      indices[place] = index;
    }

    /** Puts an element in place of the root. */
    private void sink(long key, long index) {
      int place = 0;
      while (2 * place + 1 < size) {
        int child = 2 * place + 1;
        if (child + 1 < size && isWorse(keys[child + 1], indices[child + 1], child)) {
          child++;
        }
        if (isWorse(key, index, child)) {
          break;
        }
        move(child, place);
        place = child;
      }
      keys[place] = key;
      indices[place] = index;
    }

    private void move(int from, int to) {
      keys[to] = keys[from];
      indices[to] = indices[from];
    }
  }
}
