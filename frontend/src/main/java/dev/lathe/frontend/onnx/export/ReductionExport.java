package dev.lathe.frontend.onnx.export;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ReductionOp;
import dev.lathe.ir.op.ReductionOp.Reduce;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import java.util.EnumSet;
import java.util.Set;

/** Reductions along axes. */
final class ReductionExport {
  /** ReduceMax-20 and ReduceMin-20. */
  private static final Set<ElementType> ORDERED =
      Types.union(Types.SUMMABLE, EnumSet.of(ElementType.I8, ElementType.U8, ElementType.BOOL));

  /** TopK-11. */
  private static final Set<ElementType> SORTABLE = Types.union(Types.IEEE, Types.INTEGERS);

  private ReductionExport() {}

  static void write(ReductionOp op, NodeExport out) {
    switch (op) {
      case ReductionOp.Reduce o -> {
        if (o.axes().isEmpty()) {
          each(o.function(), out);
        } else {
          reduce(o, out);
        }
      }
      case ReductionOp.ArgReduce o -> {
        NodeExport in = out.within(Types.NUMBERS);
        in.op(o.max() ? "ArgMax" : "ArgMin", in.in(0))
            .integer("axis", o.axis())
            .flag("keepdims", o.keepDims())
            .flag("select_last_index", o.selectLast())
            .results();
      }
      case ReductionOp.CumSum o -> {
        NodeExport in = out.within(Types.SUMMABLE);
        in.op("CumSum", in.in(0), in.model().constant(ConstantData.ofLong(o.axis())))
            .flag("exclusive", o.exclusive())
            .flag("reverse", o.reverse())
            .results();
      }
      case ReductionOp.TopK o -> {
        NodeExport in = out.within(SORTABLE);
        String k = in.type(1).rank() == 1 ? in.in(1) : in.reshape(in.in(1), 1);
        in.op("TopK", in.in(0), k)
            .integer("axis", o.axis())
            .flag("largest", o.largest())
            .flag("sorted", o.sorted())
            .results();
      }
    }
  }

  private static void reduce(Reduce op, NodeExport out) {
    boolean order = op.function() == ReduceFunction.MAX || op.function() == ReduceFunction.MIN;
    NodeExport in = out.within(order ? ORDERED : Types.SUMMABLE);
    in.op(opType(op.function()), in.in(0), in.longs(op.axes()))
        .flag("keepdims", op.keepDims())
        .results();
  }

  private static String opType(ReduceFunction function) {
    return switch (function) {
      case SUM -> "ReduceSum";
      case MEAN -> "ReduceMean";
      case PROD -> "ReduceProd";
      case MAX -> "ReduceMax";
      case MIN -> "ReduceMin";
      case L1 -> "ReduceL1";
      case L2 -> "ReduceL2";
      case LOG_SUM -> "ReduceLogSum";
      case LOG_SUM_EXP -> "ReduceLogSumExp";
      case SUM_SQUARE -> "ReduceSumSquare";
    };
  }

  /** Over no axis: ONNX would leave out the function, the graph does not. */
  private static void each(ReduceFunction function, NodeExport out) {
    switch (function) {
      case SUM, MEAN, PROD, MAX, MIN, LOG_SUM_EXP -> out.alias(out.in(0));
      case L1, L2 -> {
        NodeExport in = out.within(Types.NUMBERS);
        in.results("Abs", in.in(0));
      }
      case LOG_SUM -> {
        NodeExport in = out.within(Types.FLOATS);
        in.results("Log", in.in(0));
      }
      case SUM_SQUARE -> {
        NodeExport in = out.within(Types.NUMBERS);
        in.results("Mul", in.in(0), in.in(0));
      }
    }
  }
}
