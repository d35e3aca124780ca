package dev.lathe.frontend.onnx.proto;

import static dev.lathe.frontend.ImportException.quote;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node: one application of an operator or of a function of the model.
 *
 * @param name the node's name, possibly empty
 * @param domain the operator's domain, {@code ""} for ONNX's own
 * @param opType the operator's name
 * @param overload tells functions of one name apart, mostly empty
 * @param inputs names of the values read; {@code ""} stands for an input left out
 * @param outputs names of the values made; {@code ""} stands for an output nobody wants
 * @param attributes the attributes by name, in the file's order
 * @param offset where the node's message begins in the file, in bytes
 */
public record NodeProto(
    String name,
    String domain,
    String opType,
    String overload,
    List<String> inputs,
    List<String> outputs,
    Map<String, AttributeProto> attributes,
    long offset) {

  /** Copies the collections and makes the domain canonical. */
  public NodeProto {
    domain = OperatorSetId.canonical(domain);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  /** The attribute of a name, or null where the node does not have it. */
  public @Nullable AttributeProto attribute(String attributeName) {
    return attributes.get(attributeName);
  }

  /**
   * The node in a message: {@code Conv 'conv1'}, or {@code Conv making 'y'} where it has no name.
   */
  public String label() {
    String op = domain.isEmpty() ? opType : domain + "." + opType;
    if (!name.isEmpty()) {
      return op + " " + quote(name);
    }
    return outputs.isEmpty() ? op : op + " making " + quote(outputs.get(0));
  }
}
