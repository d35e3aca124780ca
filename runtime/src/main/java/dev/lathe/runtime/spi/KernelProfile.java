package dev.lathe.runtime.spi;

import java.util.List;

/**
 * What one kernel of a program did and how long it took.
 *
 * @param name what it computes, such as {@code convolution+relu}
 * @param implementation which code computed it, such as oneDNN's {@code brgconv:avx512_core}
 * @param layouts the memory formats of sources and destinations, such as {@code
 *     nChw16c,OIhw16i16o->nChw16c}
 * @param nanos the median time of one execution
 * @param flops the floating-point operations of one execution, a multiplication and an addition
 *     counted as two; 0 where the notion does not apply
 * @param sources the names of the source nodes it came from
 * @param reference whether the implementation is an unoptimised fallback
 * @param reorder whether it only changes a layout or a type of data
 */
public record KernelProfile(
    String name,
    String implementation,
    String layouts,
    long nanos,
    long flops,
    List<String> sources,
    boolean reference,
    boolean reorder) {
  public KernelProfile {
    sources = List.copyOf(sources);
  }
}
