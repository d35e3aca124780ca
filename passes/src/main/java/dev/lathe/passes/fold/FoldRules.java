package dev.lathe.passes.fold;

import dev.lathe.passes.rewrite.RewriteRule;
import java.util.List;

/** The index of the rules that fold, in the order in which they are tried. */
public final class FoldRules {
  /** What depends on constants only becomes one, in nested blocks too. */
  public static final List<RewriteRule<?>> CONSTANTS =
      List.of(new ConstantFoldingRule(false), new ConstantsIntoBlocksRule());

  /** What depends on parameters only becomes one: after all that takes them as they are. */
  public static final List<RewriteRule<?>> PARAMETERS = List.of(new ConstantFoldingRule(true));

  /** Scales, shifts and biases become part of weights, transposes and pads of what reads them. */
  public static final List<RewriteRule<?>> WEIGHTS =
      List.of(
          new BatchNormalizationRule(),
          new GroupNormalizationAffineRule(),
          new ParallelConvolutionsRule(),
          new ScaledInputIntoConvolutionRule(),
          new ScaleIntoConvolutionRule(),
          new ShiftIntoConvolutionRule(),
          new ScaleBeforeConvolutionRule(),
          new ShiftBeforeConvolutionRule(),
          new ScaleIntoMatMulRule(),
          new BiasIntoMatMulRule(),
          new TransposeIntoMatMulRule(),
          new PadIntoConvolutionRule(),
          new PadIntoPoolRule());

  private FoldRules() {}
}
