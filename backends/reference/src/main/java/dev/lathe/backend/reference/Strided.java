package dev.lathe.backend.reference;

import dev.lathe.runtime.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Arithmetic on shapes and strides (both in elements), and copies that follow them. */
final class Strided {
  /** Stands in an array of indices or offsets where there is no element. */
  static final int NOTHING = -1;

  private Strided() {}

  /** The strides of a row-major tensor without gaps. */
  static long[] strides(long[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    return strides;
  }

  /** The number of elements. */
  static long count(long[] shape) {
    long count = 1;
    for (long size : shape) {
      count = Math.multiplyExact(count, size);
    }
    return count;
  }

  /** The number of elements of axes {@code from} to {@code to}, the latter not included. */
  static int count(long[] shape, int from, int to) {
    long count = 1;
    for (int i = from; i < to; i++) {
      count = Math.multiplyExact(count, shape[i]);
    }
    return Math.toIntExact(count);
  }

  /**
   * The strides with which a tensor of {@code shape} is read as one of {@code result}, to which it
   * broadcasts: zero on axes that stretch.
   */
  static long[] broadcastStrides(long[] shape, long[] result) {
    long[] own = strides(shape);
    long[] strides = new long[result.length];
    int shift = result.length - shape.length;
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] != 1) {
        strides[i + shift] = own[i];
      }
    }
    return strides;
  }

  /**
   * The offset of each element of a box, in row-major order of the box.
   *
   * @param sizes the box
   * @param strides the distance between neighbours on each axis
   */
  static int[] offsets(long[] sizes, long[] strides) {
    int[] offsets = new int[Math.toIntExact(count(sizes))];
    int filled = offsets.length == 0 ? 0 : 1;
    for (int axis = 0; axis < sizes.length && filled > 0; axis++) {
      int size = (int) sizes[axis];
      int stride = Math.toIntExact(strides[axis]);
      // From the back, so that what is read was not yet overwritten.
      for (int i = filled - 1; i >= 0; i--) {
        for (int j = size - 1; j >= 0; j--) {
          offsets[i * size + j] = offsets[i] + j * stride;
        }
      }
      filled *= size;
    }
    return offsets;
  }

  /** The offsets of the elements that differ only on {@code axes}, of a tensor of {@code shape}. */
  static int[] offsetsAlong(long[] shape, List<Integer> axes) {
    long[] strides = strides(shape);
    long[] sizes = new long[axes.size()];
    long[] steps = new long[axes.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = shape[axes.get(i)];
      steps[i] = strides[axes.get(i)];
    }
    return offsets(sizes, steps);
  }

  /** The offsets of the elements that are first on all of {@code axes}. */
  static int[] offsetsAcross(long[] shape, List<Integer> axes) {
    long[] sizes = shape.clone();
    for (int axis : axes) {
      sizes[axis] = 1;
    }
    return offsets(sizes, strides(shape));
  }

  /** The elements of a tensor of {@code shape} repeated to {@code result}. */
  static double[] expand(double[] values, long[] shape, long[] result) {
    if (count(shape) == count(result) && count(result) == values.length) {
      return values;
    }
    int[] offsets = offsets(result, broadcastStrides(shape, result));
    double[] expanded = new double[offsets.length];
    for (int i = 0; i < offsets.length; i++) {
      expanded[i] = values[offsets[i]];
    }
    return expanded;
  }

  /** The elements of a tensor of {@code shape} repeated to {@code result}. */
  static long[] expand(long[] values, long[] shape, long[] result) {
    if (count(shape) == count(result) && count(result) == values.length) {
      return values;
    }
    int[] offsets = offsets(result, broadcastStrides(shape, result));
    long[] expanded = new long[offsets.length];
    for (int i = 0; i < offsets.length; i++) {
      expanded[i] = values[offsets[i]];
    }
    return expanded;
  }

  /** A box of elements in the memory of a tensor. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record View(Tensor tensor, long offset, long[] strides) {
    /** All of a tensor. */
    static View of(Tensor tensor) {
      return new View(tensor, 0, Strided.strides(tensor.shape()));
    }
  }

  /** Copies a box of {@code sizes} elements between tensors of one element type. */
  static void copy(View from, View into, long[] sizes) {
    if (count(sizes) > 0) {
      copy(from, from.offset, into, into.offset, sizes, 0);
    }
  }

  private static void copy(View from, long source, View into, long target, long[] sizes, int axis) {
    if (axis >= sizes.length - 1) {
      boolean scalar = sizes.length == 0;
      copyRun(
          from.tensor,
          source,
          scalar ? 1 : from.strides[axis],
          into.tensor,
          target,
          scalar ? 1 : into.strides[axis],
          scalar ? 1 : sizes[axis]);
      return;
    }
    for (long i = 0; i < sizes[axis]; i++) {
      copy(
          from,
          source + i * from.strides[axis],
          into,
          target + i * into.strides[axis],
          sizes,
          axis + 1);
    }
  }

  /** Copies {@code count} elements that stand {@code step} elements apart. */
  private static void copyRun(
      Tensor from,
      long source,
      long fromStep,
      Tensor into,
      long target,
      long intoStep,
      long count) {
    MemorySegment a = from.segment();
    MemorySegment b = into.segment();
    int bits = from.elementType().bits();
    if (fromStep == 1 && intoStep == 1 && bits >= 8) {
      int bytes = bits / 8;
      MemorySegment.copy(a, source * bytes, b, target * bytes, count * bytes);
      return;
    }
    for (long i = 0; i < count; i++) {
      long s = source + i * fromStep;
      long t = target + i * intoStep;
      switch (bits) {
        case 8 -> b.set(Elements.BYTE, t, a.get(Elements.BYTE, s));
        case 16 -> b.set(Elements.SHORT, 2 * t, a.get(Elements.SHORT, 2 * s));
        case 32 -> b.set(Elements.INT, 4 * t, a.get(Elements.INT, 4 * s));
        case 64 -> b.set(Elements.LONG, 8 * t, a.get(Elements.LONG, 8 * s));
        default -> into.setLong(t, from.getLong(s));
      }
    }
  }

  /**
   * Fills a tensor with elements that stand elsewhere in another.
   *
   * @param indices for each axis of {@code into}, the index on the same axis of {@code from}, or
   *     {@link #NOTHING} to leave what is there
   */
  static void gather(Tensor from, int[][] indices, Tensor into) {
    long[] strides = strides(from.shape());
    int[] offsets = {0};
    for (int axis = 0; axis < indices.length; axis++) {
      int[] outer = offsets;
      int size = indices[axis].length;
      offsets = new int[Math.multiplyExact(outer.length, size)];
      for (int i = 0; i < offsets.length; i++) {
        int before = outer[i / size];
        int index = indices[axis][i % size];
        boolean nothing = before == NOTHING || index == NOTHING;
        offsets[i] = nothing ? NOTHING : before + index * (int) strides[axis];
      }
    }
    gather(from, offsets, into);
  }

  /** Sets each element to that at an offset in another tensor; see {@link #NOTHING}. */
  static void gather(Tensor from, int[] offsets, Tensor into) {
    for (int i = 0; i < offsets.length; i++) {
      if (offsets[i] != NOTHING) {
        copyRun(from, offsets[i], 1, into, i, 1, 1);
      }
    }
  }

  /** Sets elements at offsets in a tensor to those of another, in its order. */
  static void scatter(Tensor from, int[] offsets, Tensor into) {
    for (int i = 0; i < offsets.length; i++) {
      copyRun(from, i, 1, into, offsets[i], 1, 1);
    }
  }
}
