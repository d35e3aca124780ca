package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Reads an operand as if it had the shape it broadcasts to. An operand of that very shape is read
 * in runs as long as asked for; others in runs along the innermost axis that are read or repeated.
 */
final class BroadcastReader {
  private final ElementType type;
  private final long[] sizes;
  private final long[] strides;

  /** Size and stride (0 or 1) of the innermost axis. */
  private final long innerSize;

  private final boolean repeated;

  /**
   * @param type the element type of the operand
   * @param shape the shape of the operand
   * @param result the shape it is read in
   */
  BroadcastReader(ElementType type, long[] shape, long[] result) {
    this.type = type;
    long[] all = Shapes.broadcastStrides(shape, result);
    long[] mergedSizes = new long[result.length + 1];
    long[] mergedStrides = new long[result.length + 1];
    int last = -1;
    for (int i = 0; i < result.length; i++) {
      if (result[i] == 1) {
        continue;
      }
      if (last >= 0 && mergedStrides[last] == all[i] * result[i]) {
        mergedSizes[last] *= result[i];
      } else {
        mergedSizes[++last] = result[i];
      }
      mergedStrides[last] = all[i];
    }
    if (last < 0) {
      mergedSizes[++last] = 1;
    }
    this.innerSize = mergedSizes[last];
    this.repeated = mergedStrides[last] == 0;
    this.sizes = Arrays.copyOf(mergedSizes, last);
    this.strides = Arrays.copyOf(mergedStrides, last);
  }

  /** The reader of operand {@code index} in the shape of the result. */
  static BroadcastReader of(Request request, int index) {
    return new BroadcastReader(request.type(index), request.shape(index), request.resultShape());
  }

  /** Where in the operand the row of the innermost axis with the given number begins. */
  private long rowOffset(long row) {
    long offset = 0;
    long rest = row;
    for (int axis = sizes.length - 1; axis > 0; axis--) {
      long outer = rest / sizes[axis];
      offset += (rest - outer * sizes[axis]) * strides[axis];
      rest = outer;
    }
    return sizes.length == 0 ? 0 : offset + rest * strides[0];
  }

  /** Reads {@code n} elements, the first at index {@code from} of the shape broadcast to. */
  void load(Staging via, MemorySegment segment, long from, int n, float[] into) {
    for (int done = 0; done < n; ) {
      long row = (from + done) / innerSize;
      long column = from + done - row * innerSize;
      int run = (int) Math.min(n - done, innerSize - column);
      long offset = rowOffset(row);
      if (repeated) {
        via.load(type, segment, offset, 1, into, done);
        Arrays.fill(into, done, done + run, into[done]);
      } else {
        via.load(type, segment, offset + column, run, into, done);
      }
      done += run;
    }
  }

  /** Reads {@code n} elements, the first at index {@code from} of the shape broadcast to. */
  void load(Staging via, MemorySegment segment, long from, int n, double[] into) {
    for (int done = 0; done < n; ) {
      long row = (from + done) / innerSize;
      long column = from + done - row * innerSize;
      int run = (int) Math.min(n - done, innerSize - column);
      long offset = rowOffset(row);
      if (repeated) {
        via.load(type, segment, offset, 1, into, done);
        Arrays.fill(into, done, done + run, into[done]);
      } else {
        via.load(type, segment, offset + column, run, into, done);
      }
      done += run;
    }
  }

  /** Reads {@code n} elements, the first at index {@code from} of the shape broadcast to. */
  void load(Staging via, MemorySegment segment, long from, int n, long[] into) {
    for (int done = 0; done < n; ) {
      long row = (from + done) / innerSize;
      long column = from + done - row * innerSize;
      int run = (int) Math.min(n - done, innerSize - column);
      long offset = rowOffset(row);
      if (repeated) {
        via.load(type, segment, offset, 1, into, done);
        Arrays.fill(into, done, done + run, into[done]);
      } else {
        via.load(type, segment, offset + column, run, into, done);
      }
      done += run;
    }
  }

  /** Reads {@code n} elements of 4 bytes, the first at index {@code from}, as their bits. */
  void load(MemorySegment segment, long from, int n, int[] into) {
    for (int done = 0; done < n; ) {
      long row = (from + done) / innerSize;
      long column = from + done - row * innerSize;
      int run = (int) Math.min(n - done, innerSize - column);
      long offset = rowOffset(row);
      if (repeated) {
        Arrays.fill(into, done, done + run, segment.get(Elements.INT, offset << 2));
      } else {
        MemorySegment.copy(segment, Elements.INT, (offset + column) << 2, into, done, run);
      }
      done += run;
    }
  }

  /** Reads {@code n} bytes, the first at index {@code from} of the shape broadcast to. */
  void load(MemorySegment segment, long from, int n, byte[] into) {
    for (int done = 0; done < n; ) {
      long row = (from + done) / innerSize;
      long column = from + done - row * innerSize;
      int run = (int) Math.min(n - done, innerSize - column);
      long offset = rowOffset(row);
      if (repeated) {
        Arrays.fill(into, done, done + run, segment.get(Elements.BYTE, offset));
      } else {
        MemorySegment.copy(segment, Elements.BYTE, offset + column, into, done, run);
      }
      done += run;
    }
  }
}
