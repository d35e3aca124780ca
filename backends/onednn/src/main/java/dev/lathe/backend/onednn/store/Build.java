package dev.lathe.backend.onednn.store;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.stream.Stream;

/**
 * What tells this build of the backend from others: how large the file or the folder is that its
 * classes come from, and when it was last changed. A program of another build may compute what this
 * one would not.
 */
final class Build {
  /** Letters and digits; {@code unknown} where the classes come from no file. */
  static final String ID = id();

  private Build() {}

  private static String id() {
    CodeSource source = Build.class.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return "unknown";
    }
    try {
      Path path = Path.of(source.getLocation().toURI());
      return Files.isDirectory(path) ? ofFolder(path) : ofFile(path);
    } catch (IOException
        | URISyntaxException
        | IllegalArgumentException
        | FileSystemNotFoundException e) {
      return "unknown";
    }
  }

  private static String ofFile(Path file) throws IOException {
    return Files.size(file) + "t" + Files.getLastModifiedTime(file).toMillis();
  }

  private static String ofFolder(Path folder) throws IOException {
    long bytes = 0;
    long changed = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
        changed = Math.max(changed, Files.getLastModifiedTime(file).toMillis());
      }
    }
    return bytes + "t" + changed;
  }
}
