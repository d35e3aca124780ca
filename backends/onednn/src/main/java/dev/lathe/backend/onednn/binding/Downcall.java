package dev.lathe.backend.onednn.binding;

/**
 * Calls C functions by their address, through two native methods that serve all of them.
 *
 * <p>oneDNN's functions have more than twenty signatures. In the System V AMD64 convention (the one
 * platform {@link NativeLibrary} admits) integers and pointers are passed in one sequence of
 * registers and 8-byte stack slots, floats in another; a callee reads its own parameters, the low
 * 32 bits of those that are {@code int}, and the caller removes the stack slots. So passing every
 * parameter as a {@code long}, followed by zeros the callee never looks at, is the same call; a
 * result narrower than {@code long} is in the low bits of what is returned, and the caller casts
 * it.
 *
 * <p>The methods are JNI's, of machine code that {@link CallStubs} writes: to link one downcall
 * handle of {@code java.lang.foreign} takes a fresh process longer than to load oneDNN.
 *
 * <p>Arguments are primitive, so that calls allocate nothing.
 */
final class Downcall {
  /** How many integers and pointers the narrow method takes: those passed in registers. */
  static final int NARROW = 6;

  /** How many integers and pointers the wide method takes: as many as an LSTM needs. */
  static final int WIDE = 17;

  static {
    CallStubs.load(Downcall.class, NativeLibrary.natives());
  }

  private Downcall() {}

  /** Calls the function at an address with at most six integers or pointers. */
  static native long narrow(long function, long a, long b, long c, long d, long e, long f);

  /** Calls the function at an address with at most three floats and 17 integers or pointers. */
  static native long wide(
      long function,
      float x,
      float y,
      float z,
      long a,
      long b,
      long c,
      long d,
      long e,
      long f,
      long g,
      long h,
      long i,
      long j,
      long k,
      long l,
      long m,
      long n,
      long o,
      long p,
      long q);
}
