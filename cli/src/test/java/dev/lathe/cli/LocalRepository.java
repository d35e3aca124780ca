package dev.lathe.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * A repository for Maven that has what the user's has, by links, and Lathe's modules as they are
 * built: what {@code mvn install} would make, without touching the user's. Closing it removes the
 * links.
 *
 * @param folder where it lies
 */
record LocalRepository(Path folder) implements AutoCloseable {
  private static final List<String> MODULES =
      List.of(
          "grammar",
          "ir",
          "runtime",
          "frontend",
          "passes",
          "backends/reference",
          "backends/onednn",
          "cli");

  /**
   * @param folder where it shall lie
   * @param cached the user's
   */
  LocalRepository(Path folder, Path cached) throws IOException {
    this(folder);
    Files.createDirectories(folder.resolve("dev/lathe"));
    link(cached, folder, "dev");
    link(cached.resolve("dev"), folder.resolve("dev"), "lathe");
  }

  private static void link(Path from, Path to, String except) throws IOException {
    if (!Files.isDirectory(from)) {
      return;
    }
    try (Stream<Path> entries = Files.list(from)) {
      for (Path entry : entries.toList()) {
        if (!entry.getFileName().toString().equals(except)) {
          Files.createSymbolicLink(to.resolve(entry.getFileName()), entry.toAbsolutePath());
        }
      }
    }
  }

  /** Puts Lathe's modules there, from their compiled classes. */
  void install(Path checkout, String version) throws IOException {
    Path parent = Files.createDirectories(folder.resolve("dev/lathe/lathe-parent/" + version));
    Files.copy(checkout.resolve("pom.xml"), parent.resolve("lathe-parent-" + version + ".pom"));
    for (String module : MODULES) {
      String artifact = "lathe-" + module.replace("backends/", "backend-");
      Path place = Files.createDirectories(folder.resolve("dev/lathe/" + artifact + "/" + version));
      String name = artifact + "-" + version;
      Files.copy(checkout.resolve(module).resolve("pom.xml"), place.resolve(name + ".pom"));
      jar(checkout.resolve(module).resolve("target/classes"), place.resolve(name + ".jar"));
    }
  }

  private static void jar(Path classes, Path jar) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        entries.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, entries);
        entries.closeEntry();
      }
    }
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path link : files.filter(Files::isSymbolicLink).toList()) {
        Files.delete(link);
      }
    }
  }
}
