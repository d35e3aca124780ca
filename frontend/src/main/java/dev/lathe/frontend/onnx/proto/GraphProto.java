package dev.lathe.frontend.onnx.proto;

import java.util.List;

/**
 * A graph: the model's own, or the body of an {@code If}, {@code Loop} or {@code Scan}.
 *
 * @param name the graph's name, possibly empty
 * @param nodes the nodes; the schema asks for topological order
 * @param initializers named tensors; one that is also an input is that input's default
 * @param sparseInitializers named sparse tensors
 * @param inputs the inputs in order
 * @param outputs the outputs in order
 * @param valueInfos types of values between the nodes, as far as the writer noted them
 */
public record GraphProto(
    String name,
    List<NodeProto> nodes,
    List<TensorProto> initializers,
    List<SparseTensorProto> sparseInitializers,
    List<ValueInfoProto> inputs,
    List<ValueInfoProto> outputs,
    List<ValueInfoProto> valueInfos) {

  /** Copies the lists. */
  public GraphProto {
    nodes = List.copyOf(nodes);
    initializers = List.copyOf(initializers);
    sparseInitializers = List.copyOf(sparseInitializers);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    valueInfos = List.copyOf(valueInfos);
  }
}
