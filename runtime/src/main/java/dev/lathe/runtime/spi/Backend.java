package dev.lathe.runtime.spi;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.Graph;
import java.util.List;

/**
 * Something that runs graphs. Found with {@link java.util.ServiceLoader}. Stateless; safe for use
 * by several threads.
 */
public interface Backend {
  /**
   * Metadata of a graph: the type that the compiler reduced its precision to. A backend on a
   * processor without instructions for it may compute in f32, and leave out the conversions.
   */
  String PRECISION = "lathe.precision";

  /** The name by which users choose it: {@code onednn}, {@code reference}. */
  String name();

  /**
   * Prepares a graph for execution: weights are packed, and programs made for shapes that are
   * known.
   *
   * <p>The memory of the graph's parameters and constants must live until the executable is closed.
   *
   * @throws UnsupportedOperationException if the graph needs what this backend has not; the message
   *     lists every such op
   */
  Executable load(Graph graph, LoadOptions options);

  /**
   * Prepares a stored model for execution. Asks for its graph unless the backend kept what it made
   * of it before.
   *
   * @throws UnsupportedOperationException if the graph needs what this backend has not
   */
  default Executable load(ModelSource model, LoadOptions options) {
    return load(model.graph(), options);
  }

  /**
   * Begins to load what every model needs, such as native libraries, in the background, and returns
   * at once: while it goes on, the model itself is read. What fails here is for {@link #load} to
   * report.
   */
  default void preload() {}

  /**
   * Whether it multiplies floats of a type as fast as this machine can multiply floats, so that a
   * model of reduced precision gains by running here. It runs either way.
   */
  default boolean multiplies(ElementType type) {
    return type.isFloat();
  }

  /**
   * The names of resources on the class path that the backend needs and that do not lie in its own
   * jar, such as native libraries; a self-contained jar holds them.
   */
  default List<String> bundledResources() {
    return List.of();
  }
}
