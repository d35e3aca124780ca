package dev.lathe.runtime.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.TestGraphs;
import dev.lathe.artifact.ArtifactWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  @TempDir Path folder;
  private Path jar;

  @BeforeEach
  void write() throws IOException {
    jar = folder.resolve("affine.jar");
    ArtifactWriter.write(jar, TestGraphs.affine(), "p.Affine", false);
  }

  private void expect(int status, String text, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    assertThat(Main.run(jar, args, stream, stream)).isEqualTo(status);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains(text);
  }

  @Test
  void wrongUsageIsTold() {
    expect(0, "Usage: java -jar MODEL.jar", "--help");
    expect(2, "error: unknown option --nonsense; see --help", "--nonsense");
    expect(2, "error: --input needs a value; see --help", "--input");
    expect(2, "error: --input takes NAME=FILE.npy, not x", "--input", "x");
    expect(2, "error: input 'x' is given twice", "--input", "x=a", "--input", "x=b");
    expect(2, "error: --threads takes a number of at least 1, not none", "--threads", "none");
    expect(2, "error: --output-dir is missing; see --help", "--backend", "reference");
  }

  @Test
  void badInputIsTold() {
    String out = folder.resolve("out").toString();
    expect(2, "error: inputs 'x.1', 'class' are missing", reference("--output-dir", out));
    expect(
        2,
        "error: none.npy: there is no such file",
        reference("--output-dir", out, "--input", "x.1=none.npy"));
    expect(1, "error: there is no backend 'abacus'", "--output-dir", out, "--backend", "abacus");
  }

  private static String[] reference(String... args) {
    String[] all = java.util.Arrays.copyOf(args, args.length + 2);
    all[args.length] = "--backend";
    all[args.length + 1] = "reference";
    return all;
  }
}
