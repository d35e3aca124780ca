package dev.lathe.runtime.spi;

import dev.lathe.ir.Graph;
import dev.lathe.runtime.Signature;
import java.lang.foreign.MemorySegment;

/**
 * A stored model as a backend gets it: what it takes and gives at once, its graph when it is asked
 * for. A backend that kept programs of the model need not ask. Safe for use by several threads.
 */
public interface ModelSource {

  /**
   * What tells this model from all others: equal for equal graphs and weights. Letters, digits and
   * hyphens.
   */
  String identity();

  /** What the model takes and gives. */
  Signature signature();

  /** The memory in which the large data of the graph lies; it outlives what is loaded. */
  MemorySegment weights();

  /**
   * The graph, read when it is first asked for.
   *
   * @throws dev.lathe.runtime.ModelLoadException if it is damaged
   */
  Graph graph();
}
