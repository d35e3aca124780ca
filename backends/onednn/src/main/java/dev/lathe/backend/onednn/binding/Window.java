package dev.lathe.backend.onednn.binding;

import java.util.List;

/**
 * How a kernel moves over the spatial dimensions of its source.
 *
 * @param strides the distance between neighbouring positions, for every spatial dimension
 * @param dilations the gap between neighbouring taps of the kernel: 0 where they touch
 * @param padBegin how many elements of padding precede the source
 * @param padEnd how many elements of padding follow the source
 */
public record Window(
    List<Long> strides, List<Long> dilations, List<Long> padBegin, List<Long> padEnd) {
  /** Copies the lists, which have one entry for every spatial dimension. */
  public Window {
    strides = List.copyOf(strides);
    dilations = List.copyOf(dilations);
    padBegin = List.copyOf(padBegin);
    padEnd = List.copyOf(padEnd);
    int spatial = strides.size();
    if (dilations.size() != spatial || padBegin.size() != spatial || padEnd.size() != spatial) {
      throw new IllegalArgumentException(
          "a window's lists differ in length: " + List.of(strides, dilations, padBegin, padEnd));
    }
  }

  @Override
  public String toString() {
    return "strides "
        + strides
        + ", dilations "
        + dilations
        + ", padding "
        + padBegin
        + " to "
        + padEnd;
  }
}
