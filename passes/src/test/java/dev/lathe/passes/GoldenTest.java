package dev.lathe.passes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.backend.reference.ReferenceBackend;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Verifier;
import dev.lathe.passes.fold.FoldRules;
import dev.lathe.passes.fuse.FuseRules;
import dev.lathe.passes.rewrite.RewritePass;
import dev.lathe.passes.rewrite.RewriteRule;
import dev.lathe.passes.simplify.SimplifyRules;
import dev.lathe.runtime.Tensor;
import dev.lathe.testing.CaseRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Each rule alone on the graphs of its golden file, {@code golden/theme/RuleName.golden}: the text
 * it gives, and that both sides compute the same. {@code -Dgolden.bless=true} rewrites the files.
 */
class GoldenTest {
  private static final Path DIRECTORY = Path.of("src", "test", "resources", "golden");
  private static final double TOLERANCE = 1e-5;

  /** The rules by the paths of their files. */
  private static Map<Path, RewriteRule<?>> rules() {
    Map<Path, RewriteRule<?>> rules = new TreeMap<>();
    Map<String, List<List<RewriteRule<?>>>> themes =
        Map.of(
            "simplify", List.of(SimplifyRules.ALL),
            "fold", List.of(FoldRules.CONSTANTS, FoldRules.WEIGHTS, FoldRules.PARAMETERS),
            "fuse", List.of(FuseRules.ALL));
    themes.forEach(
        (theme, lists) ->
            lists.stream()
                .flatMap(List::stream)
                .forEach(
                    rule ->
                        rules.put(
                            DIRECTORY.resolve(theme).resolve(rule.name() + ".golden"), rule)));
    return rules;
  }

  @TestFactory
  Stream<DynamicTest> rulesGiveWhatTheirFilesSay() throws IOException {
    boolean bless = Boolean.getBoolean("golden.bless");
    List<DynamicTest> tests = new ArrayList<>();
    for (Map.Entry<Path, RewriteRule<?>> entry : rules().entrySet()) {
      Path file = entry.getKey();
      if (bless && Files.exists(file)) {
        bless(file, entry.getValue());
      }
      for (GoldenFile.Case each :
          Files.exists(file) ? GoldenFile.read(file) : List.<GoldenFile.Case>of()) {
        tests.add(
            DynamicTest.dynamicTest(
                entry.getValue().name() + ": " + each.name(), () -> check(entry.getValue(), each)));
      }
    }
    return tests.stream();
  }

  @Test
  void everyRuleFiresInOneCaseAndKeepsAnother() throws IOException {
    for (Path file : rules().keySet()) {
      assertThat(file).exists();
      assertThat(GoldenFile.read(file))
          .as("cases of %s", file)
          .anyMatch(GoldenFile.Case::keeps)
          .anyMatch(each -> !each.keeps())
          .extracting(GoldenFile.Case::name)
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void everyFileHasARule() throws IOException {
    try (Stream<Path> files = Files.walk(DIRECTORY)) {
      assertThat(files.filter(Files::isRegularFile)).hasSameElementsAs(rules().keySet());
    }
  }

  private static void bless(Path file, RewriteRule<?> rule) throws IOException {
    List<GoldenFile.Case> blessed = new ArrayList<>();
    for (GoldenFile.Case each : GoldenFile.read(file)) {
      try {
        String before = GoldenFile.content(each.graph());
        String after = each.keeps() ? "" : GoldenFile.content(apply(rule, each).graph());
        blessed.add(new GoldenFile.Case(each.name(), before, after));
      } catch (RuntimeException e) {
        throw new IllegalStateException(file + ", " + each.name() + ": " + e.getMessage(), e);
      }
    }
    GoldenFile.write(file, blessed);
  }

  /** What came out, and how often the rule was applied. */
  private record Applied(Graph graph, long rewrites) {}

  private static Applied apply(RewriteRule<?> rule, GoldenFile.Case each) {
    Graph graph = each.graph();
    PassContext context = new PassContext(PassOptions.defaults());
    new RewritePass("one", List.of(rule)).run(graph, context);
    return new Applied(graph, context.report().rewriteCount());
  }

  private static void check(RewriteRule<?> rule, GoldenFile.Case each) {
    Graph before = each.graph();
    Applied applied = apply(rule, each);
    Verifier.verify(applied.graph());
    assertThat(GoldenFile.content(applied.graph()))
        .isEqualTo(each.keeps() ? each.before() : each.after());
    if (each.keeps()) {
      assertThat(applied.rewrites()).isZero();
    } else {
      assertThat(applied.rewrites()).isPositive();
    }
    List<Tensor> inputs = Inputs.random(before);
    List<Tensor> expected = CaseRunner.run(new ReferenceBackend(), before, inputs, 1);
    List<Tensor> actual = CaseRunner.run(new ReferenceBackend(), applied.graph(), inputs, 1);
    for (int i = 0; i < expected.size(); i++) {
      CaseRunner.assertClose("output " + i, actual.get(i), expected.get(i), TOLERANCE);
    }
  }
}
