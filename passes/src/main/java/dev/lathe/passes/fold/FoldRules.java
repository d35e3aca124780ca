package dev.lathe.passes.fold;

import dev.lathe.passes.rewrite.RewriteRule;
import java.util.List;

/** The index of the rules that fold. */
public final class FoldRules {
  /** What depends on constants only becomes one. */
  public static final List<RewriteRule<?>> CONSTANTS = List.of(new ConstantFoldingRule());

  /** Scales, shifts and biases become part of weights. */
  public static final List<RewriteRule<?>> WEIGHTS =
      List.of(
          new BatchNormalizationRule(),
          new ScaleIntoConvolutionRule(),
          new ShiftIntoConvolutionRule(),
          new BiasIntoMatMulRule());

  private FoldRules() {}
}
