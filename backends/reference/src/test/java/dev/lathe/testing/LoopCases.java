package dev.lathe.testing;

import static dev.lathe.ir.ElementType.BOOL;
import static dev.lathe.ir.ElementType.F32;
import static dev.lathe.ir.ElementType.I64;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Where;
import dev.lathe.ir.op.IndexingOp.Gather;
import dev.lathe.ir.op.ReductionOp.Reduce;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.ir.op.ShapeOp.Concat;
import dev.lathe.ir.op.ShapeOp.CoordinateTransform;
import dev.lathe.ir.op.ShapeOp.Expand;
import dev.lathe.ir.op.ShapeOp.NearestMode;
import dev.lathe.ir.op.ShapeOp.Pad;
import dev.lathe.ir.op.ShapeOp.PadMode;
import dev.lathe.ir.op.ShapeOp.Reshape;
import dev.lathe.ir.op.ShapeOp.Resize;
import dev.lathe.ir.op.ShapeOp.ResizeMode;
import dev.lathe.ir.op.ShapeOp.Slice;
import dev.lathe.ir.op.ShapeOp.Transpose;
import java.util.ArrayList;
import java.util.List;

/** What has enough elements for nested loops of vectors: broadcasts, choices, copies, pads. */
final class LoopCases {
  private LoopCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    broadcasts(cases);
    booleans(cases);
    copies(cases);
    pads(cases);
    reductions(cases);
    resizes(cases);
    return cases;
  }

  private static void broadcasts(List<OpCase> cases) {
    long[][][] shapes = {
      {{2, 1, 40}, {1, 15, 1}},
      {{2, 3, 40, 1}, {40, 40}},
      {{5, 1, 1}, {1, 7, 37}},
      {{1, 9000}, {3, 1}},
      {{300, 1}, {1, 3}},
      {{2, 1, 5, 1, 3}, {1, 4, 1, 7, 1}},
      {{130, 150}, {130, 1}},
    };
    for (BinaryFunction function :
        List.of(BinaryFunction.ADD, BinaryFunction.SUB, BinaryFunction.MUL, BinaryFunction.DIV)) {
      for (int i = 0; i < shapes.length; i++) {
        CaseBuilder b = new CaseBuilder("loops/" + function.text() + i).roundingOf(F32);
        cases.add(
            b.of(
                new Binary(function),
                b.input(F32, shapes[i][0]),
                b.inputBetween(F32, 0.5, 2, shapes[i][1])));
      }
    }
    CaseBuilder b = new CaseBuilder("loops/mul_transposed").roundingOf(F32);
    Value x = b.add(new Transpose(List.of(0, 2, 1)), b.input(F32, 1, 30, 40));
    Value y = b.add(new Transpose(List.of(0, 2, 1)), b.input(F32, 7, 30, 1));
    cases.add(b.of(new Binary(BinaryFunction.MUL), x, y));
  }

  private static void booleans(List<OpCase> cases) {
    long[][][] shapes = {
      {{1, 9, 33}, {}, {3, 9, 33}},
      {{3, 9, 1}, {1, 9, 33}, {3, 1, 33}},
      {{3, 9, 33}, {33}, {}},
      {{1, 20}, {40, 20}, {40, 1}},
    };
    for (int i = 0; i < shapes.length; i++) {
      CaseBuilder b = new CaseBuilder("loops/where" + i);
      cases.add(
          b.of(
              new Where(),
              b.input(BOOL, shapes[i][0]),
              b.input(F32, shapes[i][1]),
              b.input(F32, shapes[i][2])));
    }
    for (BinaryFunction function : List.of(BinaryFunction.AND, BinaryFunction.OR)) {
      CaseBuilder b = new CaseBuilder("loops/" + function.text());
      cases.add(b.of(new Binary(function), b.input(BOOL, 2, 1, 1, 41), b.input(BOOL, 2, 1, 40, 1)));
      CaseBuilder t = new CaseBuilder("loops/transposed_" + function.text());
      Value x = t.add(new Transpose(List.of(1, 0)), t.input(BOOL, 30, 20));
      cases.add(t.of(new Binary(function), x, t.input(BOOL, 20, 30)));
    }
    CaseBuilder n = new CaseBuilder("loops/not");
    cases.add(n.of(new Unary(UnaryFunction.NOT), n.input(BOOL, 30, 21)));
    CaseBuilder nan = new CaseBuilder("loops/is_nan");
    Value zero = nan.scalar(F32, 0);
    Value chosen = nan.add(new Where(), nan.input(BOOL, 30, 21), zero, nan.input(F32, 30, 21));
    Value quotient = nan.add(new Binary(BinaryFunction.DIV), chosen, chosen);
    cases.add(nan.of(new Unary(UnaryFunction.IS_NAN), quotient));
  }

  private static void copies(List<OpCase> cases) {
    for (ElementType type : List.of(F32, I64)) {
      CaseBuilder e = new CaseBuilder("loops/repeat_" + type);
      Value repeated = e.add(new Expand(), e.input(type, 2, 1, 9, 20), e.longs(2, 4, 9, 20));
      cases.add(e.of(new Reshape(false), repeated, e.longs(8, 9, 20)));
      CaseBuilder w = new CaseBuilder("loops/windows_" + type);
      double[] indices = new double[3 * 30];
      for (int i = 0; i < indices.length; i++) {
        indices[i] = i / 30 + i % 30;
      }
      Value windows =
          w.add(
              new Gather(2),
              w.input(type, 2, 5, 32),
              w.constant(CaseBuilder.tensor(I64, indices, 3, 30)));
      Value turned = w.add(new Transpose(List.of(0, 3, 1, 2)), windows);
      cases.add(w.of(new Reshape(false), turned, w.longs(2, 30, 15)));
      CaseBuilder s = new CaseBuilder("loops/every_third_" + type);
      Value third =
          s.add(
              new Slice(List.of(1)), s.input(type, 40, 100), s.longs(1), s.longs(100), s.longs(3));
      cases.add(s.of(new Reshape(false), third, s.longs(40 * 33)));
    }
    CaseBuilder c = new CaseBuilder("loops/concat");
    cases.add(
        c.of(
            new Concat(1),
            c.input(F32, 2, 1, 20, 30),
            c.input(F32, 2, 3, 20, 30),
            c.input(F32, 2, 2, 20, 30)));
  }

  private static void pads(List<OpCase> cases) {
    for (PadMode mode : PadMode.values()) {
      CaseBuilder b = new CaseBuilder("loops/pad_" + mode);
      Value pads = b.longs(0, 0, 2, 1, 0, 1, 3, 0);
      cases.add(b.of(new Pad(mode), b.input(F32, 2, 5, 12, 20), pads, b.scalar(F32, -1.5)));
      CaseBuilder t = new CaseBuilder("loops/pad_transposed_" + mode);
      Value turned = t.add(new Transpose(List.of(0, 3, 1, 2)), t.input(F32, 1, 12, 20, 8));
      Value around = t.longs(0, 0, 1, 2, 0, 0, 2, 1);
      cases.add(t.of(new Pad(mode), turned, around, t.scalar(F32, 2)));
    }
  }

  private static void reductions(List<OpCase> cases) {
    List<ReduceFunction> functions =
        List.of(
            ReduceFunction.L2,
            ReduceFunction.SUM_SQUARE,
            ReduceFunction.SUM,
            ReduceFunction.MEAN,
            ReduceFunction.MAX,
            ReduceFunction.MIN);
    long[][] shapes = {{3, 5, 7, 32}, {2, 70, 9, 100}, {1, 200, 6, 6}, {2, 3, 33, 5}};
    List<List<Integer>> axes =
        List.of(List.of(3), List.of(1), List.of(2, 3), List.of(0, 2), List.of(0, 1, 2, 3));
    for (ReduceFunction function : functions) {
      for (int i = 0; i < shapes.length; i++) {
        for (int j = 0; j < axes.size(); j++) {
          String name = "loops/reduce_" + function + i + j;
          CaseBuilder b = new CaseBuilder(name).roundingOf(F32);
          cases.add(b.of(new Reduce(function, axes.get(j), j % 2 == 0), b.input(F32, shapes[i])));
        }
      }
      CaseBuilder b = new CaseBuilder("loops/reduce_turned_" + function).roundingOf(F32);
      Value x = b.input(F32, 2, 9, 10, 40);
      Value turned = b.add(new Transpose(List.of(0, 3, 1, 2)), x);
      cases.add(b.of(new Reduce(function, List.of(2, 3), true), turned));
      CaseBuilder c = new CaseBuilder("loops/reduce_part_" + function).roundingOf(F32);
      Value part =
          c.add(
              new Slice(List.of(2)), c.input(F32, 4, 20, 90), c.longs(10), c.longs(80), c.longs(1));
      cases.add(c.of(new Reduce(function, List.of(2), true), part));
    }
  }

  private static void resizes(List<OpCase> cases) {
    long[][] shapes = {{2, 9, 5, 7}, {1, 150, 6, 4}, {2, 20, 9}};
    // With 9 and 21, half pixels meet whole ones, whose floor is a matter of rounding.
    long[][] sizes = {{2, 9, 11, 13}, {1, 150, 4, 4}, {2, 20, 22}};
    for (ResizeMode mode : List.of(ResizeMode.LINEAR, ResizeMode.NEAREST)) {
      for (CoordinateTransform transform : CoordinateTransform.values()) {
        for (int i = 0; i < shapes.length; i++) {
          String name = "loops/resize_" + mode + "_" + transform + i;
          CaseBuilder b = new CaseBuilder(name).roundingOf(F32);
          Resize resize =
              new Resize(mode, transform, NearestMode.FLOOR, false, -0.75f, false, false);
          cases.add(b.of(resize, b.input(F32, shapes[i]), b.longs(sizes[i])));
        }
      }
    }
  }
}
