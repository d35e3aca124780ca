package dev.lathe.testing;

import static dev.lathe.ir.ElementType.BF16;
import static dev.lathe.ir.ElementType.F16;
import static dev.lathe.ir.ElementType.F32;
import static dev.lathe.ir.ElementType.F64;
import static dev.lathe.ir.ElementType.I32;
import static dev.lathe.ir.ElementType.I64;
import static dev.lathe.ir.ElementType.I8;
import static dev.lathe.ir.ElementType.U8;

import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Where;
import dev.lathe.ir.op.LinalgOp.Attention;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.ir.op.LinalgOp.MatMulInteger;
import java.util.ArrayList;
import java.util.List;

/** Products of matrices. */
final class LinalgCases {
  private LinalgCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    matMul(cases);
    integers(cases);
    attention(cases);
    return cases;
  }

  private static void matMul(List<OpCase> cases) {
    long[][][] shapes = {
      {{3, 4}, {4, 5}},
      {{1, 64}, {64, 10}},
      {{2, 3, 4}, {2, 4, 5}},
      {{2, 3, 4}, {4, 5}},
      {{3, 4}, {2, 4, 5}},
      {{2, 1, 3, 4}, {1, 3, 4, 5}},
      {{2, 3, 7, 9}, {2, 3, 9, 8}},
      {{65, 130}, {130, 257}},
      {{3, 0}, {0, 4}},
      {{0, 3}, {3, 4}},
      {{5, 1}, {1, 6}},
    };
    for (int i = 0; i < shapes.length; i++) {
      for (ElementType type : i < 4 ? List.of(F32, F16, BF16, F64, I32, I64) : List.of(F32)) {
        CaseBuilder b = new CaseBuilder("matmul/" + type + "_" + i).roundingOf(type);
        cases.add(
            b.of(
                new MatMul(false, false),
                b.input(type, shapes[i][0]),
                b.input(type, shapes[i][1])));
      }
      CaseBuilder weights = new CaseBuilder("matmul/weights_" + i).roundingOf(F32);
      cases.add(
          weights.of(
              new MatMul(false, false),
              weights.input(F32, shapes[i][0]),
              weights.parameter(F32, shapes[i][1])));
    }
    for (boolean a : new boolean[] {false, true}) {
      for (boolean t : new boolean[] {false, true}) {
        String name = "matmul/" + (a ? "ta" : "a") + "_" + (t ? "tb" : "b");
        for (long[] bias : new long[][] {null, {6}, {1}, {}, {4, 1}, {4, 6}, {2, 4, 6}}) {
          for (boolean constant : new boolean[] {false, true}) {
            String suffix = bias == null ? "" : "_bias" + Shape.of(bias);
            CaseBuilder b =
                new CaseBuilder(name + suffix + (constant ? "_weights" : "")).roundingOf(F32);
            Value x = a ? b.input(F32, 2, 5, 4) : b.input(F32, 2, 4, 5);
            long[] shape = t ? new long[] {6, 5} : new long[] {5, 6};
            Value w = constant ? b.parameter(F32, shape) : b.input(F32, shape);
            List<Value> operands = new ArrayList<>(List.of(x, w));
            if (bias != null) {
              operands.add(constant ? b.parameter(F32, bias) : b.input(F32, bias));
            }
            cases.add(b.of(new MatMul(a, t), operands));
          }
        }
      }
    }
    CaseBuilder b = new CaseBuilder("matmul/symbolic").roundingOf(F32);
    Dim n = Dim.symbol("N");
    Value x = b.input(new TensorType(F32, Shape.of(n, Dim.of(5))), b.uniform(F32, 3, 5));
    cases.add(b.of(new MatMul(false, false), x, b.parameter(F32, 5, 4)));
  }

  private static void integers(List<OpCase> cases) {
    for (ElementType left : List.of(U8, I8)) {
      for (ElementType right : List.of(U8, I8)) {
        for (boolean vectors : new boolean[] {false, true}) {
          for (boolean constant : new boolean[] {false, true}) {
            CaseBuilder b =
                new CaseBuilder(
                    "matmul_integer/"
                        + left
                        + "_"
                        + right
                        + (vectors ? "_vectors" : "")
                        + (constant ? "_weights" : ""));
            Value x = full(b, left, false, 2, 4, 40);
            Value w = full(b, right, constant, 40, 6);
            Value zx = vectors ? full(b, left, false, 4) : b.scalar(left, 3);
            Value zw = vectors ? full(b, right, constant, 6) : b.scalar(right, 0);
            cases.add(b.of(new MatMulInteger(), x, w, zx, zw));
          }
        }
      }
    }
  }

  /** All values of an 8-bit type. */
  static Value full(CaseBuilder b, ElementType type, boolean constant, long... shape) {
    var tensor =
        type.isUnsigned()
            ? b.uniformBetween(type, 0, 255, shape)
            : b.uniformBetween(type, -128, 127, shape);
    return constant ? b.parameter(tensor) : b.input(tensor);
  }

  private static void attention(List<OpCase> cases) {
    long[][] masks = {null, {7}, {5, 7}, {2, 1, 5, 7}, {1, 1, 1, 7}, {2, 3, 5, 7}};
    for (int i = 0; i < masks.length; i++) {
      for (ElementType type : i == 0 ? List.of(F32, F16, BF16, F64) : List.of(F32)) {
        CaseBuilder b = new CaseBuilder("attention/mask" + i + "_" + type).roundingOf(type);
        List<Value> operands =
            new ArrayList<>(
                List.of(
                    b.input(type, 2, 3, 5, 8),
                    b.input(type, 2, 3, 7, 8),
                    b.input(type, 2, 3, 7, 4)));
        if (masks[i] != null) {
          operands.add(b.input(type, masks[i]));
        }
        cases.add(b.of(new Attention(0.3535534f), operands));
      }
    }
    for (boolean last : new boolean[] {false, true}) {
      String name = last ? "attention/nothing_to_attend_to" : "attention/nothing_in_a_row";
      CaseBuilder b = new CaseBuilder(name).roundingOf(F32);
      Value q = b.input(F32, 2, 3, 5, 8);
      Value k = b.input(F32, 2, 3, 7, 8);
      Value v = b.input(F32, 2, 3, 7, 4);
      Value threshold = b.scalar(F32, last ? 10 : -0.5);
      Value low = b.scalar(F32, Double.NEGATIVE_INFINITY);
      Value row = b.input(F32, 2, 1, 5, 1);
      Value masked = b.add(new Binary(BinaryFunction.LESS), row, threshold);
      Value mask = b.add(new Where(), masked, low, b.input(F32, 2, 1, 5, 7));
      cases.add(b.of(new Attention(0.5f, true), q, k, v, mask));
    }
    CaseBuilder windows = new CaseBuilder("attention/windows").roundingOf(F32);
    cases.add(
        windows.of(
            new Attention(0.5f),
            windows.input(F32, 1, 4, 2, 7, 8),
            windows.input(F32, 1, 4, 2, 7, 8),
            windows.input(F32, 1, 4, 2, 7, 8),
            windows.input(F32, 1, 1, 2, 7, 7)));
    windows(cases);
    CaseBuilder rank3 = new CaseBuilder("attention/rank3").roundingOf(F32);
    cases.add(
        rank3.of(
            new Attention(1),
            rank3.input(F32, 4, 6, 5),
            rank3.input(F32, 4, 6, 5),
            rank3.input(F32, 4, 6, 5)));
    CaseBuilder shared = new CaseBuilder("attention/shared_keys").roundingOf(F32);
    cases.add(
        shared.of(
            new Attention(0.5f),
            shared.input(F32, 2, 4, 6, 5),
            shared.input(F32, 2, 1, 6, 5),
            shared.input(F32, 2, 1, 6, 5)));
  }

  /** Windows and heads, with masks that are repeated over outer, middle and inner dimensions. */
  private static void windows(List<OpCase> cases) {
    long[][] sizes = {{1, 4, 2}, {2, 3, 2}};
    for (long[] s : sizes) {
      long[][] masks = {
        {1, 1, s[2], 5, 7}, {1, s[1], 1, 5, 7}, {s[0], 1, s[2], 5, 7}, {s[1], s[2], 1, 7},
        {s[0], 1, 1, 1, 7}, {s[1], s[2], 5, 1}, {s[0], s[1], s[2], 5, 7}, {1, 1}
      };
      for (int i = 0; i < masks.length; i++) {
        String name = "attention/windows_" + Shape.of(s) + "_mask_" + i;
        CaseBuilder b = new CaseBuilder(name).roundingOf(F32);
        Value q = b.input(F32, s[0], s[1], s[2], 5, 8);
        Value k = b.input(F32, s[0], s[1], s[2], 7, 8);
        Value v = b.input(F32, s[0], s[1], s[2], 7, 4);
        cases.add(b.of(new Attention(0.5f), q, k, v, b.input(F32, masks[i])));
      }
    }
    CaseBuilder b = new CaseBuilder("matmul/windows_bias").roundingOf(F32);
    cases.add(
        b.of(
            new MatMul(false, false),
            b.input(F32, 1, 4, 2, 5, 8),
            b.input(F32, 1, 4, 2, 8, 7),
            b.input(F32, 1, 1, 2, 5, 7)));
  }
}
