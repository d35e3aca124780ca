package dev.lathe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormatCommandTest {
  private static final String UGLY = "const A=[ 1,2 ] // two\n";
  private static final String NEAT = "const A = [1, 2] // two\n";
  private static final String WRONG = "const A = [1,\nconst B = 2\n";

  @TempDir Path folder;
  private Path ugly;
  private Path neat;
  private Path wrong;

  @BeforeEach
  void write() throws IOException {
    ugly = Files.writeString(folder.resolve("ugly.lathe"), UGLY);
    neat = Files.writeString(folder.resolve("neat.lathe"), NEAT);
    wrong = Files.writeString(folder.resolve("wrong.lathe"), WRONG);
  }

  private static void expect(CommandResult result, int status, String out) {
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).isEqualTo(out);
    assertThat(result.status()).isEqualTo(status);
  }

  @Test
  void filesAreReplaced() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link.lathe"), ugly.getFileName());
    expect(CommandResult.of("format", link, neat), 0, "");
    assertThat(ugly).hasContent(NEAT);
    assertThat(neat).hasContent(NEAT);
    assertThat(link).isSymbolicLink();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(4);
    }
    expect(CommandResult.of("format", ugly), 0, "");
  }

  @Test
  void checkListsAndChangesNothing() throws IOException {
    expect(CommandResult.of("format", "--check", ugly, neat), 1, ugly + System.lineSeparator());
    assertThat(Files.readString(ugly)).isEqualTo(UGLY);
    expect(CommandResult.of("format", "--check", neat), 0, "");
  }

  @Test
  void standardOutput() throws IOException {
    expect(CommandResult.of("format", ugly, "--stdout", neat), 0, NEAT + NEAT);
    assertThat(Files.readString(ugly)).isEqualTo(UGLY);
  }

  @Test
  void filesWithErrorsStayAndTheOthersDoNotSuffer() throws IOException {
    CommandResult result = CommandResult.of("format", wrong, ugly);
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err())
        .startsWith("error: this '[' is never closed")
        .contains("wrong.lathe:1");
    assertThat(Files.readString(wrong)).isEqualTo(WRONG);
    assertThat(Files.readString(ugly)).isEqualTo(NEAT);
  }

  private static void failed(String message, Object... args) {
    CommandResult result = CommandResult.of(args);
    assertThat(result.err()).startsWith("lathe: error: ").contains(message);
    assertThat(result.status()).isEqualTo(2);
  }

  @Test
  void badInput() throws IOException {
    failed("there is no such file", "format", folder.resolve("missing.lathe"));
    failed("this is a folder; name its .lathe files", "format", folder);
    failed("exclude each other", "format", neat, "--check", "--stdout");
    failed("Missing required parameter", "format");
    Path binary = Files.write(folder.resolve("binary.lathe"), new byte[] {(byte) 0xff, 1});
    failed("this is no UTF-8 text", "format", binary);
  }
}
