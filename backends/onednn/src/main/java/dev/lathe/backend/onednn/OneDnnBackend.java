package dev.lathe.backend.onednn;

import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.binding.OneDnnException;
import dev.lathe.backend.onednn.lower.Threads;
import dev.lathe.backend.onednn.store.ProgramStore;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Graph;
import dev.lathe.runtime.spi.Backend;
import dev.lathe.runtime.spi.Executable;
import dev.lathe.runtime.spi.LoadOptions;
import dev.lathe.runtime.spi.ModelSource;
import java.util.List;

/**
 * Runs graphs on the CPU with oneDNN, on linux-x86_64.
 *
 * <p>A graph whose shapes are fixed is lowered when it is loaded; one with symbols is lowered for
 * every binding of them that it meets, and the programs of the last few bindings are kept. Programs
 * of compiled jars are kept in the cache folder too, for later processes, unless the system
 * property {@value #STORE_PROPERTY} is {@code false}.
 */
public final class OneDnnBackend implements Backend {
  static final String STORE_PROPERTY = "lathe.programs";

  /** Guarded by the class. */
  private static boolean preloaded;

  /** A backend. */
  public OneDnnBackend() {}

  @Override
  public String name() {
    return "onednn";
  }

  @Override
  public void preload() {
    synchronized (OneDnnBackend.class) {
      if (preloaded) {
        return;
      }
      preloaded = true;
    }
    Threads.start("lathe-preload", OneDnnBackend::loadLibrary);
  }

  private static void loadLibrary() {
    try {
      OneDnn.load();
      ProgramStore.assist();
    } catch (OneDnnException e) {
      System.getLogger(OneDnnBackend.class.getName())
          .log(System.Logger.Level.DEBUG, "oneDNN is not loaded; a model's load will say so", e);
    }
  }

  @Override
  public Executable load(Graph graph, LoadOptions options) {
    return load(new OneDnnExecutable(graph, options));
  }

  @Override
  public Executable load(ModelSource model, LoadOptions options) {
    boolean keeps = !System.getProperty(STORE_PROPERTY, "true").equals("false");
    return load(new OneDnnExecutable(model, keeps ? OneDnn.cacheFolder() : null, options));
  }

  private static Executable load(OneDnnExecutable executable) {
    boolean loaded = false;
    try {
      // A model of open shapes needs the library when it first runs; until then it may be loading.
      OneDnn.locate();
      executable.loadIfFixed();
      loaded = true;
      return executable;
    } finally {
      if (!loaded) {
        executable.close();
      }
    }
  }

  @Override
  public boolean multiplies(ElementType type) {
    return switch (type) {
      case F32 -> OneDnn.multiplies(DataType.F32);
      case BF16 -> OneDnn.multiplies(DataType.BF16);
      case F16 -> OneDnn.multiplies(DataType.F16);
      default -> false;
    };
  }

  @Override
  public List<String> bundledResources() {
    return OneDnn.resources();
  }
}
