package dev.lathe.passes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.ir.Graph;
import dev.lathe.ir.Verifier;
import dev.lathe.ir.text.IrParser;
import dev.lathe.ir.text.IrPrinter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineTest {
  private static final String SHAPES =
      """
      graph "shapes" {
        parameter "unused" : f32[2] = dense [1.0, 2.0]
        function "forward"(%x "x": f32[N, 4, 8]) -> ("y") {
          %s = shape(%x) {start = 0, end = 2147483647} : i64[3]
          %i = constant() dense [0] : i64[1]
          %n = gather(%s, %i) {axis = 0} : i64[1]
          %r = constant() dense [-1] : i64[1]
          %t = concat(%n, %r) {axis = 0} : i64[2]
          %y = reshape(%x, %t) {allow_zero = false} : f32[N, 32]
          return %y
        }
      }
      """;

  private static final String NORMALIZED =
      """
      graph "normalized" {
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
          %c = conv(%x, %w) {strides = [1, 1], dilations = [1, 1], pads_begin = [0, 0], pads_end = [0, 0], groups = 1} : f32[N, 2, 5, 5]
          %y = batch_normalization(%c, %s, %b, %m, %v) {epsilon = 1.0} : f32[N, 2, 5, 5]
          return %y
        }
      }
      """;

  private static String optimized(String text, PassOptions options) {
    Graph graph = IrParser.parse(text);
    Passes.optimize(graph, options.withVerify(true));
    Verifier.verify(graph);
    return IrPrinter.print(graph);
  }

  @Test
  void shapeArithmeticBecomesDimensions() {
    assertThat(optimized(SHAPES, PassOptions.defaults()))
        .contains("dims() {dims = [N, 32]}", "reshape(%x")
        .doesNotContain("gather(", "concat(", " shape(", "unused");
  }

  @Test
  void batchNormalizationGoesIntoTheWeights() {
    assertThat(optimized(NORMALIZED, PassOptions.defaults()))
        // s = scale / sqrt(variance + 1) = [1.5, 1]; w*s = [1.5, 2]; bias - mean*s = [-5.5, -2].
        .contains("dense [1.5, 2.0]", "dense [-5.5, -2.0]", "conv(%x, ")
        .doesNotContain("batch_normalization", "variance");
  }

  @Test
  void parametersThatAreTrainedStay() {
    assertThat(optimized(NORMALIZED, PassOptions.defaults().withFoldParameters(false)))
        .contains("batch_normalization(", "parameter \"variance\"");
  }

  @Test
  void levelNoneChangesNothing() {
    assertThat(optimized(SHAPES, PassOptions.defaults().withLevel(OptimizationLevel.NONE)))
        .isEqualTo(IrPrinter.print(IrParser.parse(SHAPES)));
  }

  @Test
  void everyPrefixOfTheRewritesIsWellFormed() {
    long total = Passes.optimize(IrParser.parse(NORMALIZED), PassOptions.defaults()).rewriteCount();
    assertThat(total).isGreaterThan(3);
    for (long n = 0; n <= total; n++) {
      Graph graph = IrParser.parse(NORMALIZED);
      PassReport report = Passes.optimize(graph, PassOptions.defaults().withStopAfterRewrites(n));
      Verifier.verify(graph);
      assertThat(report.rewriteCount()).isEqualTo(n);
    }
  }

  @Test
  void stagesAreDumped(@TempDir Path folder) {
    Passes.optimize(IrParser.parse(SHAPES), PassOptions.defaults().withDumpDirectory(folder));
    assertThat(Files.exists(folder.resolve("00-imported.ir"))).isTrue();
    assertThat(Files.exists(folder.resolve("01-simplify.ir"))).isTrue();
  }
}
