package dev.lathe.frontend.decompile;

import dev.lathe.frontend.language.LatheFormatter;
import dev.lathe.frontend.language.Source;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.PropagatedData;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.CreationOp;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes a graph as a source in the Lathe language (docs/language.md): convolutions, dense layers
 * and normalizations with known weights as layers, all else as tensor functions.
 *
 * <p>The source, read with the weights, computes what the graph does. Ops that the language has no
 * words for are reported all at once. The method keeps no state.
 */
public final class LatheDecompiler {

  /**
   * A graph in the language.
   *
   * @param source the text
   * @param weights by path, in the order of the source; some share memory with the graph
   */
  public record Result(String source, Map<String, ConstantData> weights) {
    public Result {
      weights = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    }
  }

  /** Constants of up to this many elements are written in the source. */
  private static final long FEW = 16;

  private final Graph graph;
  private final Identifiers identifiers = new Identifiers();
  private final Map<Value, String> names = new LinkedHashMap<>();
  private final Map<String, String> symbols = new LinkedHashMap<>();
  private final Map<String, ConstantData> weights = new LinkedHashMap<>();
  private final List<String> params = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();
  private final TreeSet<String> unsaid = new TreeSet<>();

  private LatheDecompiler(Graph graph) {
    this.graph = graph;
  }

  /**
   * Writes the forward function of a graph.
   *
   * @throws DecompileException if it holds what the language has no words for
   */
  public static Result decompile(Graph graph) {
    return new LatheDecompiler(graph).run();
  }

