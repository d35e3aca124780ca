package dev.lathe.backend.reference;

import dev.lathe.ir.Graph;
import dev.lathe.runtime.spi.Backend;
import dev.lathe.runtime.spi.Executable;
import dev.lathe.runtime.spi.LoadOptions;

/**
 * Interprets graphs, whatever their shapes: the oracle against which other backends are tested.
 *
 * <p>Floats are computed in double precision and rounded once a node; integers wrap as their types
 * do. Results are the same for every number of threads. Shapes are those of the tensors at hand, so
 * that they may depend on data.
 */
public final class ReferenceBackend implements Backend {
  /** The name by which users choose this backend. */
  public static final String NAME = "reference";

  /** A backend; all are alike. */
  public ReferenceBackend() {}

  @Override
  public String name() {
    return NAME;
  }

  /** Runs every graph; the graph must not be changed until the executable is closed. */
  @Override
  public Executable load(Graph graph, LoadOptions options) {
    return new ReferenceExecutable(graph, options.threads());
  }
}
