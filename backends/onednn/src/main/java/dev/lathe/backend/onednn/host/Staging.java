package dev.lathe.backend.onednn.host;

import dev.lathe.ir.ElementType;
import java.lang.foreign.MemorySegment;

/**
 * Moves runs of elements between memory and the arrays of a kernel, by way of arrays of the type in
 * memory: copies in bulk and loops on arrays are fast from the first run on, loops on memory
 * segments only once compiled, and then less. One thread's.
 *
 * <p>Reading widens exactly, except that 64-bit integers as {@code double} or {@code float} are
 * rounded. Writing rounds floats to the nearest, ties to even, and wraps integers; what is not zero
 * becomes a bool that is true. u64 is the bits of a {@code long}.
 */
class Staging {
  /** Few enough elements that all arrays of a loop stay in the first-level cache. */
  static final int SIZE = 1024;

  /** Takes the low bits of an element that is read with its sign. */
  private static final int BYTE_MASK = 0xFF;

  private static final int SHORT_MASK = 0xFFFF;
  private static final int SIGNED = -1;

  private final byte[] bytes = new byte[SIZE];
  private final short[] shorts = new short[SIZE];
  private final int[] ints = new int[SIZE];
  private final long[] longs = new long[SIZE];
  private final float[] floats = new float[SIZE];
  private final double[] doubles = new double[SIZE];

  /** Reads {@code n} elements, the first at index {@code from}, into {@code into[at…]}. */
  final void load(ElementType type, MemorySegment segment, long from, int n, float[] into, int at) {
    if (type == ElementType.F32) {
      MemorySegment.copy(segment, Elements.FLOAT, from << 2, into, at, n);
      return;
    }
    for (int done = 0; done < n; done += SIZE) {
      loadPiece(type, segment, from + done, Math.min(SIZE, n - done), into, at + done);
    }
  }

  private void loadPiece(
      ElementType type, MemorySegment segment, long from, int n, float[] into, int at) {
    switch (type) {
      case F16 -> {
        copyShorts(segment, from, n);
        Conversions.halvesToFloats(shorts, into, at, n);
      }
      case BF16 -> {
        copyShorts(segment, from, n);
        Conversions.bFloatsToFloats(shorts, into, at, n);
      }
      case F64 -> {
        MemorySegment.copy(segment, Elements.DOUBLE, from << 3, doubles, 0, n);
        for (int i = 0; i < n; i++) {
          into[at + i] = (float) doubles[i];
        }
      }
      case I8 -> {
        copyBytes(segment, from, n);
        Conversions.bytesToFloats(bytes, into, at, n);
      }
      case U8, BOOL -> {
        copyBytes(segment, from, n);
        Conversions.unsignedBytesToFloats(bytes, into, at, n);
      }
      case I32 -> {
        copyInts(segment, from, n);
        Conversions.intsToFloats(ints, into, at, n);
      }
      case F32, I16, I64, U16, U32, U64, I4, U4 -> {
        load(type, segment, from, n, longs, 0);
        Conversions.longsToFloats(type, longs, into, at, n);
      }
    }
  }

  /** Reads {@code n} elements, the first at index {@code from}, into {@code into[at…]}. */
  final void load(
      ElementType type, MemorySegment segment, long from, int n, double[] into, int at) {
    if (type == ElementType.F64) {
      MemorySegment.copy(segment, Elements.DOUBLE, from << 3, into, at, n);
      return;
    }
    for (int done = 0; done < n; done += SIZE) {
      loadPiece(type, segment, from + done, Math.min(SIZE, n - done), into, at + done);
    }
  }

  private void loadPiece(
      ElementType type, MemorySegment segment, long from, int n, double[] into, int at) {
    switch (type) {
      case F32, F16, BF16 -> {
        load(type, segment, from, n, floats, 0);
        Conversions.widen(floats, into, at, n);
      }
      case I8 -> {
        copyBytes(segment, from, n);
        Conversions.bytesToDoubles(bytes, into, at, n);
      }
      case U8, BOOL -> {
        copyBytes(segment, from, n);
        Conversions.unsignedBytesToDoubles(bytes, into, at, n);
      }
      case I32 -> {
        copyInts(segment, from, n);
        Conversions.intsToDoubles(ints, into, at, n);
      }
      case F64, I16, I64, U16, U32, U64, I4, U4 -> {
        load(type, segment, from, n, longs, 0);
        Conversions.longsToDoubles(type, longs, into, at, n);
      }
    }
  }

  /** Reads {@code n} integers or bools, the first at index {@code from}, into {@code into[at…]}. */
  final void load(ElementType type, MemorySegment segment, long from, int n, long[] into, int at) {
    if (type == ElementType.I64 || type == ElementType.U64) {
      MemorySegment.copy(segment, Elements.LONG, from << 3, into, at, n);
      return;
    }
    for (int done = 0; done < n; done += SIZE) {
      loadPiece(type, segment, from + done, Math.min(SIZE, n - done), into, at + done);
    }
  }

  private void loadPiece(
      ElementType type, MemorySegment segment, long from, int n, long[] into, int at) {
    switch (type) {
      case I32 -> {
        copyInts(segment, from, n);
        Conversions.intsToLongs(ints, into, at, n);
      }
      case U32 -> {
        copyInts(segment, from, n);
        Conversions.unsignedIntsToLongs(ints, into, at, n);
      }
      case I16, U16 -> {
        copyShorts(segment, from, n);
        int mask = type == ElementType.U16 ? SHORT_MASK : SIGNED;
        Conversions.shortsToLongs(shorts, into, at, n, mask);
      }
      case I8, U8, BOOL -> {
        copyBytes(segment, from, n);
        int mask = type == ElementType.I8 ? SIGNED : BYTE_MASK;
        Conversions.bytesToLongs(bytes, into, at, n, mask);
      }
      case I64, U64, I4, U4, F32, F64, F16, BF16 -> {
        for (int i = 0; i < n; i++) {
          into[at + i] = Elements.getLong(type, segment, from + i);
        }
      }
    }
  }

