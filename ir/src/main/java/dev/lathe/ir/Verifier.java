package dev.lathe.ir;

import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.Op;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks that a graph is what its types say, for tests and after passes. */
public final class Verifier {
  private final Graph graph;
  private final List<String> problems = new ArrayList<>();

  private Verifier(Graph graph) {
    this.graph = graph;
  }

  /**
   * Checks every function of {@code graph}: values come before uses and stay in their block, users
   * are recorded, types are those that ops infer, nested blocks fit, parameters have data of their
   * type.
   *
   * @throws IllegalStateException naming every problem found
   */
  public static void verify(Graph graph) {
    List<String> problems = problems(graph);
    if (!problems.isEmpty()) {
      throw new IllegalStateException(
          "graph " + graph.name() + " is not well formed: " + String.join("; ", problems));
    }
  }

  /** Every problem found; none if the graph is well formed. */
  public static List<String> problems(Graph graph) {
    Verifier verifier = new Verifier(graph);
    for (Function function : graph.functions().values()) {
      verifier.check(function.body(), function.name());
    }
    return verifier.problems;
  }

  private void check(Block block, String where) {
    Set<Value> defined = new HashSet<>(block.arguments());
    int count = 0;
    for (Node node : block.nodes()) {
      String at = where + "/" + node.op().mnemonic() + "#" + count++;
      for (Value operand : node.operands()) {
        if (!defined.contains(operand)) {
          problems.add(at + " uses " + operand + " before it is defined or from another block");
        }
        if (!operand.users().contains(node)) {
          problems.add(at + " is not recorded as a user of " + operand);
        }
      }
      defined.addAll(node.results());
      checkTypes(node, at);
      for (Block nested : node.op().blocks()) {
        check(nested, at);
      }
    }
    if (count != block.size()) {
      problems.add(where + " has " + count + " nodes but counts " + block.size());
    }
    for (Value result : block.results()) {
      if (!defined.contains(result)) {
        problems.add(where + " gives " + result + ", which is not defined in it");
      }
    }
  }

  private void checkTypes(Node node, String at) {
    Op op = node.op();
    List<TensorType> types;
    try {
      types = op.infer(BlockBuilder.view(node.operands(), new FreshDims()));
    } catch (IllegalArgumentException | ArithmeticException e) {
      problems.add(at + " of " + node.operands() + ": " + e.getMessage());
      return;
    }
    if (types.size() != node.results().size()) {
      problems.add(
          at + " has " + node.results().size() + " results but its op gives " + types.size());
      return;
    }
    for (int i = 0; i < types.size(); i++) {
      if (!types.get(i).isCompatibleWith(node.results().get(i).type())) {
        problems.add(
            at + " gives " + types.get(i) + " but result " + i + " is " + node.results().get(i));
      }
    }
    if (op instanceof CreationOp.Parameter parameter) {
      ConstantData data = graph.parameters().get(parameter.name());
      if (data == null) {
        problems.add("parameter " + parameter.name() + " has no data");
      } else if (!data.type().equals(parameter.type())) {
        problems.add(
            "parameter "
                + parameter.name()
                + " is "
                + parameter.type()
                + " but its data "
                + data.type());
      }
    }
  }
}
