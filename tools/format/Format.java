import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.zip.CRC32C;

/**
 * Checks or applies google-java-format to every Java source of the repository.
 *
 * <p>The build runs this file on the project's own JDK, because the formatter parses with the javac
 * of the JVM it runs in, and Maven may run on an older one. Sources that were found well formatted
 * are remembered by their digest, so that a second check costs next to nothing.
 */
final class Format {
  private static final Set<String> SKIPPED = Set.of(".git", ".lathe", "node_modules");

  private Format() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 3 || !Set.of("check", "apply").contains(args[0])) {
      throw new IllegalArgumentException("usage: Format check|apply ROOT MEMORY");
    }
    boolean apply = args[0].equals("apply");
    Path root = Path.of(args[1]);
    Path memory = Path.of(args[2]);

    Set<String> known =
        Files.exists(memory) ? new TreeSet<>(Files.readAllLines(memory)) : new TreeSet<>();
    Set<String> good = new ConcurrentSkipListSet<>();
    Set<String> bad = new ConcurrentSkipListSet<>();
    Set<String> broken = new ConcurrentSkipListSet<>();
    List<Path> sources = sources(root);
    sources.parallelStream()
        .forEach(
            source -> {
              String name = root.relativize(source).toString();
              try {
                String text = Files.readString(source);
                if (known.contains(digest(text))) {
                  good.add(digest(text));
                  return;
                }
                String formatted = new Formatter().formatSourceAndFixImports(text);
                if (!formatted.equals(text)) {
                  bad.add(name);
                  if (apply) {
                    Files.writeString(source, formatted);
                  }
                }
                if (apply || formatted.equals(text)) {
                  good.add(digest(formatted));
                }
              } catch (IOException | FormatterException e) {
                broken.add(name + ": " + e.getMessage());
              }
            });
    Files.createDirectories(memory.toAbsolutePath().getParent());
    Files.write(memory, good);

    if (!broken.isEmpty()) {
      System.err.println("These sources could not be read or parsed:");
      broken.forEach(line -> System.err.println("  " + line));
    }
    if (!bad.isEmpty() && !apply) {
      System.err.println("These sources are not formatted as google-java-format would:");
      bad.forEach(line -> System.err.println("  " + line));
      System.err.println("Format them with: mvn -q -N verify -Dformat=apply");
    }
    if (apply) {
      bad.forEach(line -> System.err.println("formatted " + line));
    }
    if (!broken.isEmpty() || (!bad.isEmpty() && !apply)) {
      System.exit(1);
    }
  }

  private static List<Path> sources(Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    try (var entries = Files.list(folder)) {
      for (Path entry : entries.sorted().toList()) {
        String name = entry.getFileName().toString();
        boolean output = name.equals("target") && Files.exists(folder.resolve("pom.xml"));
        if (output || Files.isSymbolicLink(entry) || SKIPPED.contains(name)) {
          continue;
        }
        if (Files.isDirectory(entry)) {
          found.addAll(sources(entry));
        } else if (name.endsWith(".java")) {
          found.add(entry);
        }
      }
    }
    return found;
  }

  private static String digest(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return HexFormat.of().toHexDigits(crc.getValue(), 8) + "-" + bytes.length;
  }
}
