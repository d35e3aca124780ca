package dev.lathe.frontend.decompile;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Node;
import dev.lathe.ir.PropagatedData;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.IndexingOp;
import dev.lathe.ir.op.LinalgOp;
import dev.lathe.ir.op.NormalizationOp;
import dev.lathe.ir.op.ReductionOp;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.ir.op.ShapeOp;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes ops as operators and tensor functions. */
final class Expressions {
  private static final Map<UnaryFunction, String> UNARY =
      Map.of(
          UnaryFunction.NOT, "logical_not",
          UnaryFunction.IS_NAN, "is_nan",
          UnaryFunction.NEG, "negative",
          UnaryFunction.BITWISE_NOT, "bitwise_not");

  private final LatheDecompiler model;

  Expressions(LatheDecompiler model) {
    this.model = model;
  }

  /** The expression of a node; null if the language has none. */
  @Nullable String text(Node node) {
    return switch (node.op()) {
      case ElementwiseOp op -> elementwise(op, node);
      case LinalgOp op -> product(op, node);
      case NormalizationOp op -> normalization(op, node);
      case ReductionOp op -> reduction(op, node);
      case ShapeOp op -> shape(op, node);
      case IndexingOp op -> indexing(op, node);
      case CreationOp op -> creation(op, node);
      default -> null;
    };
  }

  private String operand(Node node, int index) {
    return model.text(node.operand(index));
  }

  private String call(String function, Node node, String... arguments) {
    List<String> parts = new ArrayList<>();
    node.operands().forEach(operand -> parts.add(model.text(operand)));
    parts.addAll(List.of(arguments));
    return function + "(" + String.join(", ", parts) + ")";
  }

  /** A call on the first operand alone. */
  private String callFirst(String function, Node node, String... arguments) {
    return function + "(" + operand(node, 0) + ", " + String.join(", ", arguments) + ")";
  }

  private @Nullable String elementwise(ElementwiseOp op, Node node) {
    return switch (op) {
      case ElementwiseOp.Unary unary ->
          call(UNARY.getOrDefault(unary.function(), unary.function().text()), node);
      case ElementwiseOp.LeakyRelu f -> call("leaky_relu", node, "negative_slope: " + f.alpha());
      case ElementwiseOp.Elu f -> call("elu", node, "alpha: " + f.alpha());
      case ElementwiseOp.Celu f -> call("celu", node, "alpha: " + f.alpha());
      case ElementwiseOp.HardSigmoid f ->
          "clip(" + operand(node, 0) + " * " + f.alpha() + " + " + f.beta() + ", 0.0, 1.0)";
      case ElementwiseOp.Gelu f -> call("gelu", node, "approximate: " + f.tanh());
      case ElementwiseOp.Clamp f -> clamp(f, node);
      case ElementwiseOp.Cast f -> call("cast", node, f.to().toString());
      case ElementwiseOp.IsInf f when f.detectNegative() && f.detectPositive() ->
          call("is_inf", node);
      case Binary binary -> binary(binary, node);
      case ElementwiseOp.PRelu _ ->
          "maximum("
              + operand(node, 0)
              + ", 0.0) + minimum("
              + operand(node, 0)
              + ", 0.0) * "
              + operand(node, 1);
      case ElementwiseOp.Where _ -> call("where", node);
      case ElementwiseOp.ThresholdedRelu f ->
          "where(" + operand(node, 0) + " > " + f.alpha() + ", " + operand(node, 0) + ", 0.0)";
      case ElementwiseOp.Selu _, ElementwiseOp.Shrink _, ElementwiseOp.IsInf _ -> null;
    };
  }

  private String clamp(ElementwiseOp.Clamp op, Node node) {
    boolean isFloat = node.result().type().elementType().isFloat();
    if (Double.isInfinite(op.min())) {
      return "minimum(" + operand(node, 0) + ", " + bound(op.max(), isFloat) + ")";
    }
    if (Double.isInfinite(op.max())) {
      return "maximum(" + operand(node, 0) + ", " + bound(op.min(), isFloat) + ")";
    }
    return callFirst("clip", node, bound(op.min(), isFloat), bound(op.max(), isFloat));
  }

