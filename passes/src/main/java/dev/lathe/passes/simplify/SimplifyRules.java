package dev.lathe.passes.simplify;

import dev.lathe.passes.rewrite.RewriteRule;
import java.util.List;

/** The index of the rules that simplify, in the order in which they are tried. */
public final class SimplifyRules {
  /** All of them. */
  public static final List<RewriteRule<?>> ALL =
      List.of(
          new KnownShapeRule(),
          new KnownConditionRule(),
          new IdentityRule(),
          new ExplicitReshapeRule(),
          new ReshapeOfReshapeRule(),
          new TransposeOfTransposeRule(),
          new NeutralElementRule(),
          new ClampOfClampRule());

  private SimplifyRules() {}
}
