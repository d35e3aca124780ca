package dev.lathe.testing;

import static dev.lathe.ir.ElementType.BF16;
import static dev.lathe.ir.ElementType.BOOL;
import static dev.lathe.ir.ElementType.F16;
import static dev.lathe.ir.ElementType.F32;
import static dev.lathe.ir.ElementType.F64;
import static dev.lathe.ir.ElementType.I32;
import static dev.lathe.ir.ElementType.I64;
import static dev.lathe.ir.ElementType.I8;
import static dev.lathe.ir.ElementType.U8;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ReductionOp.ArgReduce;
import dev.lathe.ir.op.ReductionOp.CumSum;
import dev.lathe.ir.op.ReductionOp.Reduce;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.ir.op.ReductionOp.TopK;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/** Ops that combine elements along axes. */
final class ReductionCases {
  private static final List<List<Integer>> AXES =
      List.of(
          List.of(0),
          List.of(1),
          List.of(3),
          List.of(2, 3),
          List.of(0, 2),
          List.of(0, 1, 2, 3),
          List.of());

  private ReductionCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (ReduceFunction function : ReduceFunction.values()) {
      for (List<Integer> axes : AXES) {
        for (boolean keep : new boolean[] {true, false}) {
          CaseBuilder b =
              new CaseBuilder("reduce/" + function.text() + axes + (keep ? "_keep" : ""))
                  .roundingOf(F32);
          // Positive, for the logarithm of a sum.
          cases.add(
              b.of(new Reduce(function, axes, keep), b.inputBetween(F32, 0.1, 1.5, 2, 3, 4, 5)));
        }
      }
      for (ElementType type : List.of(F16, BF16, F64)) {
        cases.add(on(function, type));
      }
    }
    for (ReduceFunction function :
        EnumSet.of(
            ReduceFunction.SUM,
            ReduceFunction.MEAN,
            ReduceFunction.PROD,
            ReduceFunction.MAX,
            ReduceFunction.MIN,
            ReduceFunction.SUM_SQUARE)) {
      for (ElementType type : List.of(I32, I64)) {
        cases.add(on(function, type));
      }
    }
    for (ReduceFunction function : List.of(ReduceFunction.MAX, ReduceFunction.MIN)) {
      for (ElementType type : List.of(I8, U8, BOOL)) {
        cases.add(on(function, type));
      }
    }
    for (ReduceFunction function :
        List.of(ReduceFunction.SUM, ReduceFunction.PROD, ReduceFunction.MAX, ReduceFunction.MIN)) {
      CaseBuilder b = new CaseBuilder("reduce/" + function.text() + "_empty");
      cases.add(b.of(new Reduce(function, List.of(1), false), b.input(F32, 3, 0)));
    }
    CaseBuilder large = new CaseBuilder("reduce/mean_large").roundingOf(F32);
    cases.add(
        large.of(
            new Reduce(ReduceFunction.MEAN, List.of(2, 3), true), large.input(F32, 1, 16, 33, 35)));
    extremes(cases);
    sums(cases);
    topK(cases);
    return cases;
  }

  private static OpCase on(ReduceFunction function, ElementType type) {
    CaseBuilder b = new CaseBuilder("reduce/" + function.text() + "_" + type).roundingOf(type);
    double low = type.isFloat() ? 0.1 : type.isUnsigned() || type == BOOL ? 0 : -4;
    double high = type == BOOL ? 1 : type.isFloat() ? 1.5 : 5;
    return b.of(new Reduce(function, List.of(1), false), b.inputBetween(type, low, high, 3, 7, 2));
  }

  private static void extremes(List<OpCase> cases) {
    for (boolean max : new boolean[] {true, false}) {
      for (int axis : new int[] {0, 1, -1}) {
        for (boolean last : new boolean[] {false, true}) {
          String name =
              "arg_" + (max ? "max" : "min") + "/axis" + axis + (last ? "_last" : "_first");
          CaseBuilder b = new CaseBuilder(name);
          // Few numbers, so that there are ties.
          cases.add(b.of(new ArgReduce(max, axis, last, last), b.inputBetween(I32, 0, 3, 3, 5, 4)));
        }
      }
      for (ElementType type : List.of(F32, F16, U8, I64)) {
        CaseBuilder b = new CaseBuilder("arg_" + (max ? "max" : "min") + "/" + type);
        cases.add(b.of(new ArgReduce(max, 1, false, false), b.input(type, 3, 9)));
      }
    }
  }

  private static void sums(List<OpCase> cases) {
    for (boolean exclusive : new boolean[] {false, true}) {
      for (boolean reverse : new boolean[] {false, true}) {
        for (ElementType type : List.of(F32, I32, I64, F64)) {
          CaseBuilder b =
              new CaseBuilder(
                      "cum_sum/"
                          + type
                          + (exclusive ? "_exclusive" : "")
                          + (reverse ? "_reverse" : ""))
                  .roundingOf(type);
          cases.add(b.of(new CumSum(1, exclusive, reverse), b.input(type, 2, 6, 3)));
        }
      }
    }
  }

  private static void topK(List<OpCase> cases) {
    for (boolean largest : new boolean[] {true, false}) {
      for (int axis : new int[] {0, 1, -1}) {
        String what = largest ? "largest" : "smallest";
        CaseBuilder b = new CaseBuilder("top_k/" + what + "_axis" + axis);
        cases.add(b.of(new TopK(axis, largest, true), b.input(F32, 4, 6, 5), b.longs(3)));
        CaseBuilder ties = new CaseBuilder("top_k/" + what + "_ties_axis" + axis);
        cases.add(
            ties.of(
                new TopK(axis, largest, true),
                ties.inputBetween(I64, 0, 2, 4, 6, 5),
                ties.longs(4)));
      }
    }
    CaseBuilder none = new CaseBuilder("top_k/none");
    cases.add(none.of(new TopK(1, true, true), none.input(F32, 2, 5), none.longs(0)));
    CaseBuilder all = new CaseBuilder("top_k/all");
    cases.add(all.of(new TopK(1, true, true), all.input(F32, 2, 5), all.longs(5)));
  }
}
