package dev.lathe.frontend.onnx.export;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import java.util.EnumSet;
import java.util.Set;

/** Functions of two tensors that broadcast. */
final class BinaryExport {
  private static final Set<ElementType> UNSIGNED =
      EnumSet.of(ElementType.U8, ElementType.U16, ElementType.U32, ElementType.U64);

  private static final Set<ElementType> POWERS =
      Types.union(Types.FLOATS, EnumSet.of(ElementType.I32, ElementType.I64));

  private BinaryExport() {}

  static void write(BinaryFunction function, NodeExport out) {
    switch (function) {
      case ADD -> plain("Add", Types.NUMBERS, out);
      case SUB -> plain("Sub", Types.NUMBERS, out);
      case MUL -> plain("Mul", Types.NUMBERS, out);
      case DIV -> plain("Div", Types.NUMBERS, out);
      case MOD -> {
        if (out.type(0).elementType().isFloat()) {
          floorMod(out);
        } else {
          plain("Mod", Types.NUMBERS, out);
        }
      }
      case REM -> {
        NodeExport in = out.within(Types.NUMBERS);
        in.op("Mod", in.in(0), in.in(1)).flag("fmod", true).results();
      }
      case POW -> power(out);
      case MIN -> plain("Min", Types.NUMBERS, out);
      case MAX -> plain("Max", Types.NUMBERS, out);
      case EQUAL -> plain("Equal", Types.ALL, out);
      case NOT_EQUAL -> {
        NodeExport in = out.within(Types.ALL);
        in.results("Not", in.step("Equal", in.in(0), in.in(1)));
      }
      case LESS -> plain("Less", Types.NUMBERS, out);
      case LESS_OR_EQUAL -> plain("LessOrEqual", Types.NUMBERS, out);
      case GREATER -> plain("Greater", Types.NUMBERS, out);
      case GREATER_OR_EQUAL -> plain("GreaterOrEqual", Types.NUMBERS, out);
      case AND -> plain("And", Types.ALL, out);
      case OR -> plain("Or", Types.ALL, out);
      case XOR -> plain("Xor", Types.ALL, out);
      case BITWISE_AND -> plain("BitwiseAnd", Types.INTEGERS, out);
      case BITWISE_OR -> plain("BitwiseOr", Types.INTEGERS, out);
      case BITWISE_XOR -> plain("BitwiseXor", Types.INTEGERS, out);
      case SHIFT_LEFT -> shift("LEFT", out);
      case SHIFT_RIGHT -> shift("RIGHT", out);
    }
  }

  private static void plain(String opType, Set<ElementType> allowed, NodeExport out) {
    NodeExport in = out.within(allowed);
    in.results(opType, in.in(0), in.in(1));
  }

  /**
   * {@code Mod} without {@code fmod} is for integers alone: a rest of the dividend's sign that is
   * not the divisor's takes the divisor once more.
   */
  private static void floorMod(NodeExport out) {
    String divisor = out.in(1);
    String zero = out.number(0);
    String rest = out.op("Mod", out.in(0), divisor).flag("fmod", true).step();
    String some = out.step("Not", out.step("Equal", rest, zero));
    String signs = out.step("Xor", out.step("Less", rest, zero), out.step("Less", divisor, zero));
    String wrong = out.step("And", some, signs);
    out.results("Where", wrong, out.step("Add", rest, divisor), rest);
  }

  /** The base decides the type; the exponent may be of any other, but not of one widened apart. */
  private static void power(NodeExport out) {
    NodeExport in = out.within(POWERS);
    in.results("Pow", in.in(0), in.in(1));
  }

  /** {@code BitShift}-11 is for unsigned integers; others are shifted as such, bit by bit. */
  private static void shift(String direction, NodeExport out) {
    ElementType type = out.type(0).elementType();
    if (UNSIGNED.contains(type)) {
      out.op("BitShift", out.in(0), out.in(1)).text("direction", direction).results();
      return;
    }
    ElementType same =
        switch (type) {
          case I8 -> ElementType.U8;
          case I16 -> ElementType.U16;
          case I32 -> ElementType.U32;
          case I64 -> ElementType.U64;
          default -> throw out.fail("ONNX shifts no " + type, "cast the operands");
        };
    String shifted =
        out.op("BitShift", out.cast(out.in(0), same), out.cast(out.in(1), same))
            .text("direction", direction)
            .step();
    out.op("Cast", shifted).type("to", type).results();
  }
}
