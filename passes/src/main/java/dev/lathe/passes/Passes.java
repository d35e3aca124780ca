package dev.lathe.passes;

import dev.lathe.ir.Graph;
import dev.lathe.passes.fold.FoldRules;
import dev.lathe.passes.fuse.FuseRules;
import dev.lathe.passes.rewrite.RewritePass;
import dev.lathe.passes.rewrite.RewriteRule;
import dev.lathe.passes.simplify.CommonSubexpressionPass;
import dev.lathe.passes.simplify.DeadCodePass;
import dev.lathe.passes.simplify.SimplifyRules;
import java.util.ArrayList;
import java.util.List;

/** The pipeline: which passes are applied at which level, in which order. */
public final class Passes {
  private static final List<RewriteRule<?>> SIMPLIFY = join(SimplifyRules.ALL, FoldRules.CONSTANTS);

  private static final List<RewriteRule<?>> SIMPLIFY_ALL = join(SIMPLIFY, FoldRules.PARAMETERS);

  private static final List<Pass> SIMPLIFY_PASSES =
      List.of(
          new RewritePass("simplify", SIMPLIFY),
          new CommonSubexpressionPass(),
          new RewritePass("simplify-again", SIMPLIFY_ALL),
          new DeadCodePass());

  private static final List<Pass> FULL_PASSES =
      List.of(
          new RewritePass("simplify", SIMPLIFY),
          new CommonSubexpressionPass(),
          new RewritePass("fuse", FuseRules.ALL),
          new RewritePass("fold-weights", FoldRules.WEIGHTS),
          new RewritePass("simplify-again", SIMPLIFY_ALL),
          new CommonSubexpressionPass(),
          new DeadCodePass());

  private Passes() {}

  private static List<RewriteRule<?>> join(List<RewriteRule<?>> a, List<RewriteRule<?>> b) {
    List<RewriteRule<?>> all = new ArrayList<>(a);
    all.addAll(b);
    return List.copyOf(all);
  }

  /** The passes of a level, in order. */
  public static List<Pass> of(OptimizationLevel level) {
    return switch (level) {
      case NONE -> List.of();
      case SIMPLIFY -> SIMPLIFY_PASSES;
      case FULL -> FULL_PASSES;
    };
  }

  /**
   * Applies the passes that {@code options} ask for to {@code graph}, in place. What it computes
   * stays the same up to rounding: factors that are moved into weights round once more, or once
   * less.
   *
   * @return what each pass did
   */
  public static PassReport optimize(Graph graph, PassOptions options) {
    PassContext context = new PassContext(options);
    context.dump(graph, "imported");
    for (Pass pass : of(options.level())) {
      pass.run(graph, context);
    }
    return context.report();
  }
}
