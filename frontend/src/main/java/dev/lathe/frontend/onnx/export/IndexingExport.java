package dev.lathe.frontend.onnx.export;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.IndexingOp;
import dev.lathe.ir.op.IndexingOp.ReverseSequence;
import dev.lathe.ir.op.IndexingOp.ScatterReduction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Ops that move elements to or from places that other tensors name. */
final class IndexingExport {
  /** What older operators than bfloat16 are defined on. */
  private static final Set<ElementType> OLD = Types.union(Types.IEEE, Types.INTEGERS);

  private IndexingExport() {}

  static void write(IndexingOp op, NodeExport out) {
    switch (op) {
      case IndexingOp.Gather o -> indexed("Gather", o.axis(), out);
      case IndexingOp.GatherElements o -> indexed("GatherElements", o.axis(), out);
      case IndexingOp.GatherNd o -> {
        NodeExport in = out.within(Types.ALL);
        in.op("GatherND", in.in(0), longs(in, 1)).integer("batch_dims", o.batchDims()).results();
      }
      case IndexingOp.ScatterElements o -> {
        NodeExport in = out.within(Types.ALL);
        in.op("ScatterElements", in.in(0), in.in(1), in.in(2))
            .integer("axis", o.axis())
            .text("reduction", reduction(o.reduction()))
            .results();
      }
      case IndexingOp.ScatterNd o -> {
        NodeExport in = out.within(Types.ALL);
        in.op("ScatterND", in.in(0), longs(in, 1), in.in(2))
            .text("reduction", reduction(o.reduction()))
            .results();
      }
      case IndexingOp.Trilu o -> {
        NodeExport in = out.within(Types.ALL);
        String diagonal = in.type(1).rank() == 0 ? in.in(1) : in.reshape(in.in(1));
        in.op("Trilu", in.in(0), diagonal).flag("upper", o.upper()).results();
      }
      case IndexingOp.OneHot o -> oneHot(o.axis(), out);
      case IndexingOp.NonZero ignored -> {
        NodeExport in = out.within(Types.ALL);
        in.results("NonZero", in.in(0));
      }
      case IndexingOp.ReverseSequence o -> reverse(o, out);
    }
  }

  private static void indexed(String opType, int axis, NodeExport out) {
    NodeExport in = out.within(Types.ALL);
    in.op(opType, in.in(0), in.in(1)).integer("axis", axis).results();
  }

  /** Indices where ONNX takes no others than i64. */
  private static String longs(NodeExport in, int operand) {
    return in.type(operand).elementType() == ElementType.I64
        ? in.in(operand)
        : in.cast(in.in(operand), ElementType.I64);
  }

  private static String reduction(ScatterReduction reduction) {
    return switch (reduction) {
      case NONE -> "none";
      case ADD -> "add";
      case MUL -> "mul";
      case MAX -> "max";
      case MIN -> "min";
    };
  }

  private static void oneHot(int axis, NodeExport out) {
    ElementType type = out.type(2).elementType();
    ElementType wide = OLD.contains(type) ? type : ElementType.F32;
    String values = wide == type ? out.in(2) : out.cast(out.in(2), wide);
    OpBuilder op = out.op("OneHot", out.in(0), out.in(1), values).integer("axis", axis);
    if (wide == type) {
      op.results();
    } else {
      out.op("Cast", op.step()).type("to", type).results();
    }
  }

  /** {@code ReverseSequence}-10 knows time and batch on the first two axes only. */
  private static void reverse(ReverseSequence op, NodeExport out) {
    NodeExport in = out.within(Types.union(OLD, Set.of(ElementType.BOOL)));
    int rank = in.type(0).rank();
    int batch = Axes.normalize(op.batchAxis(), rank);
    int time = Axes.normalize(op.timeAxis(), rank);
    if (batch < 2 && time < 2) {
      in.op("ReverseSequence", in.in(0), in.in(1))
          .integer("batch_axis", batch)
          .integer("time_axis", time)
          .results();
      return;
    }
    List<Integer> order = new ArrayList<>(List.of(batch, time));
    for (int i = 0; i < rank; i++) {
      if (!order.contains(i)) {
        order.add(i);
      }
    }
    Integer[] back = new Integer[rank];
    for (int i = 0; i < rank; i++) {
      back[order.get(i)] = i;
    }
    String reversed =
        in.op("ReverseSequence", in.transpose(in.in(0), order), in.in(1))
            .integer("batch_axis", 0)
            .integer("time_axis", 1)
            .step();
    in.op("Transpose", reversed).integers("perm", List.of(back)).results();
  }
}
