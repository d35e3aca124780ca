package dev.lathe.testing;

import static dev.lathe.ir.ElementType.BF16;
import static dev.lathe.ir.ElementType.F16;
import static dev.lathe.ir.ElementType.F32;
import static dev.lathe.ir.ElementType.F64;
import static dev.lathe.ir.ElementType.I8;
import static dev.lathe.ir.ElementType.U8;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.PoolingOp.AveragePool;
import dev.lathe.ir.op.PoolingOp.LpPool;
import dev.lathe.ir.op.PoolingOp.MaxPool;
import dev.lathe.ir.op.Window;
import java.util.ArrayList;
import java.util.List;

/** Reductions over a sliding window. */
final class PoolingCases {
  private PoolingCases() {}

  /** What a window is: its size, how it slides, and over what. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Setting(String name, long[] x, List<Long> kernel, Window window, boolean ceil) {}

  private static List<Setting> settings() {
    long[] plane = {2, 3, 9, 8};
    return List.of(
        new Setting("2x2", plane, List.of(2L, 2L), ConvolutionCases.window(2, 2, 1, 0), false),
        new Setting("3x3", plane, List.of(3L, 3L), ConvolutionCases.window(2, 1, 1, 1), false),
        new Setting("stride2", plane, List.of(3L, 3L), ConvolutionCases.window(2, 2, 1, 1), false),
        new Setting("ceil", plane, List.of(3L, 3L), ConvolutionCases.window(2, 2, 1, 0), true),
        new Setting(
            "ceil_padded", plane, List.of(3L, 2L), ConvolutionCases.window(2, 3, 1, 1), true),
        new Setting("odd", plane, List.of(3L, 3L), ConvolutionCases.window(2, 2, 1, 0, 1), false),
        new Setting("dilated", plane, List.of(3L, 2L), ConvolutionCases.window(2, 1, 2, 1), false),
        new Setting("same", plane, List.of(3L, 3L), ConvolutionCases.same(2, 2, 1, true), false),
        new Setting("lower", plane, List.of(2L, 2L), ConvolutionCases.same(2, 1, 1, false), false),
        new Setting("whole", plane, List.of(9L, 8L), ConvolutionCases.window(2, 1, 1, 0), false),
        new Setting(
            "1d", new long[] {2, 3, 11}, List.of(3L), ConvolutionCases.window(1, 2, 1, 1), false),
        new Setting(
            "3d",
            new long[] {1, 2, 5, 6, 4},
            List.of(2L, 3L, 2L),
            ConvolutionCases.window(3, 2, 1, 1),
            false));
  }

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (Setting s : settings()) {
      max(cases, s, F32, false, false);
      max(cases, s, F32, true, false);
      average(cases, s, F32, false);
      average(cases, s, F32, true);
      for (int p : new int[] {1, 2, 3}) {
        CaseBuilder b = new CaseBuilder("lp_pool/" + s.name + "_p" + p).roundingOf(F32);
        cases.add(b.of(new LpPool(s.kernel, s.window, s.ceil, p), b.input(F32, s.x)));
      }
    }
    for (ElementType type : List.of(F16, BF16, F64)) {
      max(cases, settings().get(2), type, false, false);
      average(cases, settings().get(2), type, true);
    }
    for (ElementType type : List.of(I8, U8)) {
      max(cases, settings().get(2), type, false, false);
    }
    max(cases, settings().get(0), F32, true, true);
    max(cases, settings().get(11), F32, true, true);
    return cases;
  }

  private static void max(
      List<OpCase> cases, Setting s, ElementType type, boolean indices, boolean columnMajor) {
    String name =
        "max_pool/"
            + s.name
            + "_"
            + type
            + (indices ? "_indices" : "")
            + (columnMajor ? "_column_major" : "");
    CaseBuilder b = new CaseBuilder(name);
    cases.add(
        b.of(new MaxPool(s.kernel, s.window, s.ceil, indices, columnMajor), b.input(type, s.x)));
  }

  private static void average(
      List<OpCase> cases, Setting s, ElementType type, boolean countIncludePad) {
    String name =
        "average_pool/" + s.name + "_" + type + (countIncludePad ? "_padding_counts" : "");
    CaseBuilder b = new CaseBuilder(name).roundingOf(type);
    cases.add(
        b.of(new AveragePool(s.kernel, s.window, s.ceil, countIncludePad), b.input(type, s.x)));
  }
}
