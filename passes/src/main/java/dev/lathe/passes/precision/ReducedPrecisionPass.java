package dev.lathe.passes.precision;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.passes.Pass;
import dev.lathe.passes.PassContext;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
  static final long FEW_WEIGHTS = 8192;

  private final ElementType narrow;
  private final long few;
  private final Set<Integer> wide;

  /**
   * @param narrow bf16 or f16
   */
  public ReducedPrecisionPass(ElementType narrow) {
    this(narrow, Set.of());
  }

  /**
   * @param narrow bf16 or f16
   * @param wide products that stay f32, by their numbers; see {@link NarrowProducts}
   */
  public ReducedPrecisionPass(ElementType narrow, Set<Integer> wide) {
    this(narrow, FEW_WEIGHTS, wide);
  }

  /**
   * @param narrow bf16 or f16
   * @param few convolutions with fewer weights stay f32, and those on one position with fewer than
   *     some times as many
   */
  public ReducedPrecisionPass(ElementType narrow, long few) {
    this(narrow, few, Set.of());
  }

  private ReducedPrecisionPass(ElementType narrow, long few, Set<Integer> wide) {
    super("reduce-precision");
    if (narrow != ElementType.BF16 && narrow != ElementType.F16) {
      throw new IllegalArgumentException("precision can be reduced to bf16 or f16, not " + narrow);
    }
    this.narrow = narrow;
    this.few = few;
    this.wide = Set.copyOf(wide);
  }

  @Override
  protected void apply(Graph graph, PassContext context) {
    List<Node> products = NarrowProducts.nodes(graph, few);
    Set<Node> kept = new HashSet<>();
    for (int number : wide) {
      if (number < 0 || number >= products.size()) {
        throw new IllegalArgumentException(
            "there is no product " + number + " of " + products.size() + " to keep in f32");
      }
      kept.add(products.get(number));
    }
    for (Function function : graph.functions().values()) {
      new BlockReducer(graph, narrow, few, kept, context).run(function.body());
    }
  }
}
