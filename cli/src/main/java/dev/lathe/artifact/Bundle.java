package dev.lathe.artifact;

import dev.lathe.ir.Graph;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.spi.Backend;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * What a self-contained jar holds beside the model: the runtime, the backends and their natives.
 */
final class Bundle {
  /** What {@code java -jar} runs. */
  static final String MAIN_CLASS = "dev.lathe.runtime.launch.Main";

  private static final String SERVICES = "META-INF/services/";

  private final ZipWriter zip;
  private final Map<String, Set<String>> services = new LinkedHashMap<>();

  private Bundle(ZipWriter zip) {
    this.zip = zip;
  }

  /** Adds the runtime and every backend that this process has. */
  static void addTo(ZipWriter zip) throws IOException {
    Bundle bundle = new Bundle(zip);
    Set<Path> roots = new LinkedHashSet<>();
    roots.add(rootOf(Model.class));
    roots.add(rootOf(Graph.class));
    List<String> resources = new ArrayList<>();
    List<ClassLoader> loaders = new ArrayList<>();
    for (Backend backend : ServiceLoader.load(Backend.class)) {
      roots.add(rootOf(backend.getClass()));
      for (String resource : backend.bundledResources()) {
        resources.add(resource);
        loaders.add(backend.getClass().getClassLoader());
      }
    }
    for (Path root : roots) {
      bundle.addRoot(root);
    }
    for (int i = 0; i < resources.size(); i++) {
      bundle.addResource(resources.get(i), loaders.get(i));
    }
    for (Map.Entry<String, Set<String>> service : bundle.services.entrySet()) {
      zip.deflated(
          service.getKey(),
          (String.join("\n", service.getValue()) + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  private static Path rootOf(Class<?> type) throws IOException {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    if (source == null) {
      throw new IOException("cannot tell from where " + type.getName() + " was loaded");
    }
    try {
      return Path.of(source.getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IOException(type.getName() + " was loaded from no file", e);
    }
  }

  private void addRoot(Path root) throws IOException {
    if (Files.isDirectory(root)) {
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          String name = root.relativize(file).toString().replace('\\', '/');
          add(name, Files.readAllBytes(file));
        }
      }
      return;
    }
    try (JarFile jar = new JarFile(root.toFile())) {
      Enumeration<JarEntry> entries = jar.entries();
      while (entries.hasMoreElements()) {
        JarEntry entry = entries.nextElement();
        if (!entry.isDirectory()) {
          try (InputStream in = jar.getInputStream(entry)) {
            add(entry.getName(), in.readAllBytes());
          }
        }
      }
    }
  }

  private void add(String name, byte[] content) throws IOException {
    if (name.startsWith(SERVICES)) {
      services
          .computeIfAbsent(name, key -> new LinkedHashSet<>())
          .addAll(new String(content, StandardCharsets.UTF_8).lines().toList());
      return;
    }
    // One jar is no module, and has a manifest of its own.
    boolean unwanted =
        name.equals("module-info.class")
            || name.equals(JarFile.MANIFEST_NAME)
            || name.startsWith("META-INF/maven/");
    if (!unwanted && !zip.contains(name)) {
      zip.deflated(name, content);
    }
  }

  private void addResource(String name, ClassLoader loader) throws IOException {
    try (InputStream in = loader.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("resource " + name + " is not on the class path");
      }
      zip.deflated(name, in.readAllBytes());
    }
  }
}
