package dev.lathe.frontend.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.text.IrPrinter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The style, golden: {@code NAME.lathe} below {@code src/test/resources/format} becomes exactly
 * {@code NAME.formatted}; with {@code -Dgolden.bless=true} the latter are written instead, for a
 * reader to judge. And what holds for all sources.
 */
class LatheFormatterTest {
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final Path FOLDER = RESOURCES.resolve("format");
  private static final Path EXAMPLES = Path.of("../examples");

  private static String format(String text) {
    return LatheFormatter.format(Source.of("test.lathe", text));
  }

  private static List<Path> sources(Path... folders) throws IOException {
    List<Path> all = new ArrayList<>();
    for (Path folder : folders) {
      try (Stream<Path> files = Files.walk(folder)) {
        files.filter(file -> file.toString().endsWith(".lathe")).sorted().forEach(all::add);
      }
    }
    assertThat(all).hasSizeGreaterThan(2);
    return all;
  }

  @TestFactory
  Stream<DynamicTest> goldenPairs() throws IOException {
    return sources(FOLDER).stream()
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> golden(file)));
  }

  private static void golden(Path file) throws IOException {
    String actual = format(Files.readString(file));
    Path golden = Path.of(file.toString().replaceFirst("\\.lathe$", ".formatted"));
    if (Boolean.getBoolean("golden.bless")) {
      Files.writeString(golden, actual);
    }
    assertThat(actual).isEqualTo(Files.exists(golden) ? Files.readString(golden) : "");
    assertThat(format(actual)).isEqualTo(actual);
  }

  @TestFactory
  Stream<DynamicTest> everySourceKeepsItsMeaning() throws IOException {
    return sources(EXAMPLES, RESOURCES).stream()
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> keeps(file)));
  }

  private static void keeps(Path file) throws IOException {
    Source source = UnitLoader.read(file);
    Diagnostics syntax = new Diagnostics();
    SyntaxReader.read(source, syntax);
    if (syntax.hasErrors()) {
      assertThatThrownBy(() -> LatheFormatter.format(source)).isInstanceOf(LatheException.class);
      return;
    }
    String once = LatheFormatter.format(source);
    assertThat(format(once)).isEqualTo(once);
    assertThat(once.lines()).allMatch(line -> line.length() <= 100 || line.contains("//"));
    if (file.startsWith(EXAMPLES)) {
      assertThat(source.text()).as("lathe format examples/*.lathe changes it").isEqualTo(once);
    }
    assertThat(graphs(once, file)).isEqualTo(graphs(source.text(), file));
  }

  /** The graphs of a source, and what is wrong with it. */
  private static Map<String, String> graphs(String text, Path file) {
    Path folder = file.toAbsolutePath().getParent();
    LatheCompiler.Result result =
        LatheCompiler.read(Source.of("test.lathe", text), folder, Arena.ofAuto());
    Map<String, String> graphs = new TreeMap<>();
    result.models().forEach((name, model) -> graphs.put(name, IrPrinter.print(model.graph())));
    graphs.put(
        "diagnostics",
        result.diagnostics().stream()
            .map(each -> each.message().replaceAll("[\\s,]", "")) // They quote the source.
            .collect(Collectors.joining("\n")));
    return graphs;
  }

  @Test
  void layoutDecidesNothing() throws IOException {
    List<Path> files = sources(EXAMPLES, FOLDER);
    for (int i = 0; i < 1000; i++) {
      Path file = files.get(i % files.size());
      Relayout relayout = new Relayout(UnitLoader.read(file), i, false);
      String expected = withoutBlankLines(format(relayout.plain()));
      String mutated = relayout.mutated();
      assertThat(withoutBlankLines(format(mutated))).as(mutated).isEqualTo(expected);
      assertThat(expected.lines()).allMatch(line -> line.length() <= 100);
    }
  }

  private static String withoutBlankLines(String text) {
    return text.replaceAll("\n+", "\n");
  }

  @Test
  void commentsAreKeptWhereverTheyMayStand() throws IOException {
    List<Path> files = sources(EXAMPLES, FOLDER);
    for (int i = 0; i < 1000; i++) {
      Path file = files.get(i % files.size());
      Relayout relayout = new Relayout(UnitLoader.read(file), i, true);
      String mutated = relayout.mutated();
      String once = format(mutated);
      assertThat(format(once)).as(mutated).isEqualTo(once);
      assertThat(once.split("//", -1)).as(mutated).hasSameSizeAs(mutated.split("//", -1));
      assertThat(once).doesNotContain(" \n").doesNotContain("\n\n\n").doesNotContain("\t//");
      if (i % 50 == 0) {
        assertThat(graphs(once, file)).as(mutated).isEqualTo(graphs(relayout.plain(), file));
      }
    }
  }

  @Test
  void emptySources() {
    assertThat(format("")).isEmpty();
    assertThat(format(" \n\n\t\n")).isEmpty();
    assertThat(format("\n\n// only this ")).isEqualTo("// only this\n");
    assertThat(format("//a\r\n\r\n\r\n//b\r\n")).isEqualTo("//a\n\n//b\n");
    assertThat(format("block f(){}")).isEqualTo("block f() {}\n");
    assertThat(format("block f( // why\n){ // how\n }"))
        .isEqualTo("block f( // why\n) { // how\n}\n");
  }

  @Test
  void itemsStandApart() {
    assertThat(format("const A=1\nconst B=2\n\n\n\nconst C=3\nblock f(){}\nblock g(){}\n// h\n"))
        .isEqualTo(
            """
            const A = 1
            const B = 2

            const C = 3

            block f() {}

            block g() {}

            // h
            """);
  }

  @Test
  void stringsAndNumbersStayAsWritten() {
    assertThat(format("const A=[1_000,1.50E+3,\"é\\n\t // 😀\"]//😀\t"))
        .isEqualTo("const A = [1_000, 1.50E+3, \"é\\n\t // 😀\"] //😀\n");
  }

  @Test
  void sourcesWithSyntaxErrorsAreRefused() {
    assertThatThrownBy(() -> format("model M(x: f32[N]) -> (y) {\n  y = (x + \n}\nconst = 3\n"))
        .isInstanceOfSatisfying(
            LatheException.class, e -> assertThat(e.diagnostics()).hasSizeGreaterThan(1))
        .hasMessageContaining("test.lathe:2");
    assertThatThrownBy(() -> format("const A = \"\\q\"\n")).isInstanceOf(LatheException.class);
  }

  @Test
  void deepSourcesAreFormattedOrRefused() {
    String sum = "const A = 1" + " + 1".repeat(500);
    assertThat(format(sum)).isEqualTo("const A = 1" + "\n  + 1".repeat(500) + "\n");
    assertThatThrownBy(() -> format("const A = 1" + " + 1".repeat(200_000)))
        .isInstanceOf(LatheException.class)
        .hasMessageContaining("nested too deeply");
  }
}
