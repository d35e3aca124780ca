package dev.lathe.frontend.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sources that are changed at random give diagnostics that can be shown, and nothing else. */
class MutationTest {
  private static final int MUTANTS = 10_000;
  private static final int SEEDS = 50;

  /** Far more than any takes on a machine with nothing else to do. */
  private static final long SLOWEST_SECONDS = 10;

  private static List<Source> sources() throws IOException {
    List<Source> sources = new ArrayList<>();
    for (String folder :
        List.of("../examples", "src/test/resources/format", "src/test/resources/diagnostics")) {
      try (Stream<Path> files = Files.list(Path.of(folder))) {
        for (Path file :
            files.filter(each -> each.toString().endsWith(".lathe")).sorted().toList()) {
          sources.add(UnitLoader.read(file));
        }
      }
    }
    return sources;
  }

  @Test
  @Tag("slow")
  @Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void mutantsGiveDiagnosticsThatCanBeShown() throws IOException {
    List<Source> sources = sources();
    IntStream.range(0, SEEDS)
        .parallel()
        .forEach(
            seed -> {
              SourceMutator mutator = new SourceMutator(seed, sources);
              for (int i = 0; i < MUTANTS / SEEDS; i++) {
                check(mutator.next());
              }
            });
  }

  private static void check(String text) {
    Source source = Source.of("mutant.lathe", text);
    long start = System.nanoTime();
    LatheCompiler.Result result;
    try {
      result = LatheCompiler.read(source, Path.of("../examples"), Arena.ofAuto());
    } catch (RuntimeException | Error e) {
      throw new AssertionError("an exception for this source:\n" + text, e);
    }
    assertThat(System.nanoTime() - start)
        .as("nanoseconds for:\n%s", text)
        .isLessThan(TimeUnit.SECONDS.toNanos(SLOWEST_SECONDS));
    for (Diagnostic each : result.diagnostics()) {
      assertThat(each.message()).as(text).isNotBlank();
      inside(each.span(), text);
      each.notes().forEach(note -> inside(note.span(), text));
      assertThat(each.render().chars()).as(text).noneMatch(c -> c != '\n' && c < ' ');
    }
    if (!result.hasErrors()) {
      long models =
          SyntaxReader.read(source, new Diagnostics()).items().stream()
              .filter(Syntax.Model.class::isInstance)
              .count();
      assertThat(result.models()).as("no error and a model lacks:\n%s", text).hasSize((int) models);
    }
  }

  private static void inside(Span span, String text) {
    int length = span.source().text().length();
    assertThat(span.start()).as(text).isBetween(0, length);
    assertThat(span.end()).as(text).isBetween(span.start(), length);
  }
}
