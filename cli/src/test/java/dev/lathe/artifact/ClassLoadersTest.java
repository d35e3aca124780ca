package dev.lathe.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.TestGraphs;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.ModelLoadException;
import dev.lathe.runtime.ModelOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Generated classes find their models wherever they were loaded from. */
class ClassLoadersTest {
  private static final ModelOptions REFERENCE = ModelOptions.defaults().backend("reference");

  @TempDir Path folder;
  private Path jar;

  @BeforeEach
  void write() throws IOException {
    jar = folder.resolve("affine with space.jar");
    ArtifactWriter.write(jar, TestGraphs.affine(), "p.Affine", false);
  }

  /** Classes and resources in memory, as loaders of jars in jars have them. */
  private static final class MemoryLoader extends ClassLoader {
    private final Map<String, byte[]> entries = new HashMap<>();

    MemoryLoader(Path jar) throws IOException {
      super(MemoryLoader.class.getClassLoader());
      try (ZipFile zip = new ZipFile(jar.toFile())) {
        for (ZipEntry entry : Collections.list(zip.entries())) {
          try (InputStream in = zip.getInputStream(entry)) {
            entries.put(entry.getName(), in.readAllBytes());
          }
        }
      }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      byte[] bytes = entries.get(name.replace('.', '/') + ".class");
      if (bytes == null) {
        throw new ClassNotFoundException(name);
      }
      return defineClass(name, bytes, 0, bytes.length);
    }

    @Override
    public InputStream getResourceAsStream(String name) {
      byte[] bytes = entries.get(name);
      return bytes == null ? null : new ByteArrayInputStream(bytes);
    }
  }

  @Test
  void fromAJar() throws Exception {
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()})) {
      expectToLoad(loader.loadClass("p.Affine"));
    }
  }

  @Test
  void fromMemory() throws Exception {
    expectToLoad(new MemoryLoader(jar).loadClass("p.Affine"));
  }

  private static void expectToLoad(Class<?> type) throws Exception {
    Object instance = type.getMethod("load", ModelOptions.class).invoke(null, REFERENCE);
    try (AutoCloseable closeable = (AutoCloseable) instance) {
      Model model = (Model) type.getMethod("model").invoke(closeable);
      assertThat(model.name()).isEqualTo("affine");
    }
  }

  @Test
  void weightsThatEndTooEarlyAreRefused() throws Exception {
    MemoryLoader loader = new MemoryLoader(jar);
    loader.entries.compute(
        "META-INF/lathe/p.Affine/weights.bin", (name, bytes) -> java.util.Arrays.copyOf(bytes, 99));
    Class<?> type = loader.loadClass("p.Affine");
    assertThatThrownBy(() -> Model.load(type, REFERENCE))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("weights.bin has 99 bytes and not 1600");
  }

  @Test
  void aClassWithoutAModelIsRefused() {
    assertThatThrownBy(() -> Model.load(ClassLoadersTest.class, REFERENCE))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining(
            "META-INF/lathe/dev.lathe.artifact.ClassLoadersTest/model.properties is missing");
  }
}
