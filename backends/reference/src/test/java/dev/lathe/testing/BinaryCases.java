package dev.lathe.testing;

import static dev.lathe.ir.ElementType.BF16;
import static dev.lathe.ir.ElementType.BOOL;
import static dev.lathe.ir.ElementType.F16;
import static dev.lathe.ir.ElementType.F32;
import static dev.lathe.ir.ElementType.F64;
import static dev.lathe.ir.ElementType.I32;
import static dev.lathe.ir.ElementType.I64;
import static dev.lathe.ir.ElementType.I8;
import static dev.lathe.ir.ElementType.U64;
import static dev.lathe.ir.ElementType.U8;

import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Elementwise ops of several operands. */
final class BinaryCases {
  /** Pairs of shapes that broadcast; the first two for every type. */
  private static final long[][][] SHAPES = {
    {{2, 3, 4}, {2, 3, 4}},
    {{2, 3, 4}, {3, 1}},
    {{2, 3, 4}, {4}},
    {{2, 3, 4}, {}},
    {{}, {2, 3}},
    {{2, 1, 4}, {3, 1}},
    {{1, 5, 4, 3}, {1, 5, 1, 1}},
    {{1, 5, 1, 1}, {2, 5, 4, 3}},
    {{1}, {3, 0}},
    {{3, 4, 5, 2, 3}, {4, 1, 2, 1}},
  };

