package dev.lathe.backend.onednn.binding;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Objects;

/**
 * Calls C functions by their address, through two call shapes that serve all of them.
 *
 * <p>A downcall handle for a signature costs some 4 ms to make in a fresh process, and oneDNN's
 * functions have more than twenty signatures. In the System V AMD64 convention (the one platform
 * {@link NativeLibrary} admits) integers and pointers are passed in one sequence of registers and
 * 8-byte stack slots, floats in another; a callee reads its own parameters, the low 32 bits of
 * those that are {@code int}, and the caller removes the stack slots. So passing every parameter as
 * a {@code long}, followed by zeros the callee never looks at, is the same call; a result narrower
 * than {@code long} is in the low bits of what is returned, and the caller casts it.
 *
 * <p>Arguments are primitive, so that a warmed-up call allocates nothing.
 */
final class Downcall {
  /** How many integers and pointers the narrow shape takes: those passed in registers. */
  static final int NARROW = 6;

  /** How many integers and pointers the wide shape takes: as many as an LSTM needs. */
  static final int WIDE = 17;

  private static final MethodHandle CALL_NARROW = handle(0, NARROW);

  private Downcall() {}

  /** The shape with three floats and many integers, made when first used. */
  private static final class Wide {
    static final MethodHandle CALL = handle(3, WIDE);
  }

  /** Makes both shapes now, which takes some milliseconds and needs no library. */
  static void prepare() {
    Objects.requireNonNull(Wide.CALL);
  }

  private static MethodHandle handle(int floats, int longs) {
    MemoryLayout[] parameters = new MemoryLayout[floats + longs];
    Arrays.fill(parameters, 0, floats, ValueLayout.JAVA_FLOAT);
    Arrays.fill(parameters, floats, parameters.length, ValueLayout.JAVA_LONG);
    return Linker.nativeLinker()
        .downcallHandle(FunctionDescriptor.of(ValueLayout.JAVA_LONG, parameters));
  }

  /** Calls a function of at most six integer or pointer parameters. Allocates nothing. */
  static long narrow(MemorySegment symbol, long a, long b, long c, long d, long e, long f) {
    try {
      return (long) CALL_NARROW.invokeExact(symbol, a, b, c, d, e, f);
    } catch (Throwable t) {
      throw new AssertionError("a downcall threw", t);
    }
  }

  /**
   * Calls a function of two floats and eleven integers or pointers, in order, as a product of
   * matrices has. Allocates nothing.
   */
  static long product(
      MemorySegment symbol,
      float f,
      float g,
      long a,
      long b,
      long c,
      long d,
      long e,
      long h,
      long i,
      long j,
      long k,
      long l,
      long m) {
    try {
      return (long)
          Wide.CALL.invokeExact(
              symbol, f, g, 0f, a, b, c, d, e, h, i, j, k, l, m, 0L, 0L, 0L, 0L, 0L, 0L);
    } catch (Throwable t) {
      throw new AssertionError("a downcall threw", t);
    }
  }

  /**
   * Calls a function of any parameters: its floats in order, its integers and pointers in order,
   * zeros where it has fewer.
   */
  static long wide(MemorySegment symbol, float f, float g, float h, long... integers) {
    long[] a = Arrays.copyOf(integers, WIDE);
    try {
      return (long)
          Wide.CALL.invokeExact(
              symbol, f, g, h, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10],
              a[11], a[12], a[13], a[14], a[15], a[16]);
    } catch (Throwable t) {
      throw new AssertionError("a downcall threw", t);
    }
  }
}
