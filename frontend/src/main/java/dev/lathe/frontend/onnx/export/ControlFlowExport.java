package dev.lathe.frontend.onnx.export;

import dev.lathe.frontend.onnx.proto.GraphProto;
import dev.lathe.frontend.onnx.proto.ValueInfoProto;
import dev.lathe.ir.Block;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ControlFlowOp;
import dev.lathe.ir.op.ControlFlowOp.Loop;
import java.util.ArrayList;
import java.util.List;

/**
 * Nested blocks. They see nothing of what is around them but their arguments, while graphs of ONNX
 * use names from outside: what a block takes only to use it becomes such a name again.
 */
final class ControlFlowExport {
  private ControlFlowExport() {}

  static void write(ControlFlowOp op, NodeExport out) {
    switch (op) {
      case ControlFlowOp.If o ->
          out.op("If", out.in(0))
              .graph("then_branch", branch(o.thenBlock(), "then", out))
              .graph("else_branch", branch(o.elseBlock(), "else", out))
              .results();
      case ControlFlowOp.Loop o -> loop(o, out);
    }
  }

  private static GraphProto branch(Block block, String name, NodeExport out) {
    BlockExport inner = new BlockExport(out.model(), block);
    for (int i = 0; i < block.arguments().size(); i++) {
      inner.bind(block.arguments().get(i), out.in(i + 1));
    }
    return finish(inner, block, name, List.of(), out);
  }

  private static GraphProto finish(
      BlockExport inner, Block block, String name, List<ValueInfoProto> inputs, NodeExport out) {
    String label = out.block().label(out.node()) + "/" + name;
    List<String> names = new ArrayList<>();
    List<ValueInfoProto> outputs = new ArrayList<>();
    for (int i = 0; i < block.results().size(); i++) {
      Value result = block.results().get(i);
      names.add(out.model().values().unique(label + ":" + i));
      outputs.add(Types.info(names.get(i), result.type()));
    }
    inner.write(names);
    return inner.toGraph(label, inputs, outputs);
  }

  private static void loop(Loop op, NodeExport out) {
    Block body = op.body();
    BlockExport inner = new BlockExport(out.model(), body);
    String label = out.block().label(out.node());
    List<ValueInfoProto> inputs = new ArrayList<>();
    for (int i = 0; i < body.arguments().size(); i++) {
      Value argument = body.arguments().get(i);
      if (i < 2 + op.carried()) {
        String name = out.model().values().unique(label + "/in:" + i);
        inner.bind(argument, name);
        inputs.add(Types.info(name, argument.type()));
      } else {
        inner.bind(argument, out.in(i));
      }
    }
    List<String> operands = new ArrayList<>(List.of(trips(out), out.in(1)));
    for (int i = 0; i < op.carried(); i++) {
      operands.add(out.in(2 + i));
    }
    GraphProto graph = finish(inner, body, "body", inputs, out);
    out.op("Loop", operands).graph("body", graph).results();
  }

  /** The trip count, where a negative one is no bound: ONNX leaves it out or wants a large one. */
  private static String trips(NodeExport out) {
    ConstantData known = out.constant(0);
    if (known != null) {
      return known.getLong(0) < 0 ? "" : out.in(0);
    }
    String none = out.step("Less", out.in(0), scalar(out, 0));
    return out.step("Where", none, scalar(out, Long.MAX_VALUE), out.in(0));
  }

  private static String scalar(NodeExport out, long value) {
    return out.model().constant(ConstantData.ofLong(value));
  }
}
