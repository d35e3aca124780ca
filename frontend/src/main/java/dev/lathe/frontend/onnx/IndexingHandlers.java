package dev.lathe.frontend.onnx;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.IndexingOp.Gather;
import dev.lathe.ir.op.IndexingOp.GatherElements;
import dev.lathe.ir.op.IndexingOp.GatherNd;
import dev.lathe.ir.op.IndexingOp.NonZero;
import dev.lathe.ir.op.IndexingOp.OneHot;
import dev.lathe.ir.op.IndexingOp.ReverseSequence;
import dev.lathe.ir.op.IndexingOp.ScatterElements;
import dev.lathe.ir.op.IndexingOp.ScatterNd;
import dev.lathe.ir.op.IndexingOp.ScatterReduction;
import dev.lathe.ir.op.IndexingOp.Trilu;
import java.util.List;

/** Operators that move elements to or from places other tensors name. */
final class IndexingHandlers {

  private IndexingHandlers() {}

  static void register(Handlers handlers) {
    handlers.add(
        "Gather",
        node ->
            List.of(
                node.emit()
                    .add(new Gather(node.axis("axis", 0, node.rank(0))), node.in(0), node.in(1))));
    handlers.add(
        "GatherElements",
        node ->
            List.of(
                node.emit()
                    .add(
                        new GatherElements(node.axis("axis", 0, node.rank(0))),
                        node.in(0),
                        node.in(1))));
    handlers.add(
        "GatherND",
        node ->
            List.of(
                node.emit()
                    .add(
                        new GatherNd(node.attributes().small("batch_dims", 0)),
                        node.in(0),
                        node.in(1))));
    handlers.add("ScatterElements", IndexingHandlers::scatterElements);
    handlers.add("Scatter", IndexingHandlers::scatterElements);
    handlers.add(
        "ScatterND",
        node ->
            List.of(
                node.emit()
                    .add(new ScatterNd(reduction(node)), node.in(0), node.in(1), node.in(2))));
    handlers.add("NonZero", node -> List.of(node.emit().add(new NonZero(), node.in(0))));
    handlers.add("Trilu", IndexingHandlers::trilu);
    handlers.add("OneHot", IndexingHandlers::oneHot);
    handlers.add("ReverseSequence", IndexingHandlers::reverseSequence);
  }

  private static ScatterReduction reduction(OnnxNode node) {
    String name = node.attributes().text("reduction", "none");
    return switch (name) {
      case "none" -> ScatterReduction.NONE;
      case "add" -> ScatterReduction.ADD;
      case "mul" -> ScatterReduction.MUL;
      case "max" -> ScatterReduction.MAX;
      case "min" -> ScatterReduction.MIN;
      default -> throw node.attributes().refuse("reduction", "is none of none, add, mul, max, min");
    };
  }

  /** {@code ScatterElements}-18, and {@code Scatter}-9, its old name. */
  private static List<Value> scatterElements(OnnxNode node) {
    int axis = node.axis("axis", 0, node.rank(0));
    return List.of(
        node.emit()
            .add(new ScatterElements(axis, reduction(node)), node.in(0), node.in(1), node.in(2)));
  }

  /** {@code Trilu}-14. */
  private static List<Value> trilu(OnnxNode node) {
    Emitter emit = node.emit();
    boolean upper = node.attributes().flag("upper", true);
    Value diagonal = node.has(1) ? emit.asScalar(node.asLongs(1)) : emit.number(0);
    return List.of(emit.add(new Trilu(upper), node.in(0), diagonal));
  }

  /** {@code OneHot}-11; indices and depth may be of any numeric type. */
  private static List<Value> oneHot(OnnxNode node) {
    Emitter emit = node.emit();
    int axis = node.axis("axis", -1, node.rank(0) + 1);
    Value depth = emit.asScalar(node.asLongs(1));
    return List.of(emit.add(new OneHot(axis), node.asLongs(0), depth, node.in(2)));
  }

  /** {@code ReverseSequence}-10. */
  private static List<Value> reverseSequence(OnnxNode node) {
    int rank = node.rank(0);
    int batch = node.axis("batch_axis", 1, rank);
    int time = node.axis("time_axis", 0, rank);
    return List.of(node.emit().add(new ReverseSequence(batch, time), node.in(0), node.asLongs(1)));
  }
}
