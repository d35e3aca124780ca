package dev.lathe.testing;

import static dev.lathe.ir.ElementType.BF16;
import static dev.lathe.ir.ElementType.BOOL;
import static dev.lathe.ir.ElementType.F16;
import static dev.lathe.ir.ElementType.F32;
import static dev.lathe.ir.ElementType.F64;
import static dev.lathe.ir.ElementType.I32;
import static dev.lathe.ir.ElementType.I4;
import static dev.lathe.ir.ElementType.I64;
import static dev.lathe.ir.ElementType.I8;
import static dev.lathe.ir.ElementType.U32;
import static dev.lathe.ir.ElementType.U4;
import static dev.lathe.ir.ElementType.U64;
import static dev.lathe.ir.ElementType.U8;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.ElementwiseOp.Cast;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.Op;
import dev.lathe.runtime.Tensor;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Elementwise ops of one operand. */
final class UnaryCases {
  private static final Set<UnaryFunction> ON_INTEGERS =
      EnumSet.of(UnaryFunction.ABS, UnaryFunction.NEG, UnaryFunction.SIGN, UnaryFunction.RELU);

  private UnaryCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (UnaryFunction function : UnaryFunction.values()) {
      if (function == UnaryFunction.NOT) {
        cases.add(on(BOOL, new Unary(function), 0, 1));
      } else if (function == UnaryFunction.BITWISE_NOT) {
        for (ElementType type : List.of(I32, I64, I8, U8, U64)) {
          cases.add(on(type, new Unary(function), 0, 100));
        }
      } else {
        floats(cases, function);
      }
    }
    for (UnaryFunction function : ON_INTEGERS) {
      for (ElementType type : List.of(I32, I64, I8)) {
        cases.add(on(type, new Unary(function), -100, 100));
      }
      cases.add(on(U8, new Unary(function), 0, 255));
    }
    activations(cases);
    special(cases);
    casts(cases);
    return cases;
  }

  private static void floats(List<OpCase> cases, UnaryFunction function) {
    double[] range =
        switch (function) {
          case LOG, SQRT -> new double[] {0.01, 9};
          case RECIPROCAL -> new double[] {0.2, 4};
          case ASIN, ACOS, ATANH -> new double[] {-0.95, 0.95};
          case ACOSH -> new double[] {1.05, 6};
          case EXP, SINH, COSH -> new double[] {-3, 3};
          case TAN -> new double[] {-1.2, 1.2};
          default -> new double[] {-6, 6};
        };
    for (ElementType type : List.of(F32, F16, BF16, F64)) {
      cases.add(on(type, new Unary(function), range[0], range[1]));
    }
    CaseBuilder large = new CaseBuilder("unary/" + function.text() + "_4d").roundingOf(F32);
    cases.add(
        large.of(new Unary(function), large.inputBetween(F32, range[0], range[1], 2, 3, 5, 7)));
  }

  private static OpCase on(ElementType type, Op op, double from, double to) {
    CaseBuilder b = new CaseBuilder("unary/" + op.mnemonic() + "_" + type).roundingOf(type);
    return b.of(op, b.inputBetween(type, from, to, 3, 5));
  }

  private static void activations(List<OpCase> cases) {
    Map<String, Op> ops = new LinkedHashMap<>();
    ops.put("leaky_relu", new ElementwiseOp.LeakyRelu(0.1f));
    ops.put("leaky_relu_above_one", new ElementwiseOp.LeakyRelu(1.5f));
    ops.put("elu", new ElementwiseOp.Elu(1));
    ops.put("elu_half", new ElementwiseOp.Elu(0.5f));
    ops.put("celu", new ElementwiseOp.Celu(2));
    ops.put("selu", new ElementwiseOp.Selu(1.6732632f, 1.050701f));
    ops.put("hard_sigmoid", new ElementwiseOp.HardSigmoid(0.2f, 0.5f));
    ops.put("thresholded_relu", new ElementwiseOp.ThresholdedRelu(1));
    ops.put("shrink", new ElementwiseOp.Shrink(1.5f, 0.5f));
    ops.put("gelu", new ElementwiseOp.Gelu(false));
    ops.put("gelu_tanh", new ElementwiseOp.Gelu(true));
    ops.put("clamp", new Clamp(-1, 2.5));
    ops.put("clamp_below", new Clamp(0, Double.POSITIVE_INFINITY));
    ops.put("clamp_above", new Clamp(Double.NEGATIVE_INFINITY, 3));
    ops.forEach(
        (name, op) -> {
          for (ElementType type : List.of(F32, F16, BF16, F64)) {
            CaseBuilder b = new CaseBuilder("activation/" + name + "_" + type).roundingOf(type);
            cases.add(b.of(op, b.inputBetween(type, -4, 4, 2, 3, 4)));
          }
        });
    for (ElementType type : List.of(I32, I64, I8)) {
      cases.add(on(type, new Clamp(-20.5, 30), -100, 100));
    }
    cases.add(on(U8, new Clamp(-1, 200), 0, 255));
  }

  private static void special(List<OpCase> cases) {
    double[] values = {
      Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0.0, -0.0, 1e-42, -1, 3e38
    };
    Map<String, Op> ops = new LinkedHashMap<>();
    ops.put("abs", new Unary(UnaryFunction.ABS));
    ops.put("neg", new Unary(UnaryFunction.NEG));
    ops.put("is_nan", new Unary(UnaryFunction.IS_NAN));
    ops.put("relu", new Unary(UnaryFunction.RELU));
    ops.put("is_inf", new ElementwiseOp.IsInf(true, true));
    ops.put("is_inf_negative", new ElementwiseOp.IsInf(true, false));
    ops.put("is_inf_positive", new ElementwiseOp.IsInf(false, true));
    ops.put("clamp", new Clamp(-2, 2));
    ops.put("sigmoid", new Unary(UnaryFunction.SIGMOID));
    ops.put("tanh", new Unary(UnaryFunction.TANH));
    ops.put("to_bool", new Cast(BOOL));
    ops.forEach(
        (name, op) -> {
          CaseBuilder b = new CaseBuilder("special/" + name).roundingOf(F32);
          cases.add(b.of(op, b.input(CaseBuilder.vector(F32, values))));
        });
    CaseBuilder ties = new CaseBuilder("special/round_ties");
    Tensor halves = CaseBuilder.vector(F32, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4999, 8388609);
    cases.add(ties.of(new Unary(UnaryFunction.ROUND), ties.input(halves)));
    CaseBuilder empty = new CaseBuilder("special/empty");
    cases.add(empty.of(new Unary(UnaryFunction.EXP), empty.input(F32, 2, 0, 3)));
    CaseBuilder scalar = new CaseBuilder("special/scalar").roundingOf(F32);
    cases.add(scalar.of(new Unary(UnaryFunction.EXP), scalar.input(F32)));
  }

  private static void casts(List<OpCase> cases) {
    List<ElementType> types =
        List.of(F32, F16, BF16, F64, I8, I32, I64, U8, U32, U64, BOOL, I4, U4);
    for (ElementType from : types) {
      for (ElementType to : types) {
        boolean signed = !from.isUnsigned() && !to.isUnsigned() && from != BOOL;
        boolean packed = from.bits() == 4 || to.bits() == 4;
        double high = from == BOOL ? 1 : packed ? 7 : 100;
        CaseBuilder b = new CaseBuilder("cast/" + from + "_to_" + to);
        cases.add(b.of(new Cast(to), b.inputBetween(from, signed ? -high : 0, high, 3, 5)));
      }
    }
    CaseBuilder wrap = new CaseBuilder("cast/i32_to_i8_wraps");
    cases.add(wrap.of(new Cast(I8), wrap.inputBetween(I32, -70000, 70000, 17)));
    CaseBuilder unsigned = new CaseBuilder("cast/i64_to_u32_wraps");
    cases.add(unsigned.of(new Cast(U32), unsigned.inputBetween(I64, -1e12, 1e12, 17)));
    CaseBuilder big = new CaseBuilder("cast/i64_to_f32_large");
    cases.add(big.of(new Cast(F32), big.inputBetween(I64, -9e18, 9e18, 17)));
  }
}
