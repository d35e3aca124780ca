package dev.lathe.frontend.onnx.proto;

import java.util.List;
import java.util.OptionalLong;

/**
 * A function of the model, called by nodes that bear its domain and name.
 *
 * @param domain the domain
 * @param name the name, the {@code op_type} of calling nodes
 * @param overload tells functions of one name apart, mostly empty
 * @param inputs names of the parameters
 * @param outputs names of the results
 * @param attributes names of attributes the caller must give
 * @param attributeDefaults attributes the caller may give, with their defaults
 * @param nodes the body
 * @param opsetImports the operator sets the body is written in
 */
public record FunctionProto(
    String domain,
    String name,
    String overload,
    List<String> inputs,
    List<String> outputs,
    List<String> attributes,
    List<AttributeProto> attributeDefaults,
    List<NodeProto> nodes,
    List<OperatorSetId> opsetImports) {

  /** Copies the lists and makes the domain canonical. */
  public FunctionProto {
    domain = OperatorSetId.canonical(domain);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = List.copyOf(attributes);
    attributeDefaults = List.copyOf(attributeDefaults);
    nodes = List.copyOf(nodes);
    opsetImports = List.copyOf(opsetImports);
  }

  /** The version of an operator set the body imports; {@code ""} and {@code "ai.onnx"} are one. */
  public OptionalLong opset(String operatorDomain) {
    return OperatorSetId.version(opsetImports, operatorDomain);
  }
}
