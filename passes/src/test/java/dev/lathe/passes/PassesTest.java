package dev.lathe.passes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.backend.reference.ReferenceBackend;
import dev.lathe.ir.BlockBuilder;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.Verifier;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.text.IrParser;
import dev.lathe.runtime.Tensor;
import dev.lathe.testing.CaseRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The levels on small graphs: what is computed stays the same; limits, dumps, and time. */
class PassesTest {
  private static final PassOptions OPTIONS = PassOptions.defaults().withVerify(true);

  private static final String SHAPES =
      """
        function "forward"(%x "x": f32[N, 2, 4]) -> ("y") {
          %s = shape(%x) {start = 0, end = 3} : i64[3]
          %i = constant() dense [0] : i64[]
          %n = gather(%s, %i) {axis = 0} : i64[]
          %u = unsqueeze(%n) {axes = [0]} : i64[1]
          %m = constant() dense [-1] : i64[1]
          %t = concat(%u, %m) {axis = 0} : i64[2]
          %y = reshape(%x, %t) {allow_zero = false} : f32[N, 8]
          return %y
        }
      """;

  private static final String CONVOLUTION =
      """
        parameter "w" : f32[2, 2, 1, 1] = dense [1.0, -2.0, 0.5, 3.0]
        parameter "unused" : f32[1] = dense [7.0]
        function "forward"(%x "x": f32[N, 2, 3, 3]) -> ("y") {
          %w = parameter() {name = "w", type = "f32[2, 2, 1, 1]"} : f32[2, 2, 1, 1]
          %s = constant() dense [1.5, 2.0] : f32[2]
          %t = constant() dense [0.5, -1.0] : f32[2]
          %m = constant() dense [0.25, 0.75] : f32[2]
          %v = constant() dense [4.0, 0.5] : f32[2]
          %c = conv(%x, %w) {strides = [1, 1], dilations = [1, 1], pads_begin = [0, 0], \
      pads_end = [0, 0], groups = 1} : f32[N, 2, 3, 3]
          %b = batch_normalization(%c, %s, %t, %m, %v) {epsilon = 1e-5} : f32[N, 2, 3, 3]
          %g = sigmoid(%b) : f32[N, 2, 3, 3]
          %h = sigmoid(%b) : f32[N, 2, 3, 3]
          %p = mul(%b, %g) : f32[N, 2, 3, 3]
          %q = mul(%b, %h) : f32[N, 2, 3, 3]
          %y = add(%p, %q) : f32[N, 2, 3, 3]
          return %y
        }
      """;

  private static final String NORMALIZED =
      """
        parameter "w" : f32[2, 1, 1, 1] = dense [1.0, 2.0]
        parameter "scale" : f32[2] = dense [3.0, 4.0]
        parameter "bias" : f32[2] = dense [5.0, 6.0]
        parameter "mean" : f32[2] = dense [7.0, 8.0]
        parameter "variance" : f32[2] = dense [3.0, 15.0]
        function "forward"(%x "x": f32[N, 1, 5, 5]) -> ("y") {
          %w = parameter() {name = w, type = "f32[2, 1, 1, 1]"} : f32[2, 1, 1, 1]
          %s = parameter() {name = scale, type = "f32[2]"} : f32[2]
          %b = parameter() {name = bias, type = "f32[2]"} : f32[2]
          %m = parameter() {name = mean, type = "f32[2]"} : f32[2]
          %v = parameter() {name = variance, type = "f32[2]"} : f32[2]
          %c = conv(%x, %w) {strides = [1, 1], dilations = [1, 1], pads_begin = [0, 0], \
      pads_end = [0, 0], groups = 1} : f32[N, 2, 5, 5]
          %y = batch_normalization(%c, %s, %b, %m, %v) {epsilon = 1.0} : f32[N, 2, 5, 5]
          return %y
        }
      """;

  private static Graph parse(String content) {
    return IrParser.parse("graph \"pipeline\" {\n" + content + "}\n");
  }

  private static String optimized(String content, PassOptions options) {
    Graph graph = parse(content);
    Passes.optimize(graph, options);
    assertComputesTheSame(content, graph);
    return GoldenFile.content(graph);
  }

  private static void assertComputesTheSame(String content, Graph form) {
    Graph graph = parse(content);
    List<Tensor> inputs = Inputs.random(graph);
    List<Tensor> expected = CaseRunner.run(new ReferenceBackend(), graph, inputs, 1);
    List<Tensor> actual = CaseRunner.run(new ReferenceBackend(), form, inputs, 1);
    for (int i = 0; i < expected.size(); i++) {
      CaseRunner.assertClose("output " + i, actual.get(i), expected.get(i), 1e-5);
    }
  }

  @Test
  void shapeArithmeticVanishesIntoDims() {
    assertThat(optimized(SHAPES, OPTIONS))
        .isEqualTo(
            """
              function "forward"(%x "x": f32[N, 2, 4]) -> ("y") {
                %0 = dims() {dims = [N, 8]} : i64[2]
                %y = reshape(%x, %0) {allow_zero = true} : f32[N, 8]
                return %y
              }
            """);
  }

  @Test
  void normalizationMovesIntoWeightsAndEqualNodesMeet() {
    String after = optimized(CONVOLUTION, OPTIONS);
    assertThat(after)
        .contains("conv(", "silu(", "parameter \"w.folded\"")
        .doesNotContain("batch_normalization", "sigmoid", "unused", "parameter \"w\"");
    assertThat(after.split("silu\\(", -1)).as(after).hasSize(2);
  }

