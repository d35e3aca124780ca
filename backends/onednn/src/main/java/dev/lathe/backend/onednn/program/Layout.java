package dev.lathe.backend.onednn.program;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where the elements of a tensor lie in a buffer: element {@code (i0, i1, …)} at {@code offset +
 * i0*strides[0] + i1*strides[1] + …}, counted in elements. Immutable.
 *
 * <p>Two layouts of the same dimensions that differ only in the strides of dimensions of size 1
 * place every element alike; {@link #sameAs} knows that.
 */
public final class Layout {
  private final long[] dims;
  private final long[] strides;
  private final long offset;

  private Layout(long[] dims, long[] strides, long offset) {
    this.dims = dims;
    this.strides = strides;
    this.offset = offset;
  }

  /** The dimensions, strides and offset given. */
  public static Layout of(long[] dims, long[] strides, long offset) {
    if (dims.length != strides.length) {
      throw new IllegalArgumentException(
          strides.length + " strides for " + dims.length + " dimensions");
    }
    return new Layout(dims.clone(), strides.clone(), offset);
  }

  /** Row-major, without gaps. */
  public static Layout dense(long... dims) {
    int[] order = new int[dims.length];
    Arrays.setAll(order, i -> i);
    return permuted(dims, order);
  }

  /**
   * Without gaps, the dimensions in another order.
   *
   * @param order the dimensions from the outermost to the innermost
   */
  public static Layout permuted(long[] dims, int... order) {
    long[] strides = new long[dims.length];
    long stride = 1;
    for (int i = order.length - 1; i >= 0; i--) {
      strides[order[i]] = stride;
      stride *= Math.max(1, dims[order[i]]);
    }
    return new Layout(dims.clone(), strides, 0);
  }

  /** Without gaps, dimension 1 the innermost, if there is one: what convolutions work on. */
  public static Layout channelsLast(long... dims) {
    if (dims.length == 0) {
      return dense();
    }
    int[] order = new int[dims.length];
    for (int i = 1; i < dims.length - 1; i++) {
      order[i] = i + 1;
    }
    order[dims.length - 1] = dims.length > 1 ? 1 : 0;
    return permuted(dims, order);
  }

  /** A copy of the dimensions. */
  public long[] dims() {
    return dims.clone();
  }

  /** A copy of the strides. */
  public long[] strides() {
    return strides.clone();
  }

  /** The number of dimensions. */
  public int rank() {
    return dims.length;
  }

  /** The size of dimension {@code axis}. */
  public long dim(int axis) {
    return dims[axis];
  }

  /** The stride of dimension {@code axis}. */
  public long stride(int axis) {
    return strides[axis];
  }

  /** The place of the first element. */
  public long offset() {
    return offset;
  }

  /** The number of elements. */
  public long count() {
    long count = 1;
    for (long dim : dims) {
      count *= dim;
    }
    return count;
  }

  /** How many elements of memory the tensor spans, from its first element to its last. */
  public long span() {
    long last = 0;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == 0) {
        return 0;
      }
      last += (dims[i] - 1) * strides[i];
    }
    return last + 1;
  }

  /** Whether the elements fill their span, in whichever order of dimensions. */
  public boolean isPacked() {
    return span() == count() && !isBroadcast();
  }

  /**
   * Whether an element stands for several: a dimension is repeated, or some overlap, as windows of
   * a sequence do. Dimensions that are interleaved otherwise than one within the other count too.
   */
  public boolean isBroadcast() {
    int[] order = order();
    long reach = 0;
    for (int i = order.length - 1; i >= 0; i--) {
      int axis = order[i];
      if (dims[axis] > 1) {
        if (strides[axis] <= reach) {
          return true;
        }
        reach += (dims[axis] - 1) * strides[axis];
      }
    }
    return false;
  }

  /** Whether this is row-major without gaps; it may have an offset. */
  public boolean isDense() {
    return sameAs(dense(dims).at(offset));
  }

  /** Whether dimension 1 is the innermost and there are no gaps; it may have an offset. */
  public boolean isChannelsLast() {
    return sameAs(channelsLast(dims).at(offset));
  }

  /** Whether both have the same dimensions and place every element alike. */
  public boolean sameAs(Layout other) {
    if (offset != other.offset || !Arrays.equals(dims, other.dims)) {
      return false;
    }
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] != 1 && strides[i] != other.strides[i]) {
        return false;
      }
    }
    return true;
  }

  /** The same strides from another place. */
  public Layout at(long newOffset) {
    return new Layout(dims, strides, newOffset);
  }

  /**
   * The dimensions in another order.
   *
   * @param permutation for every dimension of the result, the dimension of this it is
   */
  public Layout transpose(int... permutation) {
    long[] newDims = new long[dims.length];
    long[] newStrides = new long[dims.length];
    for (int i = 0; i < permutation.length; i++) {
      newDims[i] = dims[permutation[i]];
      newStrides[i] = strides[permutation[i]];
    }
    return new Layout(newDims, newStrides, offset);
  }

  /** The last two dimensions exchanged. */
  public Layout transposeMatrix() {
    int[] permutation = new int[dims.length];
    Arrays.setAll(permutation, i -> i);
    permutation[dims.length - 1] = dims.length - 2;
    permutation[dims.length - 2] = dims.length - 1;
    return transpose(permutation);
  }

  /** The elements {@code start, start + step, …} of one dimension; the step may be negative. */
  public Layout slice(int axis, long start, long step, long size) {
    long[] newDims = dims.clone();
    long[] newStrides = strides.clone();
    newDims[axis] = size;
    newStrides[axis] = strides[axis] * step;
    return new Layout(newDims, newStrides, size == 0 ? offset : offset + start * strides[axis]);
  }

  /** The same elements with dimensions of 1 put in front until there are {@code rank}. */
  public Layout prepend(int rank) {
    int extra = rank - dims.length;
    if (extra <= 0) {
      return this;
    }
    long[] newDims = new long[rank];
    long[] newStrides = new long[rank];
    Arrays.fill(newDims, 0, extra, 1);
    System.arraycopy(dims, 0, newDims, extra, dims.length);
    System.arraycopy(strides, 0, newStrides, extra, dims.length);
    long outer = Math.max(1, span());
    Arrays.fill(newStrides, 0, extra, outer);
    return new Layout(newDims, newStrides, offset);
  }

  /**
   * The elements in the same logical order with other dimensions; null where no strides do that.
   */
  public @Nullable Layout reshape(long... newDims) {
    if (count() == 0) {
      return dense(newDims).at(offset);
    }
    long[] newStrides = new long[newDims.length];
    int oldEnd = dims.length;
    int newEnd = newDims.length;
    while (oldEnd > 0 || newEnd > 0) {
      // The shortest run of dimensions from the end that has as many elements in both.
      int oldStart = Math.max(0, oldEnd - 1);
      int newStart = Math.max(0, newEnd - 1);
      long oldCount = oldEnd > 0 ? dims[oldStart] : 1;
      long newCount = newEnd > 0 ? newDims[newStart] : 1;
      while (oldCount != newCount) {
        if (oldCount < newCount && oldStart > 0) {
          oldCount *= dims[--oldStart];
        } else if (newCount < oldCount && newStart > 0) {
          newCount *= newDims[--newStart];
        } else {
          return null;
        }
      }
      long stride = runStride(oldStart, oldEnd);
      if (stride < 0) {
        return null;
      }
      for (int i = newEnd - 1; i >= newStart; i--) {
        newStrides[i] = stride;
        stride *= Math.max(1, newDims[i]);
      }
      oldEnd = oldStart;
      newEnd = newStart;
    }
    return new Layout(newDims.clone(), newStrides, offset);
  }

  /** The stride of dimensions start to end seen as one; -1 where they are not one. */
  private long runStride(int start, int end) {
    long inner = -1;
    long expected = -1;
    for (int i = end - 1; i >= start; i--) {
      if (dims[i] == 1) {
        continue;
      }
      if (inner < 0) {
        inner = strides[i];
      } else if (strides[i] != expected) {
        return -1;
      }
      expected = strides[i] * dims[i];
    }
    return inner < 0 ? 1 : inner;
  }

  /** Strides of 0 where a dimension of 1 stands for many; dimensions are put in front. */
  public Layout broadcast(long... newDims) {
    Layout full = prepend(newDims.length);
    long[] newStrides = full.strides.clone();
    for (int i = 0; i < newDims.length; i++) {
      if (full.dims[i] != newDims[i]) {
        if (full.dims[i] != 1) {
          throw new IllegalArgumentException(
              this + " does not broadcast to " + Arrays.toString(newDims));
        }
        newStrides[i] = 0;
      }
    }
    return new Layout(newDims.clone(), newStrides, offset);
  }

  /**
   * The same places with the strides of dimensions of size 1 chosen so that the order of dimensions
   * is plain to see: row-major or channels-last where this is that, else by stride.
   */
  public Layout normalized() {
    if (isDense()) {
      return dense(dims).at(offset);
    }
    if (dims.length > 2 && isChannelsLast()) {
      return channelsLast(dims).at(offset);
    }
    long[] newStrides = strides.clone();
    boolean leading = true;
    long outermost = Math.max(1, span());
    for (int i = 0; i < dims.length; i++) {
      leading &= dims[i] == 1;
      if (leading) {
        newStrides[i] = outermost;
      }
    }
    for (int i = dims.length - 1; i >= 0; i--) {
      if (dims[i] == 1 && newStrides[i] != outermost) {
        newStrides[i] = i == dims.length - 1 ? 1 : newStrides[i + 1] * Math.max(1, dims[i + 1]);
      }
    }
    return new Layout(dims, newStrides, offset);
  }

  /** The dimensions from the outermost to the innermost by stride; ties in their own order. */
  public int[] order() {
    Integer[] order = new Integer[dims.length];
    Arrays.setAll(order, i -> i);
    long[] s = normalized().strides;
    Arrays.sort(order, (a, b) -> Long.compare(s[b], s[a]));
    return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Layout that
        && offset == that.offset
        && Arrays.equals(dims, that.dims)
        && Arrays.equals(strides, that.strides);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(dims) + Arrays.hashCode(strides)) + Long.hashCode(offset);
  }

  /** Such as {@code 1x64x56x56:acdb}; strides where there are gaps. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < dims.length; i++) {
      text.append(i == 0 ? "" : "x").append(dims[i]);
    }
    text.append(':');
    for (int axis : order()) {
      text.append((char) ('a' + axis));
    }
    return isPacked() ? text.toString() : text + Arrays.toString(strides);
  }
}
