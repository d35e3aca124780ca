package dev.lathe.passes.simplify;

import dev.lathe.passes.rewrite.RewriteRule;
import java.util.List;

/** The index of the rules that simplify, in the order in which they are tried. */
public final class SimplifyRules {
  /** What is known of shapes and conditions. */
  private static final List<RewriteRule<?>> KNOWN =
      List.of(new KnownShapeRule(), new KnownConditionRule(), new KnownWhereRule());

  /** Elements that are moved, or not. */
  private static final List<RewriteRule<?>> MOVES =
      List.of(
          new IdentityRule(),
          new ExplicitReshapeRule(),
          new ViewOfViewRule(),
          new TransposeOfTransposeRule(),
          new TransposeOfUnitAxesRule(),
          new TransposeOfMatricesRule(),
          new ViewOfMatMulRule(),
          new ConcatOfConcatRule(),
          new ConcatOfSlicesRule(),
          new ExpandOfExpandRule(),
          new MoveOfUniformRule(),
          new ElementwiseOfKnownExpandRule(),
          new ElementwiseOfBroadcastRule());

  /** Arithmetic. */
  private static final List<RewriteRule<?>> ARITHMETIC =
      List.of(
          new NeutralElementRule(),
          new ConstantOnTheRightRule(),
          new MergedConstantsRule(),
          new SubtractedConstantRule(),
          new DivisionByPowerOfTwoRule(),
          new OneOverRule(),
          new TimesReciprocalRule(),
          new ConstantPowerRule(),
          new AddedNegativeRule(),
          new DoubleNegationRule(),
          new CastOfCastRule(),
          new MinMaxToClampRule(),
          new ClampOfClampRule(),
          new ClampToReluRule(),
          new ReluOfNonNegativeRule());

  /** Reductions and pools. */
  private static final List<RewriteRule<?>> REDUCTIONS =
      List.of(
          new ReductionOfUnitAxesRule(),
          new ReductionOfReductionRule(),
          new SumToMeanRule(),
          new GlobalPoolToMeanRule(),
          new UnusedPoolIndicesRule());

  /** All of them. */
  public static final List<RewriteRule<?>> ALL = all();

  private SimplifyRules() {}

  private static List<RewriteRule<?>> all() {
    List<RewriteRule<?>> rules = new java.util.ArrayList<>();
    rules.addAll(KNOWN);
    rules.addAll(MOVES);
    rules.addAll(ARITHMETIC);
    rules.addAll(REDUCTIONS);
    return List.copyOf(rules);
  }
}
