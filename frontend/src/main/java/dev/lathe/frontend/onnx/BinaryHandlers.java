package dev.lathe.frontend.onnx;

import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.PRelu;
import java.util.List;

/** Functions of two or more tensors that broadcast, element by element. */
final class BinaryHandlers {

  private BinaryHandlers() {}

  static void register(Handlers handlers) {
    handlers.add("Add", binary(BinaryFunction.ADD));
    handlers.add("Sub", binary(BinaryFunction.SUB));
    handlers.add("Mul", binary(BinaryFunction.MUL));
    handlers.add("Div", binary(BinaryFunction.DIV));
    handlers.add("Pow", binary(BinaryFunction.POW));
    handlers.add("Equal", binary(BinaryFunction.EQUAL));
    handlers.add("Less", binary(BinaryFunction.LESS));
    handlers.add("LessOrEqual", binary(BinaryFunction.LESS_OR_EQUAL));
    handlers.add("Greater", binary(BinaryFunction.GREATER));
    handlers.add("GreaterOrEqual", binary(BinaryFunction.GREATER_OR_EQUAL));
    handlers.add("And", binary(BinaryFunction.AND));
    handlers.add("Or", binary(BinaryFunction.OR));
    handlers.add("Xor", binary(BinaryFunction.XOR));
    handlers.add("BitwiseAnd", binary(BinaryFunction.BITWISE_AND));
    handlers.add("BitwiseOr", binary(BinaryFunction.BITWISE_OR));
    handlers.add("BitwiseXor", binary(BinaryFunction.BITWISE_XOR));
    handlers.add("Mod", BinaryHandlers::mod);
    handlers.add("BitShift", BinaryHandlers::bitShift);
    handlers.add("Max", node -> List.of(chain(node, BinaryFunction.MAX)));
    handlers.add("Min", node -> List.of(chain(node, BinaryFunction.MIN)));
    handlers.add("Sum", node -> List.of(chain(node, BinaryFunction.ADD)));
    handlers.add("Mean", BinaryHandlers::mean);
    handlers.add("PRelu", BinaryHandlers::prelu);
    handlers.add("Where", node -> List.of(node.emit().where(node.in(0), node.in(1), node.in(2))));
  }

  private static Handler binary(BinaryFunction function) {
    return node -> List.of(node.emit().binary(function, node.in(0), second(node)));
  }

  /**
   * The second operand; until version 6, {@code axis} said which axis of the first its first one
   * meets.
   */
  private static Value second(OnnxNode node) {
    Value b = node.in(1);
    if (node.opset() >= 7 || !node.attributes().has("axis")) {
      return b;
    }
    int rank = node.rank(0);
    int behind = rank - node.axis("axis", 0, rank) - b.type().rank();
    if (behind < 0) {
      throw node.attributes().refuse("axis", "leaves too few axes for " + b.type());
    }
    return node.emit().trailing(b, behind);
  }

  /** {@code PRelu}-16; until version 6 a vector of slopes belonged to the channels. */
  private static List<Value> prelu(OnnxNode node) {
    Value slope = node.in(1);
    int spatial = node.rank(0) - 2;
    boolean channels = node.opset() < 7 && slope.type().rank() == 1 && !slope.type().dim(0).is(1);
    Value aligned = channels && spatial > 0 ? node.emit().trailing(slope, spatial) : slope;
    return List.of(node.emit().add(new PRelu(), node.in(0), aligned));
  }

  /** {@code Mod}-10: the divisor's sign, or with {@code fmod} the dividend's. */
  private static List<Value> mod(OnnxNode node) {
    boolean fmod = node.attributes().flag("fmod", false);
    BinaryFunction function = fmod ? BinaryFunction.REM : BinaryFunction.MOD;
    return List.of(node.emit().binary(function, node.in(0), node.in(1)));
  }

  /** {@code BitShift}-11. */
  private static List<Value> bitShift(OnnxNode node) {
    String direction = node.attributes().text("direction", "");
    BinaryFunction function =
        switch (direction) {
          case "LEFT" -> BinaryFunction.SHIFT_LEFT;
          case "RIGHT" -> BinaryFunction.SHIFT_RIGHT;
          default -> throw node.attributes().refuse("direction", "is neither LEFT nor RIGHT");
        };
    return List.of(node.emit().binary(function, node.in(0), node.in(1)));
  }

  private static List<Value> mean(OnnxNode node) {
    Value sum = chain(node, BinaryFunction.ADD);
    return List.of(
        node.inputs() == 1
            ? sum
            : node.emit().over(sum, node.emit().scalarLike(sum, node.inputs())));
  }

  private static Value chain(OnnxNode node, BinaryFunction function) {
    Value result = node.in(0);
    for (int i = 1; i < node.inputs(); i++) {
      result = node.emit().binary(function, result, node.in(i));
    }
    return result;
  }
}
