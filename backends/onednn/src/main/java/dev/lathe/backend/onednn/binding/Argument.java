package dev.lathe.backend.onednn.binding;

/** The numbers that name a primitive's arguments when it is executed ({@code DNNL_ARG_*}). */
public final class Argument {
  public static final int SRC = 1;
  public static final int SRC_1 = 2;
  public static final int SRC_2 = 3;
  public static final int DST = 17;
  public static final int WEIGHTS = 33;
  public static final int BIAS = 41;
  public static final int SCALE = 51;
  public static final int SHIFT = 52;
  public static final int SCRATCHPAD = 80;

  public static final int SRC_LAYER = 1;
  public static final int SRC_ITER = 2;
  public static final int SRC_ITER_C = 3;
  public static final int DST_LAYER = 17;
  public static final int DST_ITER = 18;
  public static final int DST_ITER_C = 19;
  public static final int WEIGHTS_LAYER = 33;
  public static final int WEIGHTS_ITER = 34;
  public static final int WEIGHTS_PEEPHOLE = 35;
  public static final int WEIGHTS_PROJECTION = 36;

  private static final int MULTIPLE_SRC = 1024;
  private static final int SCALES = 4096;
  private static final int ZERO_POINTS = 8192;
  private static final int POST_OP_DEPTHWISE = 16384;
  private static final int POST_OP = 32768;

  private Argument() {}

  /** Source number {@code index}, from 0, of a concatenation or sum. */
  public static int multipleSource(int index) {
    return MULTIPLE_SRC + index;
  }

  /** The scales of argument {@code argument}. */
  public static int scales(int argument) {
    return SCALES | argument;
  }

  /** The zero points of argument {@code argument}. */
  public static int zeroPoints(int argument) {
    return ZERO_POINTS | argument;
  }

  /** Argument {@code argument} of the depthwise convolution fused behind a convolution. */
  public static int depthwisePostOp(int argument) {
    return POST_OP_DEPTHWISE | argument;
  }

  /** Argument {@code argument} of the post-op number {@code index}, from 0. */
  public static int postOp(int index, int argument) {
    return POST_OP * (index + 1) | argument;
  }
}
