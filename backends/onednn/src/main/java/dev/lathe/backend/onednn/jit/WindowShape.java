package dev.lathe.backend.onednn.jit;

/**
 * Windows that are moved over the images of a batch, without dilation.
 *
 * @param channels of an image
 * @param padTop rows of zeros above the image; as many as the output needs are below
 * @param padLeft columns of zeros before the image; as many as the output needs are behind
 */
public record WindowShape(
    int batch,
    int height,
    int width,
    int channels,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int padTop,
    int padLeft,
    int outHeight,
    int outWidth) {
  private static final int MOST_COLUMNS = 16;

  /** The weights of a channel. */
  public int taps() {
    return kernelHeight * kernelWidth;
  }

  /** Channels by vectors of f32, the last of which may not be full. */
  public int vectors() {
    return Math.ceilDiv(channels, CodeSource.LANES);
  }

  /**
   * Whether there is code for it: every window meets the image, a row of weights has registers, and
   * 32-bit displacements reach every element.
   */
  public boolean isSupported() {
    long input = (long) height * width * channels;
    long output = (long) outHeight * outWidth * channels;
    return kernelWidth <= MOST_COLUMNS
        && padTop < kernelHeight
        && (outHeight - 1) * strideHeight - padTop < height
        && Math.max(input, output) * Float.BYTES <= Integer.MAX_VALUE;
  }
}
