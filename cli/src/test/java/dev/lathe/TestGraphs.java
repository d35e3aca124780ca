package dev.lathe;

import dev.lathe.ir.Graph;
import dev.lathe.ir.text.IrParser;

/** Models that tests compile, as textual IR. */
public final class TestGraphs {
  private TestGraphs() {}

  /** {@code total = x * w + y}, {@code doubled/0 = 2 * total}; w has 400 elements. */
  public static final String AFFINE =
      """
      graph "affine" {
        metadata "producer" = "tests"
        parameter "w" : f32[400] = splat 3.0
        function "forward"(%x "x.1": f32[N, 400], %y "class": f32[N, 400])
            -> ("last_hidden_state", "doubled/0") {
          %w = parameter() {name = w, type = "f32[400]"} : f32[400]
          %p = mul(%x, %w) : f32[N, 400]
          %t = add(%p, %y) : f32[N, 400]
          %d = add(%t, %t) : f32[N, 400]
          return %t, %d
        }
      }
      """;

  /** {@link #AFFINE} as a graph. */
  public static Graph affine() {
    return IrParser.parse(AFFINE);
  }
}