  private Result run() {
    Function forward = graph.forward();
    String name = identifiers.next(camelCase(graph.name()));
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < forward.inputs().size(); i++) {
      Value input = forward.inputs().get(i);
      String identifier = identifiers.next(forward.inputNames().get(i));
      names.put(input, identifier);
      inputs.add(identifier + ": " + inputType(input.type()));
    }
    List<String> outputs = new ArrayList<>();
    for (String output : forward.outputNames()) {
      outputs.add(identifiers.next(output));
    }
    Expressions expressions = new Expressions(this);
    Layered layered = new Layered(this);
    for (Node node : forward.body().nodes()) {
      write(node, expressions, layered);
    }
    for (int i = 0; i < outputs.size(); i++) {
      lines.add(outputs.get(i) + " = " + text(forward.outputs().get(i)));
    }
    if (!unsaid.isEmpty()) {
      throw new DecompileException(
          "the Lathe language has no words for "
              + String.join(", ", unsaid)
              + " as this model uses it; convert to .onnx or .ir, which say everything");
    }
    StringBuilder source = new StringBuilder();
    source.append("model ").append(name).append("(\n");
    inputs.forEach(input -> source.append("  ").append(input).append(",\n"));
    source.append(") -> (").append(String.join(", ", outputs)).append(") {\n");
    params.forEach(line -> source.append("  ").append(line).append('\n'));
    lines.forEach(line -> source.append("  ").append(line).append('\n'));
    source.append("}\n");
    return new Result(LatheFormatter.format(Source.of(name, source.toString())), weights);
  }

  private void write(Node node, Expressions expressions, Layered layered) {
    boolean isKnown =
        node.op() instanceof CreationOp.Constant
            || node.op() instanceof CreationOp.Parameter
            || (node.results().size() == 1 && hasSizes(node.result()));
    if (isKnown) {
      return;
    }
    try {
      if (layered.isPartOfNext(node)) {
        return;
      }
      String layer = layered.text(node);
      if (layer != null) {
        assign(node, layer);
        return;
      }
      String expression = expressions.text(node);
      if (expression != null) {
        assign(node, expression);
        return;
      }
      unsaid.add(node.op().mnemonic());
    } catch (Unsaid e) {
      unsaid.add(node.op().mnemonic() + " (" + e.getMessage() + ")");
    }
    node.results().forEach(result -> names.putIfAbsent(result, "none"));
  }

  /** True for what is known as an expression of sizes; it is written where it is used. */
  private static boolean hasSizes(Value value) {
    PropagatedData data = value.data();
    return data != null && data.elements().stream().noneMatch(Dim::isUnbacked);
  }

  private void assign(Node node, String expression) {
    List<String> results = new ArrayList<>();
    for (Value result : node.results()) {
      boolean isUsed = !result.users().isEmpty() || result.isBlockResult();
      String name = identifiers.next((isUsed ? "" : "_") + base(node));
      names.put(result, name);
      results.add(name);
    }
    lines.add(String.join(", ", results) + " = " + expression);
  }

  /** A name that tells where a node comes from. */
  static String base(Node node) {
    String from = node.provenance().isEmpty() ? "" : node.provenance().get(0);
    String last = from.substring(from.lastIndexOf('/') + 1).replace('.', '_');
    return last.isEmpty() ? node.op().mnemonic() : last;
  }

  private static String camelCase(String text) {
    StringBuilder name = new StringBuilder();
    for (String word : text.split("[^A-Za-z0-9]+", -1)) {
      if (!word.isEmpty()) {
        name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
      }
    }
    return name.isEmpty() ? "Model" : name.toString();
  }

  private String inputType(TensorType type) {
    List<String> dims = new ArrayList<>();
    for (Dim dim : type.shape().dims()) {
      if (dim.isFixed()) {
        dims.add(dim.toString());
      } else if (dim.isSymbol()) {
        dims.add(symbols.computeIfAbsent(dim.symbolName(), identifiers::next));
      } else {
        dims.add(identifiers.next("D"));
      }
    }
    return type.elementType() + "[" + String.join(", ", dims) + "]";
  }

  /**
   * What a value is called; constants and parameters are declared when they are first asked for.
   */
  String text(Value value) {
    String known = names.get(value);
    if (known != null) {
      return known;
    }
    ConstantData data = data(value);
    PropagatedData sizes = value.data();
    if (data == null && sizes != null && hasSizes(value)) {
      if (value.type().rank() > 0) {
        throw new Unsaid("sizes as a tensor");
      }
      return size(sizes.elements().get(0));
    }
    if (data == null) {
      throw new Unsaid("a value of another block");
    }
    boolean isParameter =
        value.producer() != null && value.producer().op() instanceof CreationOp.Parameter;
    if (!isParameter && data.type().rank() == 0) {
      String literal = Literals.scalar(data);
      names.put(value, literal);
      return literal;
    }
    String name = identifiers.next(parameterName(value));
    names.put(value, name);
    String declaration = "param " + name + ": " + type(data.type());
    if (!isParameter && data.elementCount() <= FEW && data.elementCount() > 0) {
      params.add(declaration + " = " + Literals.list(data));
    } else {
      params.add(declaration);
      weights.put(name, data);
    }
    return name;
  }

  private static String parameterName(Value value) {
    Node producer = value.producer();
    if (producer != null && producer.op() instanceof CreationOp.Parameter parameter) {
      return parameter.name();
    }
    return value.name() != null ? value.name() : "constant";
  }

  /** The elements of a constant or a parameter; null for others. */
  @Nullable ConstantData data(Value value) {
    return graph.dataOf(value);
  }

  /** Gives a layer's weight its elements. */
  void weight(String path, ConstantData data) {
    weights.put(path, data);
  }

  /** A name for a layer. */
  String layerName(Node node) {
    return identifiers.next(base(node));
  }

  /** A type as it is written. */
  String type(TensorType type) {
    return type.elementType() + sizes(type.shape().dims());
  }

  /** Sizes as a list. */
  String sizes(List<Dim> dims) {
    List<String> texts = new ArrayList<>();
    dims.forEach(dim -> texts.add(size(dim)));
    return "[" + String.join(", ", texts) + "]";
  }

  /** A size as an expression of the names that sizes of inputs have. */
  String size(Dim dim) {
    return dim.compute(new Sizes(symbols));
  }
}
