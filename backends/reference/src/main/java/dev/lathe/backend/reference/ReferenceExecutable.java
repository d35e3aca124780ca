package dev.lathe.backend.reference;

import dev.lathe.ir.Graph;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.spi.Executable;
import dev.lathe.runtime.spi.Execution;
import java.util.HashMap;
import java.util.Map;

/** A graph, its parameters as tensors, and the threads that compute it. */
final class ReferenceExecutable implements Executable {
  private final Graph graph;
  private final Map<String, Tensor> parameters = new HashMap<>();
  private final Workers workers;

  ReferenceExecutable(Graph graph, int threads) {
    this.graph = graph;
    graph.parameters().forEach((name, data) -> parameters.put(name, Tensor.of(data)));
    workers = new Workers(threads);
  }

  @Override
  public Execution newExecution() {
    return new ReferenceExecution(graph.forward(), parameters, workers);
  }

  @Override
  public void close() {
    workers.close();
  }
}