  private BinaryCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (BinaryFunction function : BinaryFunction.values()) {
      for (ElementType type : types(function)) {
        cases.add(on(function, type, SHAPES[0]));
        cases.add(on(function, type, SHAPES[1]));
      }
    }
    for (BinaryFunction function :
        List.of(
            BinaryFunction.ADD,
            BinaryFunction.SUB,
            BinaryFunction.MUL,
            BinaryFunction.DIV,
            BinaryFunction.MAX,
            BinaryFunction.LESS)) {
      for (int i = 2; i < SHAPES.length; i++) {
        cases.add(on(function, F32, SHAPES[i]));
      }
    }
    integers(cases);
    others(cases);
    return cases;
  }

  private static List<ElementType> types(BinaryFunction function) {
    if (function.isLogical()) {
      return List.of(BOOL);
    }
    return switch (function) {
      case BITWISE_AND, BITWISE_OR, BITWISE_XOR -> List.of(I32, I64, I8, U8);
      case SHIFT_LEFT, SHIFT_RIGHT -> List.of(U8, U64);
      case EQUAL, NOT_EQUAL -> List.of(F32, F16, BF16, F64, I32, I64, U8, BOOL);
      case MIN, MAX, LESS, GREATER, LESS_OR_EQUAL, GREATER_OR_EQUAL ->
          List.of(F32, F16, BF16, F64, I32, I64, I8, U8, U64);
      default -> List.of(F32, F16, BF16, F64, I32, I64, I8, U8);
    };
  }

  private static OpCase on(BinaryFunction function, ElementType type, long[][] shapes) {
    String name =
        "binary/" + function.text() + "_" + type + "_" + text(shapes[0]) + "_" + text(shapes[1]);
    CaseBuilder b = new CaseBuilder(name).roundingOf(type);
    return switch (function) {
      case DIV, MOD, REM ->
          b.of(
              new Binary(function),
              b.input(type, shapes[0]),
              b.inputBetween(type, 1, 6, shapes[1]));
      case POW ->
          b.of(
              new Binary(function),
              b.inputBetween(type, type.isFloat() ? 0.2 : 1, 3, shapes[0]),
              b.inputBetween(type, 0, 3, shapes[1]));
      case SHIFT_LEFT, SHIFT_RIGHT ->
          b.of(
              new Binary(function),
              b.inputBetween(type, 0, 255, shapes[0]),
              b.inputBetween(type, 0, 7, shapes[1]));
      // Few numbers, so that many are equal.
      case EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL ->
          b.of(new Binary(function), few(b, type, shapes[0]), few(b, type, shapes[1]));
      default -> b.of(new Binary(function), b.input(type, shapes[0]), b.input(type, shapes[1]));
    };
  }

  private static Value few(CaseBuilder b, ElementType type, long... shape) {
    var tensor = b.uniformBetween(type == BOOL ? BOOL : I64, 0, type == BOOL ? 1 : 3, shape);
    double[] values = new double[(int) tensor.elementCount()];
    Arrays.setAll(values, tensor::getDouble);
    return b.input(CaseBuilder.tensor(type, values, shape));
  }

  private static String text(long[] shape) {
    return String.join("x", Arrays.stream(shape).mapToObj(Long::toString).toList());
  }

  private static void integers(List<OpCase> cases) {
    CaseBuilder wrap = new CaseBuilder("binary/mul_i32_wraps");
    cases.add(
        wrap.of(
            new Binary(BinaryFunction.MUL),
            wrap.inputBetween(I32, -2e9, 2e9, 9),
            wrap.inputBetween(I32, -2e9, 2e9, 9)));
    CaseBuilder bytes = new CaseBuilder("binary/add_u8_wraps");
    cases.add(
        bytes.of(
            new Binary(BinaryFunction.ADD),
            bytes.inputBetween(U8, 100, 255, 9),
            bytes.inputBetween(U8, 100, 255, 9)));
    for (BinaryFunction function :
        List.of(BinaryFunction.DIV, BinaryFunction.MOD, BinaryFunction.REM)) {
      for (ElementType type : List.of(I32, I64, F32)) {
        CaseBuilder b =
            new CaseBuilder("binary/" + function.text() + "_signs_" + type).roundingOf(type);
        cases.add(
            b.of(
                new Binary(function),
                b.input(CaseBuilder.vector(type, 7, -7, 7, -7, 6, -6)),
                b.input(CaseBuilder.vector(type, 3, 3, -3, -3, 3, -3))));
      }
    }
    CaseBuilder mixed = new CaseBuilder("binary/pow_f32_i64").roundingOf(F32);
    cases.add(
        mixed.of(
            new Binary(BinaryFunction.POW),
            mixed.input(F32, 4, 3),
            mixed.inputBetween(I64, 0, 4, 3)));
    CaseBuilder square = new CaseBuilder("binary/pow_constant_2").roundingOf(F32);
    cases.add(
        square.of(new Binary(BinaryFunction.POW), square.input(F32, 4, 3), square.scalar(F32, 2)));
  }

  private static void others(List<OpCase> cases) {
    for (BinaryFunction function : List.of(BinaryFunction.MIN, BinaryFunction.MAX)) {
      CaseBuilder b = new CaseBuilder("special/" + function.text() + "_nan");
      cases.add(
          b.of(
              new Binary(function),
              b.input(CaseBuilder.vector(F32, Double.NaN, 1, Double.NaN, Double.POSITIVE_INFINITY)),
              b.input(CaseBuilder.vector(F32, 1, Double.NaN, Double.NaN, -2))));
    }
    long[][][] slopes = {{{2, 3, 4, 5}, {3, 1, 1}}, {{2, 3}, {1}}, {{2, 3}, {2, 3}}, {{2, 3}, {3}}};
    for (long[][] shapes : slopes) {
      for (ElementType type : List.of(F32, F16)) {
        CaseBuilder b =
            new CaseBuilder("prelu/" + type + "_" + text(shapes[0]) + "_" + text(shapes[1]))
                .roundingOf(type);
        cases.add(
            b.of(
                new ElementwiseOp.PRelu(), b.input(type, shapes[0]), b.parameter(type, shapes[1])));
      }
    }
    long[][][] wheres = {
      {{2, 3}, {2, 3}, {2, 3}}, {{3}, {2, 1}, {}}, {{2, 1, 1}, {3, 1}, {4}}, {{}, {2}, {2}}
    };
    for (long[][] shapes : wheres) {
      for (ElementType type : List.of(F32, F16, I64, U8, BOOL)) {
        String name = "where/" + type;
        for (long[] shape : shapes) {
          name += "_" + text(shape);
        }
        CaseBuilder b = new CaseBuilder(name);
        cases.add(
            b.of(
                new ElementwiseOp.Where(),
                b.input(BOOL, shapes[0]),
                b.input(type, shapes[1]),
                b.input(type, shapes[2])));
      }
    }
    CaseBuilder b = new CaseBuilder("binary/add_symbolic").roundingOf(F32);
    Dim n = Dim.symbol("N");
    Value x = b.input(new TensorType(F32, Shape.of(n, Dim.of(3))), b.uniform(F32, 5, 3));
    Value y = b.input(new TensorType(F32, Shape.of(n, Dim.ONE)), b.uniform(F32, 5, 1));
    cases.add(b.of(new Binary(BinaryFunction.ADD), x, y));
  }
}
