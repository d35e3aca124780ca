package dev.lathe.backend.onednn.binding;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The C functions in use; each constant is the function of its name in lower case, with the prefix
 * {@code dnnl_} unless it is one of OpenMP's or of the C library's. Their parameters are those of
 * {@code dnnl.h}, {@code omp.h}, {@code stdlib.h}, {@code string.h} and {@code sys/mman.h}; {@code
 * GOMP_parallel} is libgomp's own.
 */
enum Function {
  VERSION,
  GET_EFFECTIVE_CPU_ISA,
  SET_PRIMITIVE_CACHE_CAPACITY,
  ENGINE_CREATE,
  ENGINE_DESTROY,
  STREAM_CREATE,
  STREAM_DESTROY,
  STREAM_WAIT,

  MEMORY_DESC_CREATE_WITH_STRIDES,
  MEMORY_DESC_CREATE_WITH_TAG,
  MEMORY_DESC_CREATE_WITH_BLOB,
  MEMORY_DESC_CREATE_SUBMEMORY,
  MEMORY_DESC_RESHAPE,
  MEMORY_DESC_PERMUTE_AXES,
  MEMORY_DESC_GET_BLOB,
  MEMORY_DESC_GET_SIZE,
  MEMORY_DESC_QUERY,
  MEMORY_DESC_EQUAL,
  MEMORY_DESC_DESTROY,
  MEMORY_CREATE,
  MEMORY_SET_DATA_HANDLE,
  MEMORY_DESTROY,

  PRIMITIVE_ATTR_CREATE,
  PRIMITIVE_ATTR_DESTROY,
  PRIMITIVE_ATTR_SET_SCRATCHPAD_MODE,
  PRIMITIVE_ATTR_SET_FPMATH_MODE_V2,
  PRIMITIVE_ATTR_SET_SCALES,
  PRIMITIVE_ATTR_SET_ZERO_POINTS,
  PRIMITIVE_ATTR_SET_POST_OPS,
  PRIMITIVE_ATTR_SET_RNN_DATA_QPARAMS,
  PRIMITIVE_ATTR_SET_RNN_WEIGHTS_QPARAMS,
  POST_OPS_CREATE,
  POST_OPS_DESTROY,
  POST_OPS_APPEND_SUM,
  POST_OPS_APPEND_ELTWISE,
  POST_OPS_APPEND_BINARY,
  POST_OPS_APPEND_PRELU,
  POST_OPS_APPEND_DW,

  BINARY_PRIMITIVE_DESC_CREATE_V2,
  CONCAT_PRIMITIVE_DESC_CREATE,
  CONVOLUTION_FORWARD_PRIMITIVE_DESC_CREATE,
  DECONVOLUTION_FORWARD_PRIMITIVE_DESC_CREATE,
  ELTWISE_FORWARD_PRIMITIVE_DESC_CREATE,
  GROUP_NORMALIZATION_FORWARD_PRIMITIVE_DESC_CREATE,
  GRU_FORWARD_PRIMITIVE_DESC_CREATE,
  INNER_PRODUCT_FORWARD_PRIMITIVE_DESC_CREATE,
  LAYER_NORMALIZATION_FORWARD_PRIMITIVE_DESC_CREATE,
  LBR_GRU_FORWARD_PRIMITIVE_DESC_CREATE,
  LRN_FORWARD_PRIMITIVE_DESC_CREATE,
  LSTM_FORWARD_PRIMITIVE_DESC_CREATE,
  MATMUL_PRIMITIVE_DESC_CREATE,
  POOLING_FORWARD_PRIMITIVE_DESC_CREATE,
  PRELU_FORWARD_PRIMITIVE_DESC_CREATE,
  REDUCTION_PRIMITIVE_DESC_CREATE,
  REORDER_PRIMITIVE_DESC_CREATE,
  RESAMPLING_FORWARD_PRIMITIVE_DESC_CREATE,
  SHUFFLE_FORWARD_PRIMITIVE_DESC_CREATE,
  SOFTMAX_FORWARD_PRIMITIVE_DESC_CREATE,
  SUM_PRIMITIVE_DESC_CREATE,
  VANILLA_RNN_FORWARD_PRIMITIVE_DESC_CREATE,

  PRIMITIVE_DESC_QUERY,
  PRIMITIVE_DESC_QUERY_MD,
  PRIMITIVE_DESC_DESTROY,
  PRIMITIVE_CREATE,
  PRIMITIVE_EXECUTE,
  PRIMITIVE_DESTROY,
  SGEMM,

  OMP_SET_NUM_THREADS(""),
  OMP_GET_MAX_THREADS(""),
  OMP_GET_THREAD_NUM(""),
  GOMP_PARALLEL("GOMP_", "parallel"),

  MMAP(""),
  MPROTECT(""),
  MUNMAP(""),
  ALIGNED_ALLOC(""),
  FREE(""),
  STRLEN("");

  private final String prefix;
  private final @Nullable String rest;

  /** 0 until it is asked for: a process that runs a kept program needs a third of them. */
  @SuppressWarnings("ImmutableEnumChecker") // Found once, and the same for all.
  private volatile long address;

  Function() {
    this("dnnl_");
  }

  Function(String prefix) {
    this.prefix = prefix;
    this.rest = null;
  }

  Function(String prefix, String rest) {
    this.prefix = prefix;
    this.rest = rest;
  }

  /** Where the function is. */
  long address() {
    long known = address;
    if (known == 0) {
      String name = prefix + (rest == null ? name().toLowerCase(Locale.ROOT) : rest);
      known = NativeLibrary.load().findOrThrow(name).address();
      address = known;
    }
    return known;
  }

  /** Calls the function with integers and pointers; a narrower result is in the low bits. */
  long call(long... a) {
    return a.length > Downcall.NARROW ? wide(address(), 0, 0, 0, a) : narrow(address(), a);
  }

  /**
   * Calls the function with its float parameters in order, zeros where it has fewer than three, and
   * its integers and pointers in order.
   */
  long callWithFloats(float f, float g, float h, long... integers) {
    return wide(address(), f, g, h, integers);
  }

  private static long narrow(long address, long... integers) {
    long[] a =
        integers.length == Downcall.NARROW ? integers : Arrays.copyOf(integers, Downcall.NARROW);
    return Downcall.narrow(address, a[0], a[1], a[2], a[3], a[4], a[5]);
  }

  private static long wide(long address, float f, float g, float h, long... integers) {
    long[] a = Arrays.copyOf(integers, Downcall.WIDE);
    return Downcall.wide(
        address, f, g, h, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11],
        a[12], a[13], a[14], a[15], a[16]);
  }
}
