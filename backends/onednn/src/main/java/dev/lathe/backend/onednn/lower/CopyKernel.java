package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.host.HostKernel;
import dev.lathe.backend.onednn.jit.Loops;
import dev.lathe.backend.onednn.program.HostSource;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Copies elements between two layouts, bit by bit. For what oneDNN's reorder does not take (64-bit
 * elements, repeated elements) or where it would cost more than it does (a handful of elements).
 *
 * <p>Its operand and result are not the tensors but the memory they span.
 */
final class CopyKernel implements HostKernel {
  /** Below this many runs of neighbouring elements, a call of oneDNN would cost more. */
  private static final long FEW_RUNS = 256;

  /** Below this many elements, generated code is not worth its bytes. */
  private static final long FEW_ELEMENTS = 256;

  private final int bytes;
  private final long[] dims;
  private final long[] from;
  private final long[] to;

  private CopyKernel(int bytes, long[] dims, long[] from, long[] to) {
    this.bytes = bytes;
    this.dims = dims;
    this.from = from;
    this.to = to;
  }

  CopyKernel(HostSource.OfCopy source) {
    this(source.bytes(), array(source.dims()), array(source.from()), array(source.to()));
  }

  private static long[] array(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  /** What this was made from. */
  HostSource.OfCopy source() {
    return new HostSource.OfCopy(bytes, list(dims), list(from), list(to));
  }

  private static List<Long> list(long[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  /** Whether this kernel is better than a reorder of oneDNN, or the only one. */
  static boolean prefers(View source, View destination) {
    int bits = source.elementType().bits();
    CopyKernel kernel = of(source, destination);
    int inner = kernel.dims.length - 1;
    boolean runs = kernel.from[inner] == kernel.bytes && kernel.to[inner] == kernel.bytes;
    long count = source.layout().count();
    return (bits != 8 && bits != 32)
        || source.layout().isBroadcast()
        || source.layout().rank() > 10
        || (runs ? count / kernel.dims[inner] : count) <= FEW_RUNS;
  }

  /**
   * Generated code for a copy; null where there is none, for few elements, and where a reorder of
   * oneDNN is better.
   *
   * @param preferred whether a kernel in Java is better than a reorder
   */
  static @Nullable Loops loops(View source, View destination, boolean preferred) {
    if (source.elementType() == ElementType.BOOL || source.layout().count() < FEW_ELEMENTS) {
      return null;
    }
    Loops code = LoopNest.of(List.of(source, destination), List.of());
    return code != null && (preferred || LoopNest.isCopyOfRuns(code)) ? code : null;
  }

  /** The kernel that copies {@code source} to {@code destination}, of the same dimensions. */
  static CopyKernel of(View source, View destination) {
    if (source.elementType().bits() < 8) {
      // Packed elements lie row-major: see View.
      return new CopyKernel(1, new long[] {source.byteSize()}, new long[] {1}, new long[] {1});
    }
    Layout in = source.layout();
    Layout out = destination.layout();
    int bytes = source.elementType().bits() / 8;
    List<long[]> loops = new ArrayList<>();
    for (int axis : out.order()) {
      long size = in.dim(axis);
      if (size == 1) {
        continue;
      }
      long[] last = loops.isEmpty() ? null : loops.getLast();
      long inStep = in.stride(axis) * bytes;
      long outStep = out.stride(axis) * bytes;
      if (last != null && last[1] == inStep * size && last[2] == outStep * size) {
        last[0] *= size;
        last[1] = inStep;
        last[2] = outStep;
      } else {
        loops.add(new long[] {size, inStep, outStep});
      }
    }
    if (loops.isEmpty()) {
      loops.add(new long[] {1, bytes, bytes});
    }
    return new CopyKernel(
        bytes,
        loops.stream().mapToLong(loop -> loop[0]).toArray(),
        loops.stream().mapToLong(loop -> loop[1]).toArray(),
        loops.stream().mapToLong(loop -> loop[2]).toArray());
  }

  @Override
  public void run(MemorySegment[] operands, MemorySegment[] results) {
    copy(operands[0], 0, results[0], 0, 0);
  }

  private void copy(MemorySegment source, long at, MemorySegment destination, long to0, int level) {
    long count = dims[level];
    long step = from[level];
    long toStep = to[level];
    if (level < dims.length - 1) {
      for (long i = 0; i < count; i++) {
        copy(source, at + i * step, destination, to0 + i * toStep, level + 1);
      }
    } else if (step == bytes && toStep == bytes) {
      MemorySegment.copy(source, at, destination, to0, count * bytes);
    } else {
      elements(source, at, step, destination, to0, toStep, count);
    }
  }

  private void elements(
      MemorySegment source,
      long at,
      long step,
      MemorySegment destination,
      long to0,
      long toStep,
      long count) {
    switch (bytes) {
      case 1 -> {
        for (long i = 0; i < count; i++) {
          destination.set(
              ValueLayout.JAVA_BYTE,
              to0 + i * toStep,
              source.get(ValueLayout.JAVA_BYTE, at + i * step));
        }
      }
      case 2 -> {
        for (long i = 0; i < count; i++) {
          destination.set(
              ValueLayout.JAVA_SHORT_UNALIGNED,
              to0 + i * toStep,
              source.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + i * step));
        }
      }
      case 4 -> {
        for (long i = 0; i < count; i++) {
          destination.set(
              ValueLayout.JAVA_INT_UNALIGNED,
              to0 + i * toStep,
              source.get(ValueLayout.JAVA_INT_UNALIGNED, at + i * step));
        }
      }
      default -> {
        for (long i = 0; i < count; i++) {
          destination.set(
              ValueLayout.JAVA_LONG_UNALIGNED,
              to0 + i * toStep,
              source.get(ValueLayout.JAVA_LONG_UNALIGNED, at + i * step));
        }
      }
    }
  }
}
