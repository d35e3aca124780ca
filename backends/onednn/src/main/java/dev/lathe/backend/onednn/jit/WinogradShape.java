package dev.lathe.backend.onednn.jit;

/**
 * A convolution of stride 1 with windows of 3 by 3, as Winograd's algorithm sees it: its results
 * are computed in tiles of {@value #TILE} by {@value #TILE} positions, each from {@value #SIZE} by
 * {@value #SIZE} of the input. Tensors lie channels-last.
 *
 * @param channels of the input
 * @param filters channels of the output
 * @param rows of tiles that are computed at a time, counted over the samples of the batch
 */
public record WinogradShape(
    int batch,
    int height,
    int width,
    int channels,
    int padTop,
    int padLeft,
    int outHeight,
    int outWidth,
    int filters,
    int rows) {
  /** Positions of a result along an axis of a tile. */
  public static final int TILE = 4;

  /** Positions of the input along an axis of a tile. */
  public static final int SIZE = 6;

  /** The products for a tile. */
  public static final int PRODUCTS = SIZE * SIZE;

  /** Tiles above each other in a sample. */
  public int tilesHigh() {
    return Math.ceilDiv(outHeight, TILE);
  }

  /** Tiles beside each other. */
  public int tilesWide() {
    return Math.ceilDiv(outWidth, TILE);
  }

  /** Rows of tiles in all samples. */
  public int allRows() {
    return batch * tilesHigh();
  }

  /** Tiles that are computed at a time. */
  public int tiles() {
    return rows * tilesWide();
  }

  /** The same with another number of rows at a time. */
  public WinogradShape withRows(int count) {
    return new WinogradShape(
        batch, height, width, channels, padTop, padLeft, outHeight, outWidth, filters, count);
  }

  /** Whether the code's 32-bit displacements reach every element. */
  public boolean isAddressable() {
    long input = (long) height * width * channels;
    long output = (long) outHeight * outWidth * filters;
    long products = (long) PRODUCTS * tiles() * Math.max(channels, filters);
    return Math.max(Math.max(input, output), products) * Float.BYTES < Integer.MAX_VALUE;
  }
}
