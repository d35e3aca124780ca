package dev.lathe.backend.onednn.jit;

/**
 * A convolution as {@link DirectCode} computes it: the filters of a group, or of a panel of the
 * only group, are at most {@value #MOST_VECTORS} vectors of f32. The result lies channels-last.
 *
 * @param window the windows, and the channels of the image, of all groups
 * @param groups that the channels and filters are divided into
 * @param filters of all groups
 * @param channelsLast whether the image lies (batch, height, width, channels), otherwise (batch,
 *     channels, height, width)
 */
public record DirectShape(WindowShape window, int groups, int filters, boolean channelsLast) {
  /** The vectors whose sums are computed at a time. */
  public static final int MOST_VECTORS = 4;

  /** Channels of a group. */
  public int channels() {
    return window.channels() / groups;
  }

  /** Filters of a group. */
  public int groupFilters() {
    return filters / groups;
  }

  /** Vectors of a panel; the last panel may have fewer. */
  public int vectors() {
    int all = Math.ceilDiv(groupFilters(), CodeSource.LANES);
    return Math.ceilDiv(all, Math.ceilDiv(all, MOST_VECTORS));
  }

  /** Filters of a panel; the last may have fewer. */
  int panelFilters() {
    return groups > 1 ? groupFilters() : vectors() * CodeSource.LANES;
  }

  /** Panels of all groups. */
  public int panels() {
    return groups * Math.ceilDiv(groupFilters(), vectors() * CodeSource.LANES);
  }

  /** The weights of a panel: (taps, channels, vectors, {@value CodeSource#LANES}). */
  public int panelWeights() {
    return window.taps() * channels() * vectors() * CodeSource.LANES;
  }

  /** Bytes from a column of the image to the next. */
  int pixel() {
    return (channelsLast ? window.channels() : 1) * Float.BYTES;
  }

  /** Bytes from a channel to the next. */
  int channel() {
    return (channelsLast ? 1 : window.height() * window.width()) * Float.BYTES;
  }

  /** Whether there is code for it: a group has one panel, or there is one group. */
  public boolean isSupported() {
    return window.isSupported()
        && (groups == 1 || panels() == groups)
        && (long) window.outHeight() * window.outWidth() * filters * Float.BYTES
            <= Integer.MAX_VALUE
        && (long) panelWeights() * Float.BYTES * panels() <= Integer.MAX_VALUE;
  }
}
