package dev.lathe.runtime;

import dev.lathe.ir.Graph;
import dev.lathe.runtime.artifact.Artifact;
import dev.lathe.runtime.artifact.ArtifactFormat;
import dev.lathe.runtime.artifact.StoredModel;
import dev.lathe.runtime.spi.Backend;
import dev.lathe.runtime.spi.Executable;
import dev.lathe.runtime.spi.Execution;
import dev.lathe.runtime.spi.LoadOptions;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A model that is ready to run: its weights, its programs and its signature.
 *
 * <p>A model is immutable and may be shared by threads; each thread runs it in a {@link Session} of
 * its own. Close the sessions first, then the model.
 *
 * <pre>{@code
 * try (Model model = Model.load(Path.of("mnist.jar"));
 *     Session session = model.newSession();
 *     Tensor image = Npy.read(Path.of("digit.npy"))) {
 *   Tensor probabilities = session.run(Map.of("image", image)).get("probs");
 * }
 * }</pre>
 */
public final class Model implements AutoCloseable {
  private final String name;
  private final Signature signature;
  private final Map<String, String> metadata;
  private final String backend;
  private final int threads;
  private final Executable executable;
  private final AutoCloseable owner;
  private int openSessions;
  private boolean closed;

  private Model(
      String name,
      Signature signature,
      Map<String, String> metadata,
      Backend backend,
      int threads,
      Executable executable,
      AutoCloseable owner) {
    this.name = name;
    this.signature = signature;
    this.metadata = metadata;
    this.backend = backend.name();
    this.threads = threads;
    this.executable = executable;
    this.owner = owner;
  }

  /**
   * Loads a compiled model with default options; see {@link #load(Path, ModelOptions)}.
   *
   * @throws ModelLoadException if it cannot be loaded
   */
  public static Model load(Path jar) {
    return load(jar, ModelOptions.defaults());
  }

  /**
   * Loads a compiled model. Its weights are mapped from the jar, which must not be changed in place
   * until the model is closed; replacing the file is safe.
   *
   * @param jar a jar that {@code lathe compile} wrote, or a folder into which one was unpacked
   * @throws ModelLoadException if there is no model, or more than one, or it is damaged or was
   *     written by a newer release, or there is no backend
   * @throws UnsupportedOperationException if the model needs what the backend has not
   */
  public static Model load(Path jar, ModelOptions options) {
    Arena arena = Arena.ofShared();
    boolean made = false;
    try {
      Backend backend = Backends.find(options.backend());
      backend.preload();
      Model model = of(Artifact.read(jar, arena), backend, options, arena);
      made = true;
      return model;
    } finally {
      if (!made) {
        arena.close();
      }
    }
  }

  /**
   * Loads the model of a class that {@code lathe compile} generated, from where the class came. For
   * generated classes.
   *
   * @throws ModelLoadException if it cannot be loaded; see {@link #load(Path, ModelOptions)}
   */
  public static Model load(Class<?> type, ModelOptions options) {
    Arena arena = Arena.ofShared();
    boolean made = false;
    try {
      Backend backend = Backends.find(options.backend());
      backend.preload();
      Model model = of(Artifact.read(type, arena), backend, options, arena);
      made = true;
      return model;
    } finally {
      if (!made) {
        arena.close();
      }
    }
  }

  /**
   * A model of a graph in memory.
   *
   * @param graph a graph that nobody changes any more
   * @param options threads and backend
   * @param owner what owns the memory of the graph's parameters and constants; it is closed with
   *     the model. If this method throws, it is left to the caller
   * @throws ModelLoadException if there is no such backend
   * @throws UnsupportedOperationException if the graph needs what the backend has not
   */
  public static Model of(Graph graph, ModelOptions options, AutoCloseable owner) {
    Backend backend = Backends.find(options.backend());
    LoadOptions load = loadOptions(options, graph.name(), graph.metadata());
    return new Model(
        graph.name(),
        Signature.of(graph.forward()),
        Map.copyOf(graph.metadata()),
        backend,
        load.threads(),
        backend.load(graph, load),
        owner);
  }

  private static Model of(
      StoredModel model, Backend backend, ModelOptions options, AutoCloseable owner) {
    LoadOptions load = loadOptions(options, model.name(), model.metadata());
    return new Model(
        model.name(),
        model.signature(),
        model.metadata(),
        backend,
        load.threads(),
        backend.load(model, load),
        owner);
  }

  private static LoadOptions loadOptions(
      ModelOptions options, String name, Map<String, String> metadata) {
    OptionalInt threads = options.threads();
    return new LoadOptions(
        threads.isPresent() ? threads.getAsInt() : compiledThreads(name, metadata));
  }

  /** The threads that a graph was compiled for, else those of the machine. */
  private static int compiledThreads(String name, Map<String, String> metadata) {
    String threads = metadata.get(ArtifactFormat.THREADS);
    try {
      return threads == null ? LoadOptions.defaults().threads() : Integer.parseInt(threads);
    } catch (NumberFormatException e) {
      throw new ModelLoadException(
          "model " + name + " is damaged: it wants " + threads + " threads", e);
    }
  }

  /** The name of the model. */
  public String name() {
    return name;
  }

  /** What the model takes and gives. */
  public Signature signature() {
    return signature;
  }

  /** Facts about where the model came from and how it was compiled, such as {@code producer}. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** The name of the backend that runs it. */
  public String backend() {
    return backend;
  }

  /** The threads that compute one run. */
  public int threads() {
    return threads;
  }

  /**
   * A new context in which one thread at a time runs the model.
   *
   * @throws IllegalStateException if the model is closed
   */
  public Session newSession() {
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("model " + name + " is closed; load it again");
      }
      openSessions++;
    }
    boolean made = false;
    try {
      Execution execution = executable.newExecution();
      made = true;
      return new Session(this, execution);
    } finally {
      if (!made) {
        sessionClosed();
      }
    }
  }

  synchronized void sessionClosed() {
    openSessions--;
  }

  /**
   * Frees programs and weights. A second call does nothing.
   *
   * @throws IllegalStateException if a session of the model is still open; nothing is freed then
   */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      if (openSessions > 0) {
        throw new IllegalStateException(
            "model "
                + name
                + " has "
                + (openSessions == 1 ? "a session that is" : openSessions + " sessions that are")
                + " still open; close every session before its model");
      }
      closed = true;
    }
    try {
      executable.close();
    } finally {
      closeOwner();
    }
  }

  private void closeOwner() {
    try {
      owner.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("the memory of model " + name + " could not be freed", e);
    }
  }

  @Override
  public String toString() {
    return "model " + name + signature;
  }
}
