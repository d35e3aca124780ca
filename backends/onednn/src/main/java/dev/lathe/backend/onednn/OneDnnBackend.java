package dev.lathe.backend.onednn;

import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.binding.OneDnnException;
import dev.lathe.ir.Graph;
import dev.lathe.runtime.spi.Backend;
import dev.lathe.runtime.spi.Executable;
import dev.lathe.runtime.spi.LoadOptions;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs graphs on the CPU with oneDNN, on linux-x86_64.
 *
 * <p>A graph whose shapes are fixed is lowered when it is loaded; one with symbols is lowered for
 * every binding of them that it meets, and the programs of the last few bindings are kept.
 */
public final class OneDnnBackend implements Backend {
  private static final AtomicBoolean PRELOADED = new AtomicBoolean();

  /** A backend. */
  public OneDnnBackend() {}

  @Override
  public String name() {
    return "onednn";
  }

  @Override
  public void preload() {
    if (PRELOADED.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("lathe-preload").start(OneDnnBackend::loadLibrary);
    }
  }

  private static void loadLibrary() {
    try {
      OneDnn.load();
    } catch (OneDnnException e) {
      System.getLogger(OneDnnBackend.class.getName())
          .log(System.Logger.Level.DEBUG, "oneDNN is not loaded; a model's load will say so", e);
    }
  }

  @Override
  public Executable load(Graph graph, LoadOptions options) {
    // A model of open shapes needs the library when it first runs; until then it may be loading.
    OneDnn.locate();
    OneDnnExecutable executable = new OneDnnExecutable(graph, options);
    boolean loaded = false;
    try {
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
  public List<String> bundledResources() {
    return OneDnn.resources();
  }
}
