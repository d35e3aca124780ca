package dev.lathe.passes;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.Graph;
import dev.lathe.passes.fold.FoldRules;
import dev.lathe.passes.fuse.FuseRules;
import dev.lathe.passes.precision.ReducedPrecisionPass;
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

  /** What is behind a reduction of precision: unused wide weights, casts there and back. */
  private static final List<Pass> NARROW_PASSES =
      List.of(new RewritePass("simplify-narrow", SIMPLIFY), new DeadCodePass());

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

  /** The passes that {@code options} ask for, in order. */
  public static List<Pass> of(PassOptions options) {
    List<Pass> passes = new ArrayList<>(of(options.level()));
    passes.addAll(narrowing(options));
    return passes;
  }

  /** What of {@link #of(PassOptions)} reduces the precision, behind all else. */
  private static List<Pass> narrowing(PassOptions options) {
    List<Pass> passes = new ArrayList<>();
    if (options.precision() != ElementType.F32) {
      passes.add(new ReducedPrecisionPass(options.precision(), options.wide()));
      passes.addAll(NARROW_PASSES);
    }
    return passes;
  }

  /**
   * Reduces the precision of a graph, in place, to which all other passes were applied: what {@link
   * #optimize} ends with.
   */
  public static void reducePrecision(Graph graph, PassOptions options) {
    PassContext context = new PassContext(options);
    for (Pass pass : narrowing(options)) {
      pass.run(graph, context);
    }
  }

  /**
   * Applies the passes that {@code options} ask for to {@code graph}, in place. What it computes
   * stays the same up to rounding: factors that are moved into weights round once more, or once
   * less; a narrower precision rounds what is stored in it.
   *
   * @return what each pass did
   */
  public static PassReport optimize(Graph graph, PassOptions options) {
    PassContext context = new PassContext(options);
    context.dump(graph, "imported");
    for (Pass pass : of(options)) {
      pass.run(graph, context);
    }
    return context.report();
  }
}
