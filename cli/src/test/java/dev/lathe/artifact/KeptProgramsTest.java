package dev.lathe.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.TestGraphs;
import dev.lathe.runtime.Npy;
import dev.lathe.runtime.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes one after the other, of which the later use what the first kept. */
class KeptProgramsTest {
  @TempDir private Path folder;

  private String run(Path jar, Path output, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-Xlog:class+load:file=" + folder.resolve("classes.txt"),
                "-Dlathe.cache=" + folder.resolve("cache")));
    command.addAll(Arrays.asList(options));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            "dev.lathe.cli.Main",
            "run",
            jar.toString(),
            "--input",
            "x.1=" + folder.resolve("x.npy"),
            "--input",
            "class=" + folder.resolve("y.npy"),
            "--output-dir",
            output.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return Files.readString(folder.resolve("classes.txt"));
  }

  private List<Path> kept() throws IOException {
    Path programs = folder.resolve("cache").resolve("programs");
    if (!Files.isDirectory(programs)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(programs)) {
      return files.toList();
    }
  }

  @Test
  void aLaterProcessDoesNotLowerAgain() throws Exception {
    Path jar = folder.resolve("affine.jar");
    ArtifactWriter.write(jar, TestGraphs.affine(), "models.Affine", false);
    float[] elements = new float[800];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = i % 17 - 8;
    }
    try (Tensor x = Tensor.of(elements, 2, 400)) {
      Npy.write(folder.resolve("x.npy"), x);
      Npy.write(folder.resolve("y.npy"), x);
    }
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    Path third = folder.resolve("third");

    assertThat(run(jar, first)).contains("lower.Lowering ");
    assertThat(kept()).hasSize(1);
    assertThat(run(jar, second)).contains("store.ProgramReader ").doesNotContain("lower.Lowering ");
    assertThat(run(jar, third, "-Dlathe.programs=false")).contains("lower.Lowering ");

    byte[] expected = Files.readAllBytes(first.resolve("last_hidden_state.npy"));
    assertThat(second.resolve("last_hidden_state.npy")).hasBinaryContent(expected);
    assertThat(third.resolve("last_hidden_state.npy")).hasBinaryContent(expected);
  }
}
