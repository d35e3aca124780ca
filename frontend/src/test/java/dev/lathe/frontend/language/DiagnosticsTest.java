package dev.lathe.frontend.language;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What is said of erroneous programs, golden: {@code NAME.lathe} below {@code
 * src/test/resources/diagnostics} gives exactly {@code NAME.txt}. With {@code -Dgolden.bless=true}
 * the latter are written instead, for a reader to judge.
 */
class DiagnosticsTest {
  private static final Path FOLDER = Path.of("src/test/resources/diagnostics");

  @TestFactory
  Stream<DynamicTest> programs() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".lathe")).sorted().toList().stream()
          .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
    }
  }

  private static void check(Path file) throws IOException {
    Source source = Source.of(file.getFileName().toString(), Files.readString(file));
    String actual =
        LatheCompiler.read(source, FOLDER, Arena.ofAuto()).diagnostics().stream()
            .map(each -> each.render() + "\n")
            .collect(Collectors.joining("\n"));
    Path golden = Path.of(file.toString().replaceFirst("\\.lathe$", ".txt"));
    if (Boolean.getBoolean("golden.bless")) {
      Files.writeString(golden, actual);
    }
    assertThat(actual).isEqualTo(Files.exists(golden) ? Files.readString(golden) : "");
    assertThat(actual).as("a program of this folder has something wrong with it").isNotEmpty();
  }
}
