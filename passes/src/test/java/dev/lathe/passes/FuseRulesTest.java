package dev.lathe.passes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.ir.Graph;
import dev.lathe.ir.Verifier;
import dev.lathe.ir.text.IrParser;
import dev.lathe.ir.text.IrPrinter;
import org.junit.jupiter.api.Test;

class FuseRulesTest {

  /** The graph with the given nodes, optimised; x is f32[2, 4]. */
  private static String optimized(String nodes) {
    Graph graph =
        IrParser.parse(
            "graph \"g\" { function \"forward\"(%x \"x\": f32[2, 4], %k \"k\": f32[2, 3, 4], %q"
                + " \"q\": f32[2, 5, 4]) -> (\"y\") {\n"
                + nodes
                + "\nreturn %y } }");
    Passes.optimize(graph, PassOptions.defaults().withVerify(true));
    Verifier.verify(graph);
    return IrPrinter.print(graph);
  }

  private static final String GELU =
      """
      %%c = constant() dense [%s] : f32[]
      %%d = div(%%x, %%c) : f32[2, 4]
      %%e = erf(%%d) : f32[2, 4]
      %%one = constant() dense [1.0] : f32[]
      %%f = add(%%e, %%one) : f32[2, 4]
      %%half = constant() dense [0.5] : f32[]
      %%g = mul(%%x, %%f) : f32[2, 4]
      %%y = mul(%%g, %%half) : f32[2, 4]
      """;

  @Test
  void geluOfErf() {
    assertThat(optimized(GELU.formatted("1.4142135")))
        .contains("gelu(%x) {tanh = false}")
        .doesNotContain("erf");
    assertThat(optimized(GELU.formatted("1.5"))).contains("erf(").doesNotContain("gelu");
  }

  private static final String LAYER_NORMALIZATION =
      """
      %%m = reduce_mean(%%x) {axes = [%d], keep_dims = true} : f32[%s]
      %%s = sub(%%x, %%m) : f32[2, 4]
      %%q2 = mul(%%s, %%s) : f32[2, 4]
      %%v = reduce_mean(%%q2) {axes = [%d], keep_dims = true} : f32[%s]
      %%eps = constant() dense [1.0E-5] : f32[]
      %%a = add(%%v, %%eps) : f32[%s]
      %%r = sqrt(%%a) : f32[%s]
      %%n = div(%%s, %%r) : f32[2, 4]
      %%w = constant() dense [1.0, 2.0, 3.0, 4.0] : f32[4]
      %%y = mul(%%n, %%w) : f32[2, 4]
      """;

  @Test
  void layerNormalizationOverLastAxesOnly() {
    assertThat(optimized(LAYER_NORMALIZATION.formatted(1, "2, 1", 1, "2, 1", "2, 1", "2, 1")))
        .contains("layer_normalization(%x, %w")
        .doesNotContain("sqrt(");
    assertThat(optimized(LAYER_NORMALIZATION.formatted(0, "1, 4", 0, "1, 4", "1, 4", "1, 4")))
        .contains("sqrt(")
        .doesNotContain("layer_normalization");
  }

  @Test
  void attentionWithAScaleAndTransposedKeys() {
    String text =
        optimized(
            """
            %t = transpose(%k) {permutation = [0, 2, 1]} : f32[2, 4, 3]
            %p = matmul(%q, %t) {transpose_a = false, transpose_b = false} : f32[2, 5, 3]
            %two = constant() dense [2.0] : f32[]
            %s = div(%p, %two) : f32[2, 5, 3]
            %m = softmax(%s) {axis = -1} : f32[2, 5, 3]
            %y = matmul(%m, %k) {transpose_a = false, transpose_b = false} : f32[2, 5, 4]
            """);
    assertThat(text).contains("attention(%q, %k, %k) {scale = 0.5}").doesNotContain("softmax(");
  }

  @Test
  void softmaxAlongAnotherAxisIsNoAttention() {
    String text =
        optimized(
            """
            %t = transpose(%k) {permutation = [0, 2, 1]} : f32[2, 4, 3]
            %p = matmul(%q, %t) {transpose_a = false, transpose_b = false} : f32[2, 5, 3]
            %m = softmax(%p) {axis = 1} : f32[2, 5, 3]
            %y = matmul(%m, %k) {transpose_a = false, transpose_b = false} : f32[2, 5, 4]
            """);
    assertThat(text).contains("softmax(").doesNotContain("attention(");
  }

  @Test
  void activationsOfProducts() {
    assertThat(optimized("%s = sigmoid(%x) : f32[2, 4]\n%y = mul(%s, %x) : f32[2, 4]"))
        .contains("silu(%x)");
    assertThat(
            optimized(
                """
                %three = constant() dense [3.0] : f32[]
                %a = add(%x, %three) : f32[2, 4]
                %c = clamp(%a) {min = 0.0, max = 6.0} : f32[2, 4]
                %p = mul(%x, %c) : f32[2, 4]
                %six = constant() dense [6.0] : f32[]
                %y = div(%p, %six) : f32[2, 4]
                """))
        .contains("hard_swish(%x)")
        .doesNotContain("clamp");
  }
}
