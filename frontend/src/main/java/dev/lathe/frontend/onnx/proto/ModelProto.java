package dev.lathe.frontend.onnx.proto;

import java.util.List;
import java.util.OptionalLong;

/**
 * A whole ONNX file.
 *
 * @param irVersion version of the file format, 0 where the file does not say
 * @param opsetImports the operator sets the graph is written in; the domain {@code ""} is ONNX
 *     itself
 * @param producerName the tool that wrote the file, possibly empty
 * @param producerVersion the version of that tool, possibly empty
 * @param domain a name space for the model, possibly empty
 * @param modelVersion the author's version number, 0 where not given
 * @param graph the graph that is run
 * @param metadata free entries
 * @param functions the functions that nodes of the graph may call by domain and name
 */
public record ModelProto(
    long irVersion,
    List<OperatorSetId> opsetImports,
    String producerName,
    String producerVersion,
    String domain,
    long modelVersion,
    GraphProto graph,
    List<StringStringEntry> metadata,
    List<FunctionProto> functions) {

  /** Copies the lists. */
  public ModelProto {
    opsetImports = List.copyOf(opsetImports);
    metadata = List.copyOf(metadata);
    functions = List.copyOf(functions);
  }

  /** The version of an operator set the model imports; {@code ""} and {@code "ai.onnx"} are one. */
  public OptionalLong opset(String operatorDomain) {
    return OperatorSetId.version(opsetImports, operatorDomain);
  }
}
