package dev.lathe.runtime.artifact;

import dev.lathe.ir.file.MappedZip;
import dev.lathe.ir.serial.MalformedGraphException;
import dev.lathe.runtime.ModelLoadException;
import java.io.IOException;
import java.io.StringReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Properties;
import java.util.SortedSet;
import java.util.zip.CRC32;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Reads compiled models.
 *
 * <p>Weights are mapped and not read. A jar must not be changed in place while it is mapped;
 * replacing it is safe.
 */
public final class Artifact {
  private static final String NO_MODEL = "this is no compiled model that can be loaded: ";

  private Artifact() {}

  /**
   * Reads the only model in a jar, or in a folder into which one was unpacked.
   *
   * @param arena owns the memory of the model's data
   * @throws ModelLoadException if there is none or more than one, or it is damaged or too new
   */
  public static StoredModel read(Path path, Arena arena) {
    try {
      ArtifactSource source =
          Files.isDirectory(path)
              ? new ArtifactSource.Folder(path, arena)
              : new ArtifactSource.Jar(MappedZip.open(path, "jar", arena), arena);
      return read(source, onlyModel(source.models()), path.toString());
    } catch (IOException e) {
      throw failure(path.toString(), e);
    }
  }

  /**
   * Reads the model of a generated class, from where the class itself came.
   *
   * @param arena owns the memory of the model's data
   * @throws ModelLoadException if it is not there, damaged or too new
   */
  public static StoredModel read(Class<?> type, Arena arena) {
    String name = type.getName();
    URL url = type.getResource(name.substring(name.lastIndexOf('.') + 1) + ".class");
    try {
      return read(source(type, url, arena), name, url == null ? name : url.toString());
    } catch (IOException e) {
      throw failure(url == null ? name : url.toString(), e);
    }
  }

  private static ArtifactSource source(Class<?> type, @Nullable URL url, Arena arena)
      throws IOException {
    try {
      if (url != null && url.getProtocol().equals("file")) {
        return new ArtifactSource.Folder(root(Path.of(url.toURI()), type), arena);
      }
      if (url != null && url.openConnection() instanceof JarURLConnection connection) {
        URL jar = connection.getJarFileURL();
        if (jar.getProtocol().equals("file")) {
          return new ArtifactSource.Jar(MappedZip.open(Path.of(jar.toURI()), "jar", arena), arena);
        }
      }
    } catch (URISyntaxException e) {
      throw new IOException("the place of " + type.getName() + " is no path: " + url, e);
    }
    return new ArtifactSource.Resources(type, arena);
  }

  /** The folder in which the packages begin, given the file of a class. */
  private static Path root(Path file, Class<?> type) throws IOException {
    Path root = file.getParent();
    long packages = type.getName().chars().filter(c -> c == '.').count();
    for (long i = 0; i < packages && root != null; i++) {
      root = root.getParent();
    }
    if (root == null) {
      throw new IOException(file + " does not lie in the folders of its package");
    }
    return root;
  }

  static ModelLoadException failure(String where, IOException e) {
    String why =
        switch (e) {
          case NoSuchFileException missing -> "there is no such file";
          case ZipException damaged -> NO_MODEL + damaged.getMessage();
          case MalformedGraphException damaged -> NO_MODEL + damaged.getMessage();
          default -> "the file cannot be read: " + e.getMessage();
        };
    return new ModelLoadException(where + ": " + why, e);
  }

  private static String onlyModel(SortedSet<String> models) throws ZipException {
    if (models.isEmpty()) {
      throw new ZipException(
          "it holds no "
              + ArtifactFormat.entry("*", ArtifactFormat.GRAPH)
              + "; compile a model with: lathe compile MODEL -o OUT.jar");
    }
    if (models.size() > 1) {
      throw new ZipException(
          "it holds "
              + models.size()
              + " models; load the one you mean with its class, one of "
              + String.join(", ", models));
    }
    return models.first();
  }

  private static StoredModel read(ArtifactSource source, String model, String where)
      throws IOException {
    Properties properties =
        properties(source, ArtifactFormat.entry(model, ArtifactFormat.PROPERTIES));
    int format = (int) number(properties, ArtifactFormat.FORMAT_KEY, 10);
    if (format > ArtifactFormat.VERSION) {
      throw new ZipException(
          "it has format "
              + format
              + ", and this runtime reads up to "
              + ArtifactFormat.VERSION
              + "; use lathe-runtime "
              + properties.getProperty(ArtifactFormat.LATHE_KEY, "of a later release")
              + " or newer");
    }
    long graphSize = number(properties, ArtifactFormat.GRAPH_SIZE_KEY, 10);
    long graphCrc = number(properties, ArtifactFormat.GRAPH_CRC_KEY, 16);
    long weightsSize = number(properties, ArtifactFormat.WEIGHTS_SIZE_KEY, 10);
    long weightsCrc = number(properties, ArtifactFormat.WEIGHTS_CRC_KEY, 16);
    MemorySegment structure =
        entry(source, ArtifactFormat.entry(model, ArtifactFormat.GRAPH), graphSize);
    CRC32 crc = new CRC32();
    crc.update(structure.asByteBuffer());
    if (crc.getValue() != graphCrc) {
      throw new ZipException("its graph is damaged: the checksum differs");
    }
    String weightsName = ArtifactFormat.entry(model, ArtifactFormat.WEIGHTS);
    MemorySegment weights = entry(source, weightsName, weightsSize);
    // Computing the checksum would read all the weights; the directory has it for the asking.
    long recorded = source.recordedCrc(weightsName);
    if (recorded >= 0 && recorded != weightsCrc) {
      throw new ZipException("its weights belong to another model: the checksum differs");
    }
    String identity =
        Long.toHexString(graphCrc)
            + "-"
            + Long.toHexString(graphSize)
            + "-"
            + Long.toHexString(weightsCrc)
            + "-"
            + Long.toHexString(weightsSize);
    return StoredModel.of(properties, where, identity, structure, weights);
  }

  private static Properties properties(ArtifactSource source, String name) throws IOException {
    MemorySegment bytes = source.entry(name);
    if (bytes == null) {
      throw new ZipException("its entry " + name + " is missing");
    }
    Properties properties = new Properties();
    try {
      byte[] text = new byte[Math.toIntExact(bytes.byteSize())];
      bytes.asByteBuffer().get(text);
      properties.load(new StringReader(new String(text, StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException e) {
      throw damaged(name, e);
    }
    return properties;
  }

  private static ZipException damaged(String what, IllegalArgumentException cause) {
    ZipException exception = new ZipException("its " + what + " is damaged");
    exception.initCause(cause);
    return exception;
  }

  private static long number(Properties properties, String key, int radix) throws ZipException {
    try {
      return Long.parseUnsignedLong(properties.getProperty(key, "missing"), radix) & Long.MAX_VALUE;
    } catch (NumberFormatException e) {
      throw damaged("property " + key, e);
    }
  }

  private static MemorySegment entry(ArtifactSource source, String name, long size)
      throws IOException {
    MemorySegment bytes = source.entry(name, size);
    if (bytes == null) {
      throw new ZipException("its entry " + name + " is missing");
    }
    if (bytes.byteSize() != size) {
      throw new ZipException(
          "its entry " + name + " has " + bytes.byteSize() + " bytes and not " + size);
    }
    return bytes;
  }
}