  /**
   * Writes {@code values[at…]} as {@code n} floats of at most 32 bits, the first at index {@code
   * into}.
   */
  final void store(
      ElementType type, MemorySegment segment, long into, int n, float[] values, int at) {
    if (type == ElementType.F32) {
      MemorySegment.copy(values, at, segment, Elements.FLOAT, into << 2, n);
      return;
    }
    for (int done = 0; done < n; done += SIZE) {
      int piece = Math.min(SIZE, n - done);
      if (type == ElementType.F16) {
        Conversions.floatsToHalves(values, at + done, shorts, piece);
      } else {
        Conversions.floatsToBFloats(values, at + done, shorts, piece);
      }
      MemorySegment.copy(shorts, 0, segment, Elements.SHORT, (into + done) << 1, piece);
    }
  }

  /**
   * Writes {@code values[at…]} as {@code n} elements, the first at index {@code into}; integers are
   * truncated, and wrapped where they are narrower than 64 bits.
   */
  final void store(
      ElementType type, MemorySegment segment, long into, int n, double[] values, int at) {
    if (type == ElementType.F64) {
      MemorySegment.copy(values, at, segment, Elements.DOUBLE, into << 3, n);
      return;
    }
    for (int done = 0; done < n; done += SIZE) {
      storePiece(type, segment, into + done, Math.min(SIZE, n - done), values, at + done);
    }
  }

  private void storePiece(
      ElementType type, MemorySegment segment, long into, int n, double[] values, int at) {
    if (type == ElementType.F32) {
      Conversions.narrow(values, at, floats, n);
      store(type, segment, into, n, floats, 0);
    } else if (type.isFloat()) {
      Conversions.roundToOdd(values, at, floats, n);
      store(type, segment, into, n, floats, 0);
    } else {
      Conversions.doublesToLongs(type, values, at, longs, n);
      store(type, segment, into, n, longs, 0);
    }
  }

  /** Writes {@code values[at…]} as {@code n} integers or bools, the first at {@code into}. */
  final void store(
      ElementType type, MemorySegment segment, long into, int n, long[] values, int at) {
    if (type == ElementType.I64 || type == ElementType.U64) {
      MemorySegment.copy(values, at, segment, Elements.LONG, into << 3, n);
      return;
    }
    for (int done = 0; done < n; done += SIZE) {
      storePiece(type, segment, into + done, Math.min(SIZE, n - done), values, at + done);
    }
  }

  private void storePiece(
      ElementType type, MemorySegment segment, long into, int n, long[] values, int at) {
    switch (type) {
      case I32, U32 -> {
        Conversions.longsToInts(values, at, ints, n);
        MemorySegment.copy(ints, 0, segment, Elements.INT, into << 2, n);
      }
      case I16, U16 -> {
        Conversions.longsToShorts(values, at, shorts, n);
        MemorySegment.copy(shorts, 0, segment, Elements.SHORT, into << 1, n);
      }
      case I8, U8 -> {
        Conversions.longsToBytes(values, at, bytes, n);
        MemorySegment.copy(bytes, 0, segment, Elements.BYTE, into, n);
      }
      case BOOL -> {
        Conversions.longsToBools(values, at, bytes, n);
        MemorySegment.copy(bytes, 0, segment, Elements.BYTE, into, n);
      }
      case I64, U64, I4, U4, F32, F64, F16, BF16 -> {
        for (int i = 0; i < n; i++) {
          Elements.setLong(type, segment, into + i, values[at + i]);
        }
      }
    }
  }

  /** Writes the first {@code n} values, at most a chunk, as integers of at most 32 bits. */
  final void store(ElementType type, MemorySegment segment, long into, int n, int[] values) {
    switch (type) {
      case I8, U8 -> {
        Conversions.intsToBytes(values, bytes, n);
        MemorySegment.copy(bytes, 0, segment, Elements.BYTE, into, n);
      }
      case I32, U32 -> MemorySegment.copy(values, 0, segment, Elements.INT, into << 2, n);
      case I16, U16, I4, U4, BOOL, I64, U64, F32, F64, F16, BF16 -> {
        for (int i = 0; i < n; i++) {
          Elements.setLong(type, segment, into + i, values[i]);
        }
      }
    }
  }

  /** Writes the first {@code n} values, whole numbers in range and at most a chunk, as bytes. */
  final void storeBytes(MemorySegment segment, long into, int n, float[] values) {
    Conversions.floatsToBytes(values, bytes, n);
    MemorySegment.copy(bytes, 0, segment, Elements.BYTE, into, n);
  }

  private void copyBytes(MemorySegment segment, long from, int n) {
    MemorySegment.copy(segment, Elements.BYTE, from, bytes, 0, n);
  }

  private void copyShorts(MemorySegment segment, long from, int n) {
    MemorySegment.copy(segment, Elements.SHORT, from << 1, shorts, 0, n);
  }

  private void copyInts(MemorySegment segment, long from, int n) {
    MemorySegment.copy(segment, Elements.INT, from << 2, ints, 0, n);
  }
}