  private static String bound(double value, boolean isFloat) {
    return isFloat ? Literals.number(value) : Long.toString((long) value);
  }

  private @Nullable String binary(Binary op, Node node) {
    boolean isFloat = node.operand(0).type().elementType().isFloat();
    boolean bothLiteral = isLiteral(node.operand(0)) && isLiteral(node.operand(1));
    if (bothLiteral) {
      throw new Unsaid("constants alone");
    }
    String operator =
        switch (op.function()) {
          case ADD -> "+";
          case SUB -> "-";
          case MUL -> "*";
          case DIV -> isFloat ? "/" : null;
          case POW -> "**";
          case EQUAL -> "==";
          case NOT_EQUAL -> "!=";
          case LESS -> "<";
          case LESS_OR_EQUAL -> "<=";
          case GREATER -> ">";
          case GREATER_OR_EQUAL -> ">=";
          case AND -> "and";
          case OR -> "or";
          default -> null;
        };
    if (operator != null) {
      return operand(node, 0) + " " + operator + " " + operand(node, 1);
    }
    return switch (op.function()) {
      case MIN -> call("minimum", node);
      case MAX -> call("maximum", node);
      case MOD -> call("mod", node);
      case XOR -> call("logical_xor", node);
      case BITWISE_AND -> call("bitwise_and", node);
      case BITWISE_OR -> call("bitwise_or", node);
      case BITWISE_XOR -> call("bitwise_xor", node);
      default -> null;
    };
  }

  private static boolean isLiteral(Value value) {
    return value.constant() != null && value.type().rank() == 0;
  }

  private @Nullable String product(LinalgOp op, Node node) {
    return switch (op) {
      case LinalgOp.MatMul f ->
          matrix(node.operand(0), f.transposeA()) + " @ " + matrix(node.operand(1), f.transposeB());
      case LinalgOp.Attention f -> {
        String scores =
            "("
                + operand(node, 0)
                + " @ swapaxes("
                + operand(node, 1)
                + ", -1, -2)) * "
                + f.scale()
                + (node.operands().size() > 3 ? " + " + operand(node, 3) : "");
        if (f.nanToZero()) {
          yield null;
        }
        yield "softmax(" + scores + ") @ " + operand(node, 2);
      }
      default -> null;
    };
  }

  private String matrix(Value value, boolean transposed) {
    String text = model.text(value);
    return transposed ? "swapaxes(" + text + ", -1, -2)" : text;
  }

  private @Nullable String normalization(NormalizationOp op, Node node) {
    return switch (op) {
      case NormalizationOp.Softmax f -> call("softmax", node, "axis: " + f.axis());
      case NormalizationOp.LogSoftmax f -> call("log_softmax", node, "axis: " + f.axis());
      default -> null;
    };
  }

  private @Nullable String reduction(ReductionOp op, Node node) {
    return switch (op) {
      case ReductionOp.Reduce f -> {
        String function = reduce(f.function());
        yield function == null
            ? null
            : call(function, node, "axis: " + f.axes(), "keepdims: " + f.keepDims());
      }
      case ReductionOp.ArgReduce f when !f.selectLast() ->
          "cast("
              + call(
                  f.max() ? "argmax" : "argmin",
                  node,
                  "axis: " + f.axis(),
                  "keepdims: " + f.keepDims())
              + ", i64)";
      case ReductionOp.CumSum f when !f.exclusive() && !f.reverse() ->
          call("cumsum", node, "axis: " + f.axis());
      default -> null;
    };
  }

  private static @Nullable String reduce(ReduceFunction function) {
    return switch (function) {
      case SUM, MEAN, PROD, MAX, MIN -> function.text();
      case LOG_SUM_EXP -> "reduce_logsumexp";
      case L1, L2, LOG_SUM, SUM_SQUARE -> null;
    };
  }

