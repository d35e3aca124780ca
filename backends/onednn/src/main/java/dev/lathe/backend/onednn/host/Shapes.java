package dev.lathe.backend.onednn.host;

/** Arithmetic on sizes and strides, both in elements. */
final class Shapes {
  private Shapes() {}

  /** The number of elements. */
  static long count(long[] shape) {
    return count(shape, 0, shape.length);
  }

  /** The product of the sizes of axes {@code from} to {@code to - 1}. */
  static long count(long[] shape, int from, int to) {
    long count = 1;
    for (int i = from; i < to; i++) {
      count = Math.multiplyExact(count, shape[i]);
    }
    return count;
  }

  /** The strides of a dense row-major tensor. */
  static long[] strides(long[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    return strides;
  }

  /** The strides with which a dense tensor is read as one of the shape it broadcasts to. */
  static long[] broadcastStrides(long[] shape, long[] result) {
    long[] own = strides(shape);
    long[] strides = new long[result.length];
    int shift = result.length - shape.length;
    for (int i = 0; i < shape.length; i++) {
      strides[i + shift] = shape[i] == 1 ? 0 : own[i];
    }
    return strides;
  }
}
