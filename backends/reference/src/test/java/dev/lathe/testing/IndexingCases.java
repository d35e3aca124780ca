package dev.lathe.testing;

import static dev.lathe.ir.ElementType.BOOL;
import static dev.lathe.ir.ElementType.F16;
import static dev.lathe.ir.ElementType.F32;
import static dev.lathe.ir.ElementType.F64;
import static dev.lathe.ir.ElementType.I32;
import static dev.lathe.ir.ElementType.I64;
import static dev.lathe.ir.ElementType.U8;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.IndexingOp.Gather;
import dev.lathe.ir.op.IndexingOp.GatherElements;
import dev.lathe.ir.op.IndexingOp.GatherNd;
import dev.lathe.ir.op.IndexingOp.NonZero;
import dev.lathe.ir.op.IndexingOp.OneHot;
import dev.lathe.ir.op.IndexingOp.ReverseSequence;
import dev.lathe.ir.op.IndexingOp.ScatterElements;
import dev.lathe.ir.op.IndexingOp.ScatterNd;
import dev.lathe.ir.op.IndexingOp.ScatterReduction;
import dev.lathe.ir.op.IndexingOp.Trilu;
import dev.lathe.ir.op.LinalgOp.MatMul;
import java.util.ArrayList;
import java.util.List;

/** Ops that move elements to or from places that other tensors name. */
final class IndexingCases {
  private static final List<ElementType> TYPES = List.of(F32, F16, F64, I64, I32, U8, BOOL);

