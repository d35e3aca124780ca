package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.Operation;
import java.util.List;

/**
 * A rough estimate of how long one thread takes for an operation, to decide whether it is worth
 * several.
 *
 * <p>Threads that share a kernel wait for one another at its end: about a microsecond if all of
 * them run, and much more if the processor has other things to do. A kernel of a few microseconds
 * is better done by the thread that is there. The numbers are those of a core with AVX-512 and need
 * not be right, only of the right order.
 */
final class Work {
  /** Kernels that take less are done by one thread. */
  private static final double WORTH_SHARING_NANOS = 10_000;

  private static final double FLOPS_PER_NANO = 80;
  private static final double BYTES_PER_NANO = 10;

  private Work() {}

  /** The number of threads for an operation, given the number there are: one or all. */
  static int threads(Operation operation, int available) {
    return available == 1 || nanos(operation) < WORTH_SHARING_NANOS ? 1 : available;
  }

  /** The number of threads for a kernel that takes as long as it reads and writes. */
  static int threads(long bytes, int available) {
    return available == 1 || bytes / BYTES_PER_NANO < WORTH_SHARING_NANOS ? 1 : available;
  }

  /** As many bytes as are read and written while so many operations are done. */
  static long bytes(long flops) {
    return (long) (flops / FLOPS_PER_NANO * BYTES_PER_NANO);
  }

  /** As many bytes as are read and written in so much time. */
  static long bytesIn(double nanos) {
    return (long) (nanos * BYTES_PER_NANO);
  }

  private static double nanos(Operation operation) {
    return switch (operation) {
      case Operation.Convolution o ->
          product(o.source(), o.weights(), o.destination(), 2.0 * positions(o.destination()));
      case Operation.Deconvolution o ->
          product(o.source(), o.weights(), o.destination(), 2.0 * positions(o.source()));
      case Operation.InnerProduct o ->
          product(o.source(), o.weights(), o.destination(), 2.0 * o.source().dim(0));
      case Operation.MatMul o -> {
        int rank = o.destination().rank();
        double flops = 2.0 * count(o.destination()) * o.source().dim(rank - 1);
        yield Math.max(flops / FLOPS_PER_NANO, bytes(o.source(), o.weights(), o.destination()));
      }
      // Steps follow one another, and the threads wait for each other after each.
      case Operation.Rnn o ->
          2.0
              * o.source().dim(1)
              * (count(o.weightsLayer()) + count(o.weightsIteration()))
              / FLOPS_PER_NANO;
      case Operation.Softmax o -> 4 * bytes(o.source(), o.destination());
      case Operation.Lrn o -> 8 * bytes(o.source(), o.destination());
      case Operation.Eltwise o -> 2 * bytes(o.source(), o.destination());
      case Operation.Pooling o -> kernel(o.kernel()) * bytes(o.source(), o.destination());
      case Operation.LayerNormalization o -> 2 * bytes(o.source(), o.destination());
      case Operation.GroupNormalization o -> 2 * bytes(o.source(), o.destination());
      case Operation.Binary o -> bytes(o.first(), o.second(), o.destination());
      case Operation.Prelu o -> bytes(o.source(), o.weights(), o.destination());
      case Operation.Reduction o -> bytes(o.source(), o.destination());
      case Operation.Reorder o -> 2 * bytes(o.source(), o.destination());
      case Operation.Concat o -> 2 * bytes(o.destination(), o.destination());
      case Operation.Sum o -> bytes(o.destination(), o.destination());
      case Operation.Resampling o -> 2 * bytes(o.source(), o.destination());
      case Operation.Shuffle o -> 2 * bytes(o.source(), o.destination());
    };
  }

  /** Overlapping windows read an element several times, though mostly from the nearest cache. */
  private static double kernel(List<Long> sizes) {
    long taps = 1;
    for (long size : sizes) {
      taps *= size;
    }
    return 1 + Math.min(taps, 16) / 8.0;
  }

  private static double product(
      MemoryDescriptor source,
      MemoryDescriptor weights,
      MemoryDescriptor destination,
      double flopsPerWeight) {
    return Math.max(
        flopsPerWeight * count(weights) / FLOPS_PER_NANO, bytes(source, weights, destination));
  }

  private static double positions(MemoryDescriptor descriptor) {
    return (double) count(descriptor) / descriptor.dim(1);
  }

  private static double bytes(MemoryDescriptor... descriptors) {
    double bytes = 0;
    for (MemoryDescriptor descriptor : descriptors) {
      bytes += (double) count(descriptor) * descriptor.type().bytes();
    }
    return bytes / BYTES_PER_NANO;
  }

  private static long count(MemoryDescriptor descriptor) {
    long count = 1;
    for (int i = 0; i < descriptor.rank(); i++) {
      count *= descriptor.dim(i);
    }
    return count;
  }
}