  @Test
  void normalizationScalesWeightsAndGivesABias() {
    assertThat(optimized(NORMALIZED, OPTIONS))
        // s = scale / sqrt(variance + 1) = [1.5, 1]; w*s = [1.5, 2]; bias - mean*s = [-5.5, -2].
        .contains("dense [1.5, 2.0]", "dense [-5.5, -2.0]", "conv(%x, ")
        .doesNotContain("batch_normalization", "variance");
  }

  @Test
  void parametersThatAreTrainedStay() {
    assertThat(optimized(NORMALIZED, OPTIONS.withFoldParameters(false)))
        .contains("batch_normalization(", "parameter \"variance\"");
  }

  @Test
  void levelNoneChangesNothing() {
    assertThat(optimized(SHAPES, OPTIONS.withLevel(OptimizationLevel.NONE)))
        .isEqualTo(GoldenFile.content(parse(SHAPES)));
  }

  @Test
  void simplifyingLeavesOperatorsWhatTheyAre() {
    String simplified = optimized(CONVOLUTION, OPTIONS.withLevel(OptimizationLevel.SIMPLIFY));
    assertThat(simplified).contains("batch_normalization", "sigmoid").doesNotContain("unused");
    assertThat(simplified.split("sigmoid\\(", -1)).as(simplified).hasSize(2);
  }

  @Test
  void everyNumberOfRewritesGivesACorrectGraph() {
    for (String content : List.of(SHAPES, CONVOLUTION, NORMALIZED)) {
      Graph whole = parse(content);
      long total = Passes.optimize(whole, OPTIONS).rewriteCount();
      assertThat(total).isGreaterThan(2);
      for (long n = 0; n <= total; n++) {
        Graph graph = parse(content);
        PassReport report = Passes.optimize(graph, OPTIONS.withStopAfterRewrites(n));
        assertThat(report.rewriteCount()).isEqualTo(n);
        Verifier.verify(graph);
        assertComputesTheSame(content, graph);
        if (n == total) {
          assertThat(GoldenFile.content(graph)).isEqualTo(GoldenFile.content(whole));
        }
      }
    }
  }

  @Test
  void anOptimizedGraphIsNotChangedAgain() {
    Graph graph = parse(CONVOLUTION);
    Passes.optimize(graph, OPTIONS);
    String once = GoldenFile.content(graph);
    assertThat(Passes.optimize(graph, OPTIONS).rewrites()).isEmpty();
    assertThat(GoldenFile.content(graph)).isEqualTo(once);
  }

  @Test
  void stagesAreDumped(@TempDir Path directory) throws Exception {
    Path nested = directory.resolve("a").resolve("b");
    optimized(SHAPES, OPTIONS.withDumpDirectory(nested));
    try (Stream<Path> files = Files.list(nested)) {
      assertThat(files.map(file -> file.getFileName().toString()).sorted())
          .containsExactly(
              "00-imported.ir",
              "01-simplify.ir",
              "02-common-subexpressions.ir",
              "03-fuse.ir",
              "04-fold-weights.ir",
              "05-simplify-again.ir",
              "06-common-subexpressions.ir",
              "07-dead-code.ir");
    }
    assertThat(nested.resolve("00-imported.ir")).content().contains("gather(");
    assertThat(nested.resolve("07-dead-code.ir")).content().doesNotContain("gather(");
  }

  @Test
  void aDirectoryThatCannotBeMadeIsNamed(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("taken"), "");
    assertThatThrownBy(() -> optimized(SHAPES, OPTIONS.withDumpDirectory(file)))
        .isInstanceOf(java.io.UncheckedIOException.class)
        .hasMessageContaining("cannot write the IR to " + file.resolve("00-imported.ir"));
  }

  @Test
  void negativeLimitsAreRefused() {
    assertThatThrownBy(() -> OPTIONS.withStopAfterRewrites(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "limits of passes must not be negative: growth of constants by 65536 bytes, -1"
                + " rewrites");
    assertThatThrownBy(() -> OPTIONS.withMaxGrowthBytes(-5))
        .hasMessageContaining("growth of constants by -5 bytes");
  }

  /** The time for eight times the nodes; quadratic work would take 64 times as long. */
  @Test
  void timeGrowsWithTheNumberOfNodes() {
    optimizeChain(2_500);
    double small = Double.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      small = Math.min(small, optimizeChain(2_500));
    }
    double large = Math.min(optimizeChain(20_000), optimizeChain(20_000));
    assertThat(large).isLessThan(20.0);
    // Below a tenth of a second other work on the machine decides.
    assertThat(large).isLessThan(Math.max(0.1, 16 * small));
  }

  /** Seconds for a chain of additions of zero, gates and products with ones. */
  private static double optimizeChain(int nodes) {
    Graph graph = new Graph("chain");
    BlockBuilder builder = graph.newBlock();
    Value x = builder.argument("x", TensorType.parse("f32[N, 4]"));
    Value value = x;
    Value zero = builder.scalar(x.type().elementType(), 0);
    for (int i = 0; i < nodes; i += 4) {
      value = builder.add(new Unary(UnaryFunction.TANH), value);
      value = builder.add(new Binary(BinaryFunction.ADD), value, zero);
      Value gate = builder.add(new Unary(UnaryFunction.SIGMOID), value);
      value = builder.add(new Binary(BinaryFunction.MUL), value, gate);
    }
    graph.add(
        new Function(Graph.FORWARD, builder.finish(List.of(value)), List.of("x"), List.of("y")));
    long start = System.nanoTime();
    PassReport report = Passes.optimize(graph, PassOptions.defaults());
    double seconds = (System.nanoTime() - start) / 1e9;
    assertThat(report.rewrites())
        .containsEntry("NeutralElementRule", nodes / 4)
        .containsEntry("DecomposedSiluRule", nodes / 4);
    return seconds;
  }
}
