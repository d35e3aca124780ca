package dev.lathe.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.TestGraphs;
import dev.lathe.ir.Graph;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.ModelLoadException;
import dev.lathe.runtime.ModelOptions;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.artifact.ArtifactFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactTest {
  private static final ModelOptions REFERENCE = ModelOptions.defaults().backend("reference");
  private static final String WEIGHTS = ArtifactFormat.entry("p.Affine", ArtifactFormat.WEIGHTS);

  @TempDir Path folder;
  private Path jar;

  @BeforeEach
  void write() throws IOException {
    jar = folder.resolve("affine.jar");
    ArtifactWriter.write(jar, graph(), "p.Affine", false);
  }

  private static Graph graph() {
    return TestGraphs.affine()
        .metadata(ArtifactFormat.SOURCE, "affine\n.ir")
        .metadata(ArtifactFormat.THREADS, "1");
  }

  private static void expectToRun(Path path) {
    try (Model model = Model.load(path, REFERENCE)) {
      expectToRun(model);
    }
  }

  private static void expectToRun(Model model) {
    float[] ones = new float[800];
    Arrays.fill(ones, 1);
    try (Session session = model.newSession();
        Tensor x = Tensor.of(ones, 2, 400);
        Tensor y = Tensor.of(ones, 2, 400)) {
      Map<String, Tensor> outputs = session.run(Map.of("x.1", x, "class", y));
      assertThat(outputs.keySet()).containsExactly("last_hidden_state", "doubled/0");
      assertThat(outputs.get("last_hidden_state").toFloats()).containsOnly(4);
      assertThat(outputs.get("doubled/0").toFloats()).containsOnly(8);
    }
  }

  @Test
  void aCompiledModelLoadsAndRuns() {
    try (Model model = Model.load(jar, REFERENCE)) {
      assertThat(model.name()).isEqualTo("affine");
      assertThat(model.threads()).isEqualTo(1);
      assertThat(model.metadata()).containsEntry("producer", "tests");
      expectToRun(model);
    }
  }

  @Test
  void weightsAreStoredAndAligned() throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry weights = zip.getEntry(WEIGHTS);
      assertThat(weights.getMethod()).isEqualTo(ZipEntry.STORED);
      assertThat(weights.getSize()).isEqualTo(1600);
      assertThat(dataOffset(jar, WEIGHTS) % 64).isZero();
      for (ZipEntry entry : Collections.list(zip.entries())) {
        try (InputStream in = zip.getInputStream(entry)) {
          assertThat(in.readAllBytes()).hasSize((int) entry.getSize());
        }
      }
    }
  }

  /** Where the data of an entry begins, found by its local header. */
  private static long dataOffset(Path file, String name) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] text = name.getBytes(UTF_8);
    for (int at = 0; at < bytes.length - 30; at++) {
      if (buffer.getInt(at) == 0x04034b50
          && buffer.getShort(at + 26) == text.length
          && Arrays.equals(bytes, at + 30, at + 30 + text.length, text, 0, text.length)) {
        return at + 30L + text.length + Short.toUnsignedInt(buffer.getShort(at + 28));
      }
    }
    throw new AssertionError("no entry " + name);
  }

  @Test
  void theSameModelGivesTheSameBytes() throws IOException {
    Path again = folder.resolve("again.jar");
    ArtifactWriter.write(again, graph(), "p.Affine", false);
    assertThat(again).hasSameBinaryContentAs(jar);
  }

  @Test
  void theManifestTellsWhatTheJarIsAndNeeds() throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      var attributes = file.getManifest().getMainAttributes();
      assertThat(attributes.getValue("Lathe-Model")).isEqualTo("affine");
      assertThat(attributes.getValue("Lathe-Class")).isEqualTo("p.Affine");
      assertThat(attributes.getValue("Lathe-Format")).isEqualTo("1");
      assertThat(attributes.getValue("Lathe-Source")).isEqualTo("affine?.ir");
      assertThat(attributes.getValue("Lathe-Dependencies"))
          .isEqualTo(
              "dev.lathe:lathe-runtime:%1$s dev.lathe:lathe-backend-onednn:%1$s"
                  .formatted(Build.version()));
      assertThat(file.getEntry("META-INF/maven/p/affine/pom.xml")).isNotNull();
      try (InputStream in = file.getInputStream(file.getEntry(signature()))) {
        assertThat(new String(in.readAllBytes(), UTF_8))
            .contains("\"name\" : \"x.1\"")
            .contains("\"java\" : \"x1\"")
            .contains("\"shape\" : [ \"N\", 400 ]");
      }
    }
  }

  private static String signature() {
    return ArtifactFormat.entry("p.Affine", ArtifactFormat.SIGNATURE);
  }

  @Test
  void aJarOfSizesBeyond32BitsLoads() throws IOException {
    // Every size and offset counts as too large for 32 bits.
    rewritten(folder.resolve("wide.jar"), UnaryOperator.identity(), 0);
    try (ZipFile zip = new ZipFile(folder.resolve("wide.jar").toFile())) {
      assertThat(zip.getEntry(WEIGHTS).getSize()).isEqualTo(1600);
    }
    assertThat(dataOffset(folder.resolve("wide.jar"), WEIGHTS) % 64).isZero();
    expectToRun(folder.resolve("wide.jar"));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  /** Copies the jar with our own writer, contents changed as asked. */
  private void rewritten(Path to, UnaryOperator<String> properties, long limit) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile());
        FileChannel channel =
            FileChannel.open(to, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      ZipWriter writer = new ZipWriter(channel, limit);
      for (ZipEntry entry : Collections.list(zip.entries())) {
        byte[] bytes;
        try (InputStream in = zip.getInputStream(entry)) {
          bytes = in.readAllBytes();
        }
        if (entry.getMethod() == ZipEntry.STORED) {
          writer.stored(entry.getName(), bytes.length, 64, out -> out.write(bytes));
        } else {
          boolean change = entry.getName().endsWith(ArtifactFormat.PROPERTIES);
          writer.deflated(
              entry.getName(), change ? utf8(properties.apply(new String(bytes, UTF_8))) : bytes);
        }
      }
      writer.finish();
    }
  }

  @Test
  void aJarThatAnotherToolPackedAgainLoads() throws IOException {
    Path packed = folder.resolve("packed.jar");
    try (OutputStream out = Files.newOutputStream(packed)) {
      pack(out, List.of(jar));
    }
    expectToRun(packed);
  }

  private static void pack(OutputStream to, List<Path> jars) throws IOException {
    ZipOutputStream out = new ZipOutputStream(to);
    for (int i = 0; i < jars.size(); i++) {
      try (ZipFile zip = new ZipFile(jars.get(i).toFile())) {
        for (ZipEntry entry : Collections.list(zip.entries())) {
          if (i > 0 && entry.getName().equals(JarFile.MANIFEST_NAME)) {
            continue;
          }
          out.putNextEntry(new ZipEntry(entry.getName()));
          try (InputStream in = zip.getInputStream(entry)) {
            in.transferTo(out);
          }
          out.closeEntry();
        }
      }
    }
    out.finish();
  }

  @Test
  void aFolderIntoWhichAJarWasUnpackedLoads() throws IOException {
    Path root = folder.resolve("unpacked");
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        Path file = root.resolve(entry.getName());
        Files.createDirectories(file.getParent());
        try (InputStream in = zip.getInputStream(entry)) {
          Files.copy(in, file);
        }
      }
    }
    expectToRun(root);
  }

  @Test
  void twoModelsInOneJarAreToldApartByTheirClasses() throws IOException {
    Path other = folder.resolve("other.jar");
    ArtifactWriter.write(other, graph(), "q.Other", false);
    Path both = folder.resolve("both.jar");
    try (OutputStream out = Files.newOutputStream(both)) {
      pack(out, List.of(jar, other));
    }
    assertThatThrownBy(() -> Model.load(both, REFERENCE))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("it holds 2 models")
        .hasMessageContaining("p.Affine, q.Other");
  }

  private static void refuses(Path path, String message) {
    assertThatThrownBy(() -> Model.load(path, REFERENCE))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContaining(message);
  }

  @Test
  void refusesWhatIsNoCompiledModel() throws IOException {
    refuses(folder.resolve("none.jar"), "there is no such file");
    refuses(Files.writeString(folder.resolve("text.jar"), "plain text of a few words"), "no jar");
    refuses(Files.createFile(folder.resolve("empty.jar")), "it is no jar");
    Path foreign = folder.resolve("foreign.jar");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(foreign))) {
      out.putNextEntry(new ZipEntry("a.txt"));
      out.closeEntry();
    }
    refuses(foreign, "it holds no META-INF/lathe/*/graph.lir; compile a model with");
  }

  @Test
  void refusesAFormatOfALaterRelease() throws IOException {
    Path later = folder.resolve("later.jar");
    rewritten(later, text -> "format=2\nlathe=9.1.0\n", Integer.MAX_VALUE);
    refuses(later, "it has format 2, and this runtime reads up to 1; use lathe-runtime 9.1.0");
  }

  @Test
  void refusesWeightsOfAnotherModel() throws IOException {
    Path swapped = folder.resolve("swapped.jar");
    rewritten(
        swapped,
        text -> text.replaceAll("weights.crc32=.*", "weights.crc32=1234"),
        Integer.MAX_VALUE);
    refuses(swapped, "its weights belong to another model");
    Path shorter = folder.resolve("shorter.jar");
    rewritten(
        shorter,
        text -> text.replaceAll("weights.size=.*", "weights.size=1601"),
        Integer.MAX_VALUE);
    refuses(shorter, "has 1600 bytes and not 1601");
    Path damaged = folder.resolve("damaged.jar");
    rewritten(damaged, text -> "format=one", Integer.MAX_VALUE);
    refuses(damaged, "property format is damaged");
  }

  @Test
  void everyPrefixIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(jar);
    Path cut = folder.resolve("cut.jar");
    for (int length = 0; length < bytes.length; length += 37) {
      Files.write(cut, Arrays.copyOf(bytes, length));
      refuses(cut, length < 4 ? "no jar" : "");
    }
    Files.write(cut, Arrays.copyOf(bytes, bytes.length - 1));
    refuses(cut, "it was cut short: the directory at its end is missing");
  }

  @Test
  void flippedBitsAreRefusedOrHarmless() throws IOException {
    byte[] bytes = Files.readAllBytes(jar);
    Random random = new Random(3);
    Path flipped = folder.resolve("flipped.jar");
    for (int i = 0; i < 1500; i++) {
      byte[] copy = bytes.clone();
      int bit = random.nextInt(8 * copy.length);
      copy[bit / 8] ^= (byte) (1 << (bit % 8));
      // A mapping of the last round may still be open: the file is replaced and not changed.
      Files.deleteIfExists(flipped);
      Files.write(flipped, copy);
      try (Model model = Model.load(flipped, REFERENCE)) {
        assertThat(model.name()).isEqualTo("affine");
      } catch (ModelLoadException e) {
        assertThat(e).hasMessageStartingWith(flipped + ": ");
      }
    }
  }
}
