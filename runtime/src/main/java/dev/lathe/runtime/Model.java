package dev.lathe.runtime;

import dev.lathe.ir.Graph;
import dev.lathe.runtime.spi.Backend;
import dev.lathe.runtime.spi.Executable;
import dev.lathe.runtime.spi.Execution;
import dev.lathe.runtime.spi.LoadOptions;
import java.util.Map;

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
      Graph graph, Backend backend, int threads, Executable executable, AutoCloseable owner) {
    this.name = graph.name();
    this.signature = Signature.of(graph.forward());
    this.metadata = Map.copyOf(graph.metadata());
    this.backend = backend.name();
    this.threads = threads;
    this.executable = executable;
    this.owner = owner;
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
    LoadOptions load =
        options.threads().isPresent()
            ? new LoadOptions(options.threads().getAsInt())
            : LoadOptions.defaults();
    return new Model(graph, backend, load.threads(), backend.load(graph, load), owner);
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
