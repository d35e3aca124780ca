package dev.lathe.passes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.backend.reference.ReferenceBackend;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Verifier;
import dev.lathe.ir.text.IrParser;
import dev.lathe.passes.precision.NarrowProducts;
import dev.lathe.passes.precision.ReducedPrecisionPass;
import dev.lathe.runtime.Tensor;
import dev.lathe.testing.CaseRunner;
import dev.lathe.testing.OpCase;
import dev.lathe.testing.OpCases;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where casts are placed, as text, and that what is computed stays near what it was. */
class ReducedPrecisionTest {
  private static final Path FILE =
      Path.of("src", "test", "resources", "precision", "ReducedPrecisionPass.golden");

  /** Some units in the last of bf16's eight bits, as a part of the largest output. */
  private static final double TOLERANCE = 0x1p-5;

  private static final PassOptions REDUCED =
      PassOptions.defaults()
          .withLevel(OptimizationLevel.NONE)
          .withVerify(true)
          .withPrecision(ElementType.BF16);

  /** Reduces products however few weights they have, as the file's have few. */
  private static PassReport reduce(Graph graph, PassOptions options) {
    PassContext context = new PassContext(options);
    for (Pass pass : Passes.of(options)) {
      boolean reduces = pass instanceof ReducedPrecisionPass;
      (reduces ? new ReducedPrecisionPass(options.precision(), 0) : pass).run(graph, context);
    }
    return context.report();
  }

  private static Graph reduced(Graph graph, PassOptions options) {
    reduce(graph, options);
    return graph;
  }

  @ParameterizedTest
  @CsvSource({
    "8192, 1, 4, true", // As many as are not few.
    "8191, 1, 4, false",
    "1, 8191, 4, false",
    "131071, 1, 1, false", // On one position, sixteen times as many are.
    "131072, 1, 1, true",
  })
  void convolutionsOfFewWeightsStayWide(int channels, int filters, int size, boolean narrow) {
    String image = size + ", " + size + "]";
    Graph graph =
        IrParser.parse(
            "graph \"g\" { function \"forward\"(%x \"x\": f32[N, "
                + channels
                + ", "
                + image
                + ") -> (\"y\") { %w = constant() splat 0.5 : f32["
                + filters
                + ", "
                + channels
                + ", 1, 1] %y = conv(%x, %w) {strides = [1, 1], dilations = [1, 1], pads_begin ="
                + " [0, 0], pads_end = [0, 0], groups = 1} : f32[N, "
                + filters
                + ", "
                + image
                + " return %y } }");
    Passes.optimize(graph, REDUCED);
    assertThat(GoldenFile.content(graph).contains("bf16")).isEqualTo(narrow);
  }

  private static final String TWO_PRODUCTS =
      """
      graph "g" {
        function "forward"(%x "x": f32[4, 128]) -> ("y") {
          %v = constant() splat 0.5 : f32[128, 128]
          %w = constant() splat 0.25 : f32[128, 96]
          %a = matmul(%x, %v) {transpose_a = false, transpose_b = false} : f32[4, 128]
          %r = relu(%a) : f32[4, 128]
          %y = matmul(%r, %w) {transpose_a = false, transpose_b = false} : f32[4, 96]
          return %y
        }
      }
      """;

  @Test
  void productsThatAreNamedStayWide() {
    Graph graph = IrParser.parse(TWO_PRODUCTS);
    assertThat(NarrowProducts.of(graph)).hasSize(2);
    Passes.optimize(graph, REDUCED.withWide(Set.of(0)));
    assertThat(GoldenFile.content(graph))
        .contains("matmul(%x, %v)", "bf16[128, 96]")
        .doesNotContain("bf16[128, 128]");
    Graph none = IrParser.parse(TWO_PRODUCTS);
    Passes.optimize(none, REDUCED.withWide(Set.of(0, 1)));
    assertThat(GoldenFile.content(none)).doesNotContain("bf16");
    assertThatThrownBy(
            () -> Passes.optimize(IrParser.parse(TWO_PRODUCTS), REDUCED.withWide(Set.of(2))))
        .hasMessageContaining("there is no product 2 of 2 to keep in f32");
  }

  @TestFactory
  Stream<DynamicTest> graphsBecomeWhatTheFileSays() throws IOException {
    List<GoldenFile.Case> cases = GoldenFile.read(FILE);
    if (Boolean.getBoolean("golden.bless")) {
      List<GoldenFile.Case> blessed = new ArrayList<>();
      for (GoldenFile.Case each : cases) {
        String after = each.keeps() ? "" : GoldenFile.content(reduced(each.graph(), REDUCED));
        blessed.add(new GoldenFile.Case(each.name(), GoldenFile.content(each.graph()), after));
      }
      GoldenFile.write(FILE, blessed);
      cases = blessed;
    }
    return cases.stream().map(each -> DynamicTest.dynamicTest(each.name(), () -> check(each)));
  }

  private static void check(GoldenFile.Case each) {
    Graph after = reduced(each.graph(), REDUCED);
    Verifier.verify(after);
    assertThat(GoldenFile.content(after)).isEqualTo(each.keeps() ? each.before() : each.after());
    List<Tensor> inputs = Inputs.random(after);
    List<Tensor> expected = CaseRunner.run(new ReferenceBackend(), each.graph(), inputs, 1);
    List<Tensor> actual = CaseRunner.run(new ReferenceBackend(), after, inputs, 1);
    for (int i = 0; i < expected.size(); i++) {
      CaseRunner.assertClose("output " + i, actual.get(i), expected.get(i), TOLERANCE);
    }
  }

  @Test
  void inputsAndOutputsKeepTheirTypes() {
    var forms = OpCases.all().iterator();
    for (OpCase each : OpCases.all()) {
      Graph form = reduced(forms.next().graph(), REDUCED);
      assertThat(form.forward().outputs())
          .as(each.name())
          .extracting(value -> value.type().elementType())
          .isEqualTo(
              each.graph().forward().outputs().stream().map(v -> v.type().elementType()).toList());
    }
  }

  @Test
  void whatIsReducedIsReportedAndCanBeBisected() throws IOException {
    GoldenFile.Case each = GoldenFile.read(FILE).getFirst();
    assertThat(reduce(each.graph(), REDUCED).rewrites()).containsEntry("ReducedPrecision", 3);
    Graph untouched = reduced(each.graph(), REDUCED.withStopAfterRewrites(0));
    assertThat(GoldenFile.content(untouched)).isEqualTo(each.before());
    Graph first = reduced(each.graph(), REDUCED.withStopAfterRewrites(1));
    assertThat(GoldenFile.content(first)).contains("cast(%x) {to = bf16}").contains(": bf16");
    assertThat(first.forward().outputs().getFirst().type().elementType())
        .isEqualTo(ElementType.F32);
  }

  @Test
  void otherTypesAreRefused() {
    assertThatThrownBy(() -> PassOptions.defaults().withPrecision(ElementType.I8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("precision must be f32, bf16 or f16, not i8");
  }
}
