package dev.lathe.ir.text;

import dev.lathe.ir.Block;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.OpAttributes;
import java.lang.foreign.ValueLayout;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Writes graphs as text in the form of {@code LatheIr.g4}. What {@link #print} writes, {@link
 * IrParser} reads back to an equal graph; {@link #summary} leaves out large data, for people.
 */
public final class IrPrinter {
  private static final int MAX_DENSE = 16;

  /** Attribute values that the grammar reads without quotes. */
  private static final Pattern BARE =
      Pattern.compile(
          "-?[0-9]+(\\.[0-9]*)?([eE][+-]?[0-9]+)?|-?[A-Za-z_][A-Za-z_0-9.]*|\\[[-A-Za-z0-9_.,?*+()"
              + " ]*]");

  private final StringBuilder out = new StringBuilder();
  private final boolean elide;
  private final Map<Value, String> names = new HashMap<>();
  private final Set<String> taken = new HashSet<>();
  private int next;

  private IrPrinter(boolean elide) {
    this.elide = elide;
  }

  /** The whole graph, data included. */
  public static String print(Graph graph) {
    return new IrPrinter(false).graph(graph);
  }

  /** The graph with data of more than 16 elements left out; it cannot be read back. */
  public static String summary(Graph graph) {
    return new IrPrinter(true).graph(graph);
  }

  private String graph(Graph graph) {
    out.append("graph ").append(quote(graph.name())).append(" {\n");
    graph
        .metadata()
        .forEach(
            (key, value) ->
                out.append("  metadata ")
                    .append(quote(key))
                    .append(" = ")
                    .append(quote(value))
                    .append('\n'));
    graph
        .parameters()
        .forEach(
            (name, data) -> {
              out.append("  parameter ")
                  .append(quote(name))
                  .append(" : ")
                  .append(data.type())
                  .append(" = ");
              data(data);
              out.append('\n');
            });
    for (Function function : graph.functions().values()) {
      function(function);
    }
    return out.append("}\n").toString();
  }

  private void function(Function function) {
    names.clear();
    taken.clear();
    next = 0;
    out.append("  function ").append(quote(function.name())).append('(');
    for (int i = 0; i < function.inputs().size(); i++) {
      Value input = function.inputs().get(i);
      out.append(i == 0 ? "" : ", ").append(define(input)).append(' ');
      out.append(quote(function.inputNames().get(i))).append(": ").append(input.type());
    }
    out.append(") -> (");
    out.append(String.join(", ", function.outputNames().stream().map(IrPrinter::quote).toList()));
    out.append(") ");
    body(function.body(), "    ");
    out.append('\n');
  }

  private void body(Block block, String indent) {
    out.append("{\n");
    for (Node node : block.nodes()) {
      out.append(indent);
      node(node, indent);
      out.append('\n');
    }
    out.append(indent).append("return ").append(uses(block.results())).append('\n');
    out.append(indent, 0, indent.length() - 2).append('}');
  }

  private void node(Node node, String indent) {
    out.append(String.join(", ", node.results().stream().map(this::define).toList()));
    out.append(" = ")
        .append(node.op().mnemonic())
        .append('(')
        .append(uses(node.operands()))
        .append(')');
    Map<String, String> attributes = OpAttributes.of(node.op());
    if (!attributes.isEmpty()) {
      String separator = " {";
      for (Map.Entry<String, String> attribute : attributes.entrySet()) {
        out.append(separator).append(attribute.getKey()).append(" = ");
        String value = attribute.getValue();
        out.append(BARE.matcher(value).matches() ? value : quote(value));
        separator = ", ";
      }
      out.append('}');
    }
    if (node.op() instanceof CreationOp.Constant constant) {
      out.append(' ');
      data(constant.data());
    }
    for (Block block : node.op().blocks()) {
      out.append(" block(");
      for (int i = 0; i < block.arguments().size(); i++) {
        Value argument = block.arguments().get(i);
        out.append(i == 0 ? "" : ", ")
            .append(define(argument))
            .append(": ")
            .append(argument.type());
      }
      out.append(") ");
      body(block, indent + "  ");
    }
    out.append(" : ")
        .append(String.join(", ", node.results().stream().map(v -> v.type().toString()).toList()));
    if (!node.provenance().isEmpty()) {
      out.append(" from [");
      out.append(String.join(", ", node.provenance().stream().map(IrPrinter::quote).toList()))
          .append(']');
    }
  }

  private String uses(List<Value> values) {
    return String.join(
        ", ", values.stream().map(v -> names.getOrDefault(v, "%undefined")).toList());
  }

  /** A name that no other value of the function has: that of the source if it is free. */
  private String define(Value value) {
    String base = value.name() == null ? null : value.name().replaceAll("[^A-Za-z0-9_.$/\\-]", "_");
    String name = base == null || base.isEmpty() ? "%" + next++ : "%" + base;
    for (int i = 1; !taken.add(name); i++) {
      name = base == null || base.isEmpty() ? "%" + next++ : "%" + base + "$" + i;
    }
    names.put(value, name);
    return name;
  }

  private void data(ConstantData data) {
    long count = data.elementCount();
    boolean packed = data.type().elementType().bits() < 8;
    if (count > MAX_DENSE && data.isUniform() && !isNan(data)) {
      out.append("splat ").append(element(data, 0));
    } else if (count <= MAX_DENSE && !packed && !hasNan(data)) {
      out.append("dense [");
      for (long i = 0; i < count; i++) {
        out.append(i == 0 ? "" : ", ").append(element(data, i));
      }
      out.append(']');
    } else if (elide) {
      out.append("elided");
    } else {
      byte[] bytes = data.segment().toArray(ValueLayout.JAVA_BYTE);
      out.append("base64 \"").append(Base64.getEncoder().encodeToString(bytes)).append('"');
    }
  }

  /** NaNs have payloads that numbers do not show. */
  private static boolean hasNan(ConstantData data) {
    for (long i = 0; i < data.elementCount(); i++) {
      if (data.type().elementType().isFloat() && Double.isNaN(data.getDouble(i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isNan(ConstantData data) {
    return data.type().elementType().isFloat() && Double.isNaN(data.getDouble(0));
  }

  private static String element(ConstantData data, long index) {
    ElementType type = data.type().elementType();
    return switch (type) {
      case F64 -> Double.toString(data.getDouble(index));
      case F32, F16, BF16 -> Float.toString((float) data.getDouble(index));
      case U64 -> Long.toUnsignedString(data.getLong(index));
      default -> Long.toString(data.getLong(index));
    };
  }

  /** {@code text} between quotes, with what would end the string escaped. */
  static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