  private @Nullable String shape(ShapeOp op, Node node) {
    List<Dim> dims = node.result().type().shape().dims();
    return switch (op) {
      case ShapeOp.Reshape _, ShapeOp.Squeeze _, ShapeOp.Unsqueeze _ ->
          callFirst("ops.reshape", node, model.sizes(dims));
      case ShapeOp.Transpose f -> callFirst("transpose", node, f.permutation().toString());
      case ShapeOp.Expand _ -> callFirst("broadcast_to", node, model.sizes(dims));
      case ShapeOp.Concat f -> {
        List<String> parts = new ArrayList<>();
        node.operands().forEach(part -> parts.add(model.text(part)));
        yield "ops.concatenate([" + String.join(", ", parts) + "], axis: " + f.axis() + ")";
      }
      case ShapeOp.Slice f -> slice(f, node);
      case ShapeOp.Tile _ -> callFirst("tile", node, numbers(node.operand(1)).toString());
      case ShapeOp.Pad f when f.mode() == ShapeOp.PadMode.CONSTANT -> pad(node);
      default -> null;
    };
  }

  /** The integers of an operand that must be known. */
  private List<Long> numbers(Value value) {
    ConstantData data = model.data(value);
    PropagatedData known = value.data();
    if (data == null && known != null && known.isFixed()) {
      return known.elements().stream().map(Dim::value).toList();
    }
    if (data == null) {
      throw new Unsaid("numbers that depend on data");
    }
    List<Long> numbers = new ArrayList<>();
    for (long i = 0; i < data.elementCount(); i++) {
      numbers.add(data.getLong(i));
    }
    return numbers;
  }

  /** Bounds that may hold sizes. */
  private List<String> bounds(Value value) {
    PropagatedData known = value.data();
    if (model.data(value) == null && known != null) {
      return known.elements().stream().map(model::size).toList();
    }
    return numbers(value).stream().map(String::valueOf).toList();
  }

  private String slice(ShapeOp.Slice op, Node node) {
    int rank = node.operand(0).type().rank();
    List<String> items = new ArrayList<>(Collections.nCopies(rank, ":"));
    List<String> starts = bounds(node.operand(1));
    List<String> ends = bounds(node.operand(2));
    List<Long> steps = numbers(node.operand(3));
    for (int i = 0; i < op.axes().size(); i++) {
      int axis = Axes.normalize(op.axes().get(i), rank);
      String start = starts.get(i);
      String end = ends.get(i);
      boolean isAll = end.length() > 9 && !end.contains("(");
      items.set(
          axis,
          (start.equals("0") ? "" : isFar(start) ? "" : start)
              + ":"
              + (isAll ? "" : end)
              + (steps.get(i) == 1 ? "" : ":" + steps.get(i)));
    }
    return operand(node, 0) + "[" + String.join(", ", items) + "]";
  }

  private static boolean isFar(String bound) {
    return bound.length() > 9 && !bound.contains("(");
  }

  private String pad(Node node) {
    List<Long> pads = numbers(node.operand(1));
    int rank = pads.size() / 2;
    List<List<Long>> widths = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      if (pads.get(axis) < 0 || pads.get(axis + rank) < 0) {
        throw new Unsaid("padding that crops");
      }
      widths.add(List.of(pads.get(axis), pads.get(axis + rank)));
    }
    String value = node.operands().size() > 2 ? operand(node, 2) : "0";
    return callFirst("ops.pad", node, widths.toString(), "constant_values: " + value);
  }

  private @Nullable String indexing(IndexingOp op, Node node) {
    return switch (op) {
      case IndexingOp.Gather f -> call("take", node, "axis: " + f.axis());
      case IndexingOp.GatherElements f -> call("take_along_axis", node, "axis: " + f.axis());
      case IndexingOp.Trilu f when node.operands().size() == 1 ->
          call(f.upper() ? "triu" : "tril", node);
      default -> null;
    };
  }

  private @Nullable String creation(CreationOp op, Node node) {
    return op instanceof CreationOp.Range
        ? "arange("
            + operand(node, 0)
            + ", "
            + operand(node, 1)
            + ", "
            + operand(node, 2)
            + ", dtype: "
            + node.result().type().elementType()
            + ")"
        : null;
  }
}
