package dev.lathe.runtime;

import dev.lathe.runtime.spi.Backend;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Finds the backends there are on the class path and the module path. */
final class Backends {
  /** The backends that are taken where none is named, the best first. */
  private static final List<String> PREFERENCE = List.of("onednn", "reference");

  /** The class of the first of them. */
  private static final String PREFERRED_CLASS = "dev.lathe.backend.onednn.OneDnnBackend";

  private Backends() {}

  /**
   * The backend of a name, or the best there is.
   *
   * @throws ModelLoadException if there is none; the message says what to add
   */
  static Backend find(Optional<String> name) {
    ClassLoader own = Backends.class.getClassLoader();
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    String wanted = name.orElse(PREFERENCE.get(0));
    if (wanted.equals(PREFERENCE.get(0))) {
      Backend preferred = preferred(context);
      if (preferred != null) {
        return preferred;
      }
    }
    Found found = new Found();
    found.collect(context, wanted);
    if (!Objects.equals(own, context) && !found.backends.containsKey(wanted)) {
      found.collect(own, wanted);
    }
    if (name.isPresent()) {
      Backend backend = found.backends.get(name.get());
      if (backend != null) {
        return backend;
      }
      throw new ModelLoadException(
          "there is no backend '"
              + name.get()
              + "'; "
              + (found.backends.isEmpty()
                  ? "none is on the class path"
                  : "on the class path are " + String.join(", ", found.backends.keySet()))
              + "; add dev.lathe:lathe-backend-"
              + name.get()
              + " if that is its name",
          found.failure);
    }
    for (String preferred : PREFERENCE) {
      Backend backend = found.backends.get(preferred);
      if (backend != null) {
        return backend;
      }
    }
    if (!found.backends.isEmpty()) {
      return found.backends.firstEntry().getValue();
    }
    throw new ModelLoadException(
        "there is no backend on the class path; add dev.lathe:lathe-backend-onednn"
            + (found.failure == null ? "" : " (" + found.failure.getMessage() + ")"),
        found.failure);
  }

  /**
   * The preferred backend, or null where it is not there or cannot be made, in which case the
   * search tells the reason. To search for providers takes a fresh process as long as a small
   * model's run.
   */
  private static @Nullable Backend preferred(@Nullable ClassLoader context) {
    try {
      Class<?> type = Class.forName(PREFERRED_CLASS, true, context);
      return type.getConstructor().newInstance() instanceof Backend backend ? backend : null;
    } catch (ReflectiveOperationException | LinkageError e) {
      return null;
    }
  }

  private static final class Found {
    final TreeMap<String, Backend> backends = new TreeMap<>();
    @Nullable ServiceConfigurationError failure;

    /** Collects backends until there is the one that is wanted. */
    void collect(@Nullable ClassLoader loader, String wanted) {
      Iterator<Backend> candidates = ServiceLoader.load(Backend.class, loader).iterator();
      while (true) {
        try {
          if (!candidates.hasNext()) {
            return;
          }
          Backend backend = candidates.next();
          Map.Entry<String, Backend> entry = Map.entry(backend.name(), backend);
          backends.putIfAbsent(entry.getKey(), entry.getValue());
          if (entry.getKey().equals(wanted)) {
            return;
          }
        } catch (ServiceConfigurationError e) {
          // Another backend may do; if none does, this is the reason that is told.
          failure = e;
        }
      }
    }
  }
}
