package dev.lathe.backend.onednn.binding;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * Finds, extracts and loads the oneDNN library of the JavaCPP preset.
 *
 * <p>Neither JavaCPP's loader nor its JNI library is involved: {@code libdnnl} itself is opened,
 * and with it the {@code libgomp} that lies beside it. The two files are extracted once to {@code
 * ${lathe.cache}/natives/dnnl-<crc>-<size>-bound}, and the library's references to itself {@link
 * SymbolBinding bound} there; the folder is completed under another name and then renamed, so that
 * processes that start at the same time cannot see half of it. Where the library lies in a folder
 * of the class path rather than in a jar, it is opened in place.
 *
 * <p>The cache folder is the system property {@value #CACHE_PROPERTY}, else {@code
 * $XDG_CACHE_HOME/lathe}, else {@code ~/.cache/lathe}.
 */
final class NativeLibrary {
  static final String CACHE_PROPERTY = "lathe.cache";

  private static final String FOLDER = "org/bytedeco/dnnl/linux-x86_64/";
  private static final String LIBRARY = "libdnnl.so.3";
  private static final List<String> FILES = List.of("libgomp.so.1", LIBRARY);

  private static final Object LOCATING = new Object();

  private static volatile @Nullable SymbolLookup lookup;
  private static @Nullable LoadedLibrary pages;
  private static @Nullable Path location;

  private NativeLibrary() {}

  /**
   * Loads the library on the first call and returns its symbols, those of libgomp among them.
   *
   * @throws OneDnnException where this platform has no natives, or they cannot be extracted or
   *     opened
   */
  static synchronized SymbolLookup load() {
    SymbolLookup loaded = lookup;
    if (loaded == null) {
      Path library = locate();
      OpenMp.prepareEnvironment();
      try {
        loaded = SymbolLookup.libraryLookup(library, Arena.global());
      } catch (IllegalArgumentException e) {
        throw new OneDnnException("cannot open " + library + ": " + e.getMessage(), e);
      }
      pages = LoadedLibrary.of(library);
      pages.release();
      lookup = loaded;
    }
    return loaded;
  }

  /** Whether the library is loaded. */
  static boolean isLoaded() {
    return lookup != null;
  }

  /** Lets go of pages that loading the library or asking it for kernels has touched. */
  static synchronized void releasePages() {
    if (pages != null) {
      pages.release();
    }
  }

  /** The resources on the class path that are loaded, by name. */
  static List<String> resources() {
    return FILES.stream().map(file -> FOLDER + file).toList();
  }

  private static void checkPlatform() {
    String os = System.getProperty("os.name", "");
    String arch = System.getProperty("os.arch", "");
    if (!os.toLowerCase(Locale.ROOT).startsWith("linux") || !arch.equals("amd64")) {
      throw new OneDnnException(
          "the oneDNN backend has natives for linux-x86_64 only, not for " + os + " " + arch);
    }
  }

  /**
   * Where the library lies, extracted if it has to be; it is not loaded. Does not wait for another
   * thread that loads it.
   *
   * @throws OneDnnException where this platform has no natives, or they cannot be extracted
   */
  static Path locate() {
    synchronized (LOCATING) {
      Path known = location;
      if (known == null) {
        checkPlatform();
        known = find();
        location = known;
      }
      return known;
    }
  }

  private static Path find() {
    URL url = NativeLibrary.class.getClassLoader().getResource(FOLDER + LIBRARY);
    if (url == null) {
      throw new OneDnnException(
          "no "
              + FOLDER
              + LIBRARY
              + " on the class path: add org.bytedeco:dnnl with the classifier linux-x86_64");
    }
    try {
      if (url.getProtocol().equals("file")) {
        return Path.of(url.toURI());
      }
      Path natives = natives();
      Path target = natives.resolve("dnnl-" + fingerprint(url) + "-bound");
      if (!Files.isRegularFile(target.resolve(LIBRARY))) {
        Files.createDirectories(natives);
        extract(url, target, Files.createTempDirectory(natives, "extracting-"));
      }
      return target.resolve(LIBRARY);
    } catch (IOException | URISyntaxException e) {
      throw new OneDnnException(
          "cannot extract the oneDNN library ("
              + e
              + "); set -D"
              + CACHE_PROPERTY
              + "=DIR to a folder that can be written",
          e);
    }
  }

  /** The folder for native code that processes load. */
  static Path natives() {
    return cache().resolve("natives");
  }

  /** The folder for what is kept between processes. */
  static Path cache() {
    String property = System.getProperty(CACHE_PROPERTY);
    if (property != null) {
      return Path.of(property);
    }
    String xdg = System.getenv("XDG_CACHE_HOME");
    return xdg != null && !xdg.isEmpty()
        ? Path.of(xdg, "lathe")
        : Path.of(System.getProperty("user.home", "."), ".cache", "lathe");
  }

  /** What tells one build of the library from another without reading its 90 MB. */
  private static String fingerprint(URL url) throws IOException, URISyntaxException {
    String place = url.getPath();
    int end = place.indexOf("!/");
    if (url.getProtocol().equals("jar") && place.startsWith("file:") && end > 0) {
      // The JVM has the jar open; a connection to it would load ten classes more.
      try (ZipFile jar = new ZipFile(new File(new URI(place.substring(0, end))))) {
        ZipEntry entry = jar.getEntry(FOLDER + LIBRARY);
        if (entry != null) {
          return fingerprint(entry);
        }
      }
    }
    URLConnection connection = url.openConnection();
    return connection instanceof JarURLConnection jar
        ? fingerprint(jar.getJarEntry())
        : Long.toHexString(connection.getContentLengthLong());
  }

  private static String fingerprint(ZipEntry entry) {
    return Long.toHexString(entry.getCrc()) + "-" + Long.toHexString(entry.getSize());
  }

  private static void extract(URL library, Path target, Path staging)
      throws IOException, URISyntaxException {
    try {
      for (String file : FILES) {
        String sibling = library.toString().replace(LIBRARY, file);
        try (InputStream in = new URI(sibling).toURL().openStream()) {
          Files.copy(in, staging.resolve(file));
        }
      }
      SymbolBinding.bind(staging.resolve(LIBRARY));
      try {
        Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(staging, target);
      }
    } catch (FileSystemException e) {
      // Another process may have been first; then its copy is as good as ours.
      if (!Files.isRegularFile(target.resolve(LIBRARY))) {
        throw e;
      }
    } finally {
      deleteRecursively(staging);
    }
  }

  private static void deleteRecursively(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }
}
