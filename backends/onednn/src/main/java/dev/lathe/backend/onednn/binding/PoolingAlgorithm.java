package dev.lathe.backend.onednn.binding;

/** How a pooling window's elements are joined. The values are those of the C enumeration. */
public enum PoolingAlgorithm {
  MAX(0x1ff),
  /** The mean over the whole window, padding counted as zeros. */
  AVERAGE_INCLUDE_PADDING(0x2ff),
  /** The mean over the elements of the window that are not padding. */
  AVERAGE_EXCLUDE_PADDING(0x3ff);

  private final int code;

  PoolingAlgorithm(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
