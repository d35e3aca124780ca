package dev.lathe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.compiler.BadInputException;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Shape;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.ModelOptions;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatheTest {
  @TempDir Path folder;
  private Path source;

  @BeforeEach
  void write() throws IOException {
    source = Files.writeString(folder.resolve("affine.ir"), TestGraphs.AFFINE);
  }

  @Test
  void compilesInMemory() {
    CompileOptions options =
        CompileOptions.defaults()
            .shape("x.1", Shape.of(1, 400))
            .threads(1)
            .optimizationLevel(1)
            .backend("reference");
    try (Model model = Lathe.compile(source, options);
        Session session = model.newSession();
        Tensor zeros = Tensor.of(new float[400], 1, 400)) {
      assertThat(model.signature().inputs().get(1)).hasToString("class: f32[1, 400]");
      assertThat(model.threads()).isEqualTo(1);
      assertThat(model.backend()).isEqualTo("reference");
      assertThat(model.metadata())
          .containsEntry("lathe.options", "level=1 shape:x.1=[1, 400] threads=1")
          .containsEntry("lathe.source", "affine.ir");
      assertThat(session.run(zeros, zeros)[0].toFloats()).containsOnly(0);
    }
  }

  @Test
  void compilesToAJarWhoseThreadsAreThoseAskedFor() throws IOException {
    Path jar = folder.resolve("affine.jar");
    Lathe.compileTo(source, jar, CompileOptions.defaults().threads(3));
    try (Model model = Model.load(jar, ModelOptions.defaults().backend("reference"))) {
      assertThat(model.threads()).isEqualTo(3);
      assertThat(model.metadata().get("lathe.source.sha256")).matches("[0-9a-f]{64}");
    }
    try (Model model = Model.load(jar, ModelOptions.defaults().backend("reference").threads(2))) {
      assertThat(model.threads()).isEqualTo(2);
    }
  }

  @Test
  void importsSourcesAndJarsAlike() throws IOException {
    Path jar = folder.resolve("affine.jar");
    Lathe.compileTo(source, jar, CompileOptions.defaults().optimizationLevel(0));
    try (Arena arena = Arena.ofShared()) {
      Graph fromSource = Lathe.importModel(source, arena);
      Graph fromJar = Lathe.importModel(jar, arena);
      assertThat(fromJar.parameters()).isEqualTo(fromSource.parameters());
      assertThat(fromJar.forward().body().size()).isEqualTo(fromSource.forward().body().size());
    }
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    CompileOptions options = CompileOptions.defaults();
    assertThatThrownBy(() -> Lathe.compile(folder.resolve("none.onnx")))
        .isInstanceOf(BadInputException.class)
        .hasMessageEndingWith("none.onnx: there is no such file");
    assertThatThrownBy(() -> options.threads(0)).hasMessageContaining("at least 1, not 0");
    assertThatThrownBy(() -> options.optimizationLevel(3)).hasMessageContaining("not 3");
    assertThatThrownBy(() -> options.stopAfterRewrites(-1)).hasMessageContaining("-1");
    assertThatThrownBy(
            () -> Lathe.compileTo(source, folder.resolve("a.jar"), options.packageName("1")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("'1' is no name of a Java package");
  }
}
