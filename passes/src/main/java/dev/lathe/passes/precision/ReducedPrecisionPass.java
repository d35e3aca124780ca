package dev.lathe.passes.precision;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.passes.Pass;
import dev.lathe.passes.PassContext;

/**
 * Stores values in a narrow float type where products read them: convolutions and matrix products
 * multiply narrow numbers, and what stands between two of them carries narrow numbers on. Weights
 * are rounded now, biases and masks stay f32, as do inputs and outputs of the graph, what stands
 * behind the last product, functions that magnify errors (exponentials, logarithms, powers, sums),
 * recurrent layers, loops, and everything on integers.
 *
 * <p>Sums are in f32 or wider in every backend, so an element is rounded where it is stored, and
 * nowhere else.
 */
public final class ReducedPrecisionPass extends Pass {
  /** What a node that takes narrow operands is counted as in reports. */
  public static final String RULE = "ReducedPrecision";

  /** With fewer weights than this, convolutions stay f32. */
  private static final long FEW_WEIGHTS = 8192;

  private final ElementType narrow;
  private final long few;

  /**
   * @param narrow bf16 or f16
   */
  public ReducedPrecisionPass(ElementType narrow) {
    this(narrow, FEW_WEIGHTS);
  }

  /**
   * @param narrow bf16 or f16
   * @param few convolutions with fewer weights stay f32, and those on one position with fewer than
   *     some times as many
   */
  public ReducedPrecisionPass(ElementType narrow, long few) {
    super("reduce-precision");
    if (narrow != ElementType.BF16 && narrow != ElementType.F16) {
      throw new IllegalArgumentException("precision can be reduced to bf16 or f16, not " + narrow);
    }
    this.narrow = narrow;
    this.few = few;
  }

  @Override
  protected void apply(Graph graph, PassContext context) {
    for (Function function : graph.functions().values()) {
      new BlockReducer(graph, narrow, few, context).run(function.body());
    }
  }
}
