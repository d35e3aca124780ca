package dev.lathe.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.TestGraphs;
import dev.lathe.runtime.Npy;
import dev.lathe.runtime.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs self-contained jars in processes of their own. */
class BundleTest {
  @TempDir static Path folder;
  private static Path jar;
  private static Path ones;

  /** What a process did. */
  private record Ended(int status, String out) {}

  /** Once, as packing the library takes seconds. */
  @BeforeAll
  static void write() throws Exception {
    jar = folder.resolve("affine.jar");
    ArtifactWriter.write(jar, TestGraphs.affine(), "p.Affine", true);
    ones = folder.resolve("ones.npy");
    float[] elements = new float[400];
    Arrays.fill(elements, 1);
    try (Tensor tensor = Tensor.of(elements, 1, 400)) {
      Npy.write(ones, tensor);
    }
  }

  private static Ended java(Object... args) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-jar", jar.toString()));
    for (Object arg : args) {
      command.add(arg.toString());
    }
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return new Ended(process.waitFor(), Files.readString(output));
  }

  @Test
  void aBundleRunsByItself() throws Exception {
    Path out = folder.resolve("out");
    for (String backend : List.of("reference", "onednn")) {
      Ended ended =
          java(
              "--input",
              "x.1=" + ones,
              "--input",
              "class=" + ones,
              "--output-dir",
              out,
              "--threads",
              1,
              "--backend",
              backend);
      // No warning either, of native access say.
      assertThat(ended).isEqualTo(new Ended(0, ""));
      try (Tensor doubled = Npy.read(out.resolve("doubled_0.npy"))) {
        assertThat(doubled.toFloats()).containsOnly(8);
      }
    }
    assertThat(java("--signature"))
        .isEqualTo(
            new Ended(
                0,
                "affine(x.1: f32[N, 400], class: f32[N, 400]) -> (last_hidden_state: f32[N, 400],"
                    + " doubled/0: f32[N, 400])\n"));
  }

  @Test
  void aBundleHoldsWhatItNeedsAndItsWeightsAsTheyAre() throws Exception {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      assertThat(zip.getEntry("META-INF/lathe/p.Affine/weights.bin").getMethod())
          .isEqualTo(ZipEntry.STORED);
      assertThat(zip.stream().map(ZipEntry::getName))
          .contains("dev/lathe/runtime/launch/Main.class")
          .doesNotContain("module-info.class")
          .noneMatch(name -> name.startsWith("org/antlr/") || name.startsWith("com/google/"))
          .noneMatch(name -> name.startsWith("dev/lathe/passes/"));
    }
  }
}
