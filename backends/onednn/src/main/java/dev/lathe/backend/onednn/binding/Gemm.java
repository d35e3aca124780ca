package dev.lathe.backend.onednn.binding;

import java.lang.foreign.MemorySegment;

/**
 * Products of f32 matrices by {@code dnnl_sgemm}, which costs some 0.1 microseconds beside its
 * work; to execute a primitive costs 0.6.
 */
public final class Gemm {
  private static final long SGEMM = Function.SGEMM.address();

  private Gemm() {}

  /**
   * Computes {@code c = a * b}, or {@code c += a * b}, on the calling thread; its later calls of
   * oneDNN use one thread. All matrices are row-major without gaps, in native memory that the
   * caller keeps alive. Allocates nothing.
   *
   * @param a {@code [m, k]}
   * @param b {@code [k, n]}, or {@code [n, k]} if it is transposed
   * @param c {@code [m, n]}
   * @param add whether to add to what {@code c} has
   * @throws OneDnnException if oneDNN fails
   */
  public static void multiply(
      long m,
      long n,
      long k,
      MemorySegment a,
      MemorySegment b,
      boolean transposed,
      MemorySegment c,
      boolean add) {
    OpenMp.use(1);
    int status =
        (int)
            Downcall.wide(
                SGEMM,
                1,
                add ? 1 : 0,
                0,
                'N',
                transposed ? 'T' : 'N',
                m,
                n,
                k,
                a.address(),
                k,
                b.address(),
                transposed ? k : n,
                c.address(),
                n,
                0,
                0,
                0,
                0,
                0,
                0);
    if (status != Status.SUCCESS) {
      throw Status.failure(status, "multiplying " + m + "x" + k + " by " + k + "x" + n);
    }
  }
}
