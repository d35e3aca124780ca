package dev.lathe.passes.fuse;

import dev.lathe.passes.rewrite.RewriteRule;
import java.util.List;

/**
 * The index of the rules that recognise decomposed operators, in the order in which they are tried.
 */
public final class FuseRules {
  /** All of them. */
  public static final List<RewriteRule<?>> ALL =
      List.of(
          new DecomposedSoftmaxRule(),
          new DecomposedLogSoftmaxRule(),
          new DecomposedLayerNormalizationRule(),
          new DecomposedRmsNormalizationRule(),
          new LayerNormalizationScaleRule(),
          new LayerNormalizationBiasRule(),
          new RmsNormalizationScaleRule(),
          new GroupNormalizationRule(),
          new DecomposedSigmoidRule(),
          new DecomposedSoftplusRule(),
          new DecomposedGeluRule(),
          new DecomposedSiluRule(),
          new DecomposedMishRule(),
          new DecomposedHardSwishRule(),
          new DecomposedHardSigmoidRule(),
          new ClampedAffineToHardSigmoidRule(),
          new DecomposedLeakyReluRule(),
          new DecomposedAttentionRule());

  private FuseRules() {}
}
