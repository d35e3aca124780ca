package dev.lathe.frontend.onnx;

import dev.lathe.ir.Value;
import java.util.List;

/** Lowers the nodes of one operator to core ops. */
@FunctionalInterface
interface Handler {

  /**
   * Adds ops that compute what the node computes.
   *
   * @return the node's outputs in order; a handler may give more than the node names, and fewer
   *     where the last ones are not {@linkplain OnnxNode#wants wanted}
   */
  List<Value> lower(OnnxNode node);
}
