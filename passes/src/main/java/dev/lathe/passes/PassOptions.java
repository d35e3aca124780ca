package dev.lathe.passes;

import dev.lathe.ir.ElementType;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the pipeline shall do, and what it shall tell.
 *
 * @param level how much is done
 * @param foldParameters whether parameters are as good as constants; false for a graph that will be
 *     trained, whose weights must stay what they are
 * @param maxGrowthBytes the bytes by which a constant that is computed before the model runs may
 *     exceed what it is computed from; larger ones are left for a backend to compute at load
 * @param verify whether the graph is verified after every pass
 * @param dumpDirectory where the IR is written before the first pass and after each, or null; large
 *     data is left out
 * @param stopAfterRewrites the number of rewrites after which nothing is changed any more, for
 *     finding a wrong one by bisection
 * @param precision f32, or bf16 or f16 for a graph whose products multiply narrow numbers
 * @param wide products that stay f32 whatever the precision, by their numbers; see {@link
 *     dev.lathe.passes.precision.NarrowProducts}
 */
public record PassOptions(
    OptimizationLevel level,
    boolean foldParameters,
    long maxGrowthBytes,
    boolean verify,
    @Nullable Path dumpDirectory,
    long stopAfterRewrites,
    ElementType precision,
    Set<Integer> wide) {

  /** No limit on the number of rewrites. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  private static final long DEFAULT_MAX_GROWTH = 64 << 10;

  /**
   * @throws IllegalArgumentException if a limit is negative
   */
  public PassOptions {
    if (maxGrowthBytes < 0 || stopAfterRewrites < 0) {
      throw new IllegalArgumentException(
          "limits of passes must not be negative: growth of constants by "
              + maxGrowthBytes
              + " bytes, "
              + stopAfterRewrites
              + " rewrites");
    }
    if (precision != ElementType.F32
        && precision != ElementType.BF16
        && precision != ElementType.F16) {
      throw new IllegalArgumentException("precision must be f32, bf16 or f16, not " + precision);
    }
    wide = Set.copyOf(wide);
  }

  /** Everything, for inference, without verification. */
  public static PassOptions defaults() {
    return new PassOptions(
        OptimizationLevel.FULL,
        true,
        DEFAULT_MAX_GROWTH,
        false,
        null,
        UNLIMITED,
        ElementType.F32,
        Set.of());
  }

  /** This with another level. */
  public PassOptions withLevel(OptimizationLevel newLevel) {
    return new PassOptions(
        newLevel,
        foldParameters,
        maxGrowthBytes,
        verify,
        dumpDirectory,
        stopAfterRewrites,
        precision,
        wide);
  }

  /** This for a graph whose parameters may, or may not, be treated as constants. */
  public PassOptions withFoldParameters(boolean fold) {
    return new PassOptions(
        level, fold, maxGrowthBytes, verify, dumpDirectory, stopAfterRewrites, precision, wide);
  }

  /** This with another limit on the growth of constants. */
  public PassOptions withMaxGrowthBytes(long bytes) {
    return new PassOptions(
        level, foldParameters, bytes, verify, dumpDirectory, stopAfterRewrites, precision, wide);
  }

  /** This with, or without, verification after every pass. */
  public PassOptions withVerify(boolean newVerify) {
    return new PassOptions(
        level,
        foldParameters,
        maxGrowthBytes,
        newVerify,
        dumpDirectory,
        stopAfterRewrites,
        precision,
        wide);
  }

  /** This with IR written to a directory, which is made if it does not exist. */
  public PassOptions withDumpDirectory(@Nullable Path directory) {
    return new PassOptions(
        level,
        foldParameters,
        maxGrowthBytes,
        verify,
        directory,
        stopAfterRewrites,
        precision,
        wide);
  }

  /** This stopping after a number of rewrites. */
  public PassOptions withStopAfterRewrites(long rewrites) {
    return new PassOptions(
        level, foldParameters, maxGrowthBytes, verify, dumpDirectory, rewrites, precision, wide);
  }

  /** This for products of f32, bf16 or f16 numbers. */
  public PassOptions withPrecision(ElementType type) {
    return new PassOptions(
        level,
        foldParameters,
        maxGrowthBytes,
        verify,
        dumpDirectory,
        stopAfterRewrites,
        type,
        wide);
  }

  /** This with products that stay f32, by their numbers. */
  public PassOptions withWide(Set<Integer> products) {
    return new PassOptions(
        level,
        foldParameters,
        maxGrowthBytes,
        verify,
        dumpDirectory,
        stopAfterRewrites,
        precision,
        products);
  }
}
