package dev.lathe.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Optional data for tests, in a folder {@code shared} beside the checkout. */
final class SharedData {
  private SharedData() {}

  /** A file or folder in it; null if it is not there. */
  static @Nullable Path find(String name) {
    Path at = Path.of("").toAbsolutePath();
    while (at != null && !Files.exists(at.resolve("lathe"))) {
      at = at.getParent();
    }
    Path found = at == null ? null : at.resolveSibling("shared").resolve(name);
    return found != null && Files.exists(found) ? found : null;
  }
}