  private IndexingCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    gather(cases);
    gatherKnown(cases);
    gatherNd(cases);
    scatter(cases);
    others(cases);
    return cases;
  }

  private static void gather(List<OpCase> cases) {
    for (int axis : new int[] {0, 1, 2, -1}) {
      for (long[] shape : new long[][] {{}, {3}, {2, 2}, {0}}) {
        CaseBuilder b =
            new CaseBuilder(
                "gather/axis"
                    + axis
                    + "_rank"
                    + shape.length
                    + (shape.length == 1 ? shape[0] : ""));
        cases.add(b.of(new Gather(axis), b.input(F32, 4, 5, 6), b.inputBetween(I64, -4, 3, shape)));
      }
      CaseBuilder b = new CaseBuilder("gather_elements/axis" + axis);
      cases.add(
          b.of(
              new GatherElements(axis),
              b.input(F32, 4, 5, 6),
              b.inputBetween(I64, -4, 3, 3, 5, 2)));
    }
    for (ElementType type : TYPES) {
      CaseBuilder b = new CaseBuilder("gather/" + type);
      cases.add(
          b.of(new Gather(0), b.parameter(b.uniform(type, 7, 3)), b.inputBetween(I32, 0, 6, 2, 4)));
      CaseBuilder e = new CaseBuilder("gather_elements/" + type);
      cases.add(e.of(new GatherElements(1), e.input(type, 3, 4), e.inputBetween(I32, 0, 3, 3, 2)));
    }
  }

  /** Known indices: windows of a sequence, one of it, every other, backwards, one repeated. */
  private static void gatherKnown(List<OpCase> cases) {
    double[][] indices = {
      {0, 1, 2, 1, 2, 3, 2, 3, 4}, {-2, -1}, {1, 3, 5}, {3, 2, 1}, {2, 2}, {4}, {0, 2, 1}
    };
    long[][] shapes = {{3, 3}, {2}, {3}, {3}, {2}, {}, {3}};
    for (int axis = 0; axis < 2; axis++) {
      for (int i = 0; i < indices.length; i++) {
        for (ElementType type : List.of(F32, I64)) {
          CaseBuilder b = new CaseBuilder("gather_known/" + i + "_axis" + axis + "_" + type);
          cases.add(
              b.of(
                  new Gather(axis),
                  b.input(type, 6, 6, 2),
                  b.constant(CaseBuilder.tensor(I64, indices[i], shapes[i]))));
        }
      }
    }
    CaseBuilder b = new CaseBuilder("gather_known/windows_multiplied").roundingOf(F32);
    Value overlapping =
        b.add(
            new Gather(0),
            b.input(F32, 8, 4),
            b.constant(CaseBuilder.tensor(I64, new double[] {0, 1, 1, 2, 2, 3, 3, 4}, 4, 2)));
    cases.add(b.of(new MatMul(false, false), overlapping, b.input(F32, 4, 3)));
  }

  private static void gatherNd(List<OpCase> cases) {
    for (int depth = 1; depth <= 3; depth++) {
      CaseBuilder b = new CaseBuilder("gather_nd/depth" + depth);
      cases.add(
          b.of(new GatherNd(0), b.input(F32, 3, 4, 5), b.inputBetween(I64, -3, 2, 2, 3, depth)));
    }
    CaseBuilder batch = new CaseBuilder("gather_nd/batch");
    cases.add(
        batch.of(
            new GatherNd(1), batch.input(F32, 2, 4, 5), batch.inputBetween(I64, 0, 3, 2, 3, 1)));
    CaseBuilder batches = new CaseBuilder("gather_nd/two_batch_axes");
    cases.add(
        batches.of(
            new GatherNd(2),
            batches.input(I64, 2, 3, 5),
            batches.inputBetween(I64, 0, 4, 2, 3, 4, 1)));
  }

  private static void scatter(List<OpCase> cases) {
    for (ScatterReduction reduction : ScatterReduction.values()) {
      for (ElementType type : List.of(F32, F16, I64, I32)) {
        CaseBuilder b =
            new CaseBuilder("scatter_elements/" + reduction + "_" + type).roundingOf(type);
        cases.add(
            b.of(
                new ScatterElements(1, reduction),
                b.input(type, 3, 6),
                // Without a reduction, indices must not meet.
                reduction == ScatterReduction.NONE
                    ? b.constant(
                        CaseBuilder.tensor(I64, new double[] {0, 5, 2, -1, 1, 3, 4, 0, -2}, 3, 3))
                    : b.inputBetween(I64, -6, 5, 3, 3),
                b.input(type, 3, 3)));
        CaseBuilder nd = new CaseBuilder("scatter_nd/" + reduction + "_" + type).roundingOf(type);
        cases.add(
            nd.of(
                new ScatterNd(reduction),
                nd.input(type, 4, 3, 2),
                reduction == ScatterReduction.NONE
                    ? nd.constant(CaseBuilder.tensor(I64, new double[] {3, 0, 1, -1}, 2, 2))
                    : nd.inputBetween(I64, 0, 2, 2, 2),
                nd.input(type, 2, 2)));
      }
    }
    CaseBuilder rows = new CaseBuilder("scatter_nd/rows");
    cases.add(
        rows.of(
            new ScatterNd(ScatterReduction.NONE),
            rows.input(F32, 5, 3, 2),
            rows.constant(CaseBuilder.tensor(I64, new double[] {4, 1}, 2, 1)),
            rows.input(F32, 2, 3, 2)));
    CaseBuilder none = new CaseBuilder("scatter_nd/no_updates");
    cases.add(
        none.of(
            new ScatterNd(ScatterReduction.ADD),
            none.input(F32, 5, 3),
            none.input(I64, 0, 1),
            none.input(F32, 0, 3)));
  }

  private static void others(List<OpCase> cases) {
    for (boolean upper : new boolean[] {true, false}) {
      for (int diagonal : new int[] {0, 1, -2, 9, -9}) {
        CaseBuilder b = new CaseBuilder("trilu/" + (upper ? "upper" : "lower") + diagonal);
        cases.add(b.of(new Trilu(upper), b.input(F32, 2, 4, 5), b.scalar(I64, diagonal)));
      }
      CaseBuilder b = new CaseBuilder("trilu/" + (upper ? "upper" : "lower") + "_bool");
      cases.add(b.of(new Trilu(upper), b.input(BOOL, 4, 4), b.scalar(I64, 0)));
    }
    for (int axis : new int[] {0, 1, -1}) {
      for (ElementType type : List.of(F32, I64, BOOL)) {
        CaseBuilder b = new CaseBuilder("one_hot/axis" + axis + "_" + type);
        cases.add(
            b.of(
                new OneHot(axis),
                b.inputBetween(I64, -7, 7, 2, 3),
                b.scalar(I64, 5),
                b.constant(CaseBuilder.vector(type, 0, 1))));
      }
    }
    for (ElementType type : List.of(F32, BOOL, I32)) {
      CaseBuilder b = new CaseBuilder("non_zero/" + type);
      var sparse = b.uniformBetween(I64, 0, 1, 3, 4, 2);
      double[] values = new double[24];
      for (int i = 0; i < values.length; i++) {
        values[i] = sparse.getDouble(i);
      }
      cases.add(b.of(new NonZero(), b.input(CaseBuilder.tensor(type, values, 3, 4, 2))));
    }
    for (int time : new int[] {0, 1}) {
      CaseBuilder b = new CaseBuilder("reverse_sequence/time" + time);
      cases.add(
          b.of(
              new ReverseSequence(1 - time, time),
              b.input(F32, 4, 4, 3),
              b.inputBetween(I64, 0, 4, 4)));
    }
  }
}
