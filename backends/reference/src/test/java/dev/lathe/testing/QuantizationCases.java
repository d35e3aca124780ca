package dev.lathe.testing;

import static dev.lathe.ir.ElementType.F16;
import static dev.lathe.ir.ElementType.F32;
import static dev.lathe.ir.ElementType.I32;
import static dev.lathe.ir.ElementType.I4;
import static dev.lathe.ir.ElementType.I8;
import static dev.lathe.ir.ElementType.U4;
import static dev.lathe.ir.ElementType.U8;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.QuantizationOp.DequantizeLinear;
import dev.lathe.ir.op.QuantizationOp.DynamicQuantizeLinear;
import dev.lathe.ir.op.QuantizationOp.QuantizeLinear;
import java.util.ArrayList;
import java.util.List;

/** Ops between real numbers and the integers that stand for them. */
final class QuantizationCases {
  private QuantizationCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (ElementType type : List.of(U8, I8, I4, U4)) {
      for (ElementType real : List.of(F32, F16)) {
        whole(cases, type, real);
        perAxis(cases, type, real);
      }
      blocked(cases, type);
    }
    CaseBuilder sums = new CaseBuilder("dequantize/i32").roundingOf(F32);
    cases.add(
        sums.of(
            new DequantizeLinear(0, 0),
            sums.inputBetween(I32, -1e6, 1e6, 3, 4),
            sums.scalar(F32, 0.001),
            sums.scalar(I32, 0)));
    CaseBuilder ties = new CaseBuilder("quantize/ties");
    cases.add(
        ties.of(
            new QuantizeLinear(0, 0),
            ties.input(CaseBuilder.vector(F32, 0.5, 1.5, 2.5, -0.5, -1.5, 1e9, -1e9)),
            ties.scalar(F32, 1),
            ties.scalar(U8, 3)));
    dynamic(cases);
    return cases;
  }

  private static Value zeroPoints(CaseBuilder b, ElementType type, long... shape) {
    return b.constant(b.uniformBetween(type, 0, type.bits() == 4 ? 7 : 20, shape));
  }

  private static void whole(List<OpCase> cases, ElementType type, ElementType real) {
    CaseBuilder q = new CaseBuilder("quantize/" + real + "_to_" + type);
    cases.add(
        q.of(
            new QuantizeLinear(1, 0),
            q.inputBetween(real, -3, 3, 3, 5),
            q.constant(CaseBuilder.tensor(real, new double[] {0.0625})),
            zeroPoints(q, type)));
    CaseBuilder d = new CaseBuilder("dequantize/" + type + "_to_" + real).roundingOf(real);
    cases.add(
        d.of(
            new DequantizeLinear(1, 0),
            d.input(type, 3, 5),
            d.constant(CaseBuilder.tensor(real, new double[] {0.0625})),
            zeroPoints(d, type)));
  }

  private static void perAxis(List<OpCase> cases, ElementType type, ElementType real) {
    for (int axis : new int[] {0, 1, -1}) {
      long[] shape = {3, 4, 2};
      long length = shape[Math.floorMod(axis, 3)];
      CaseBuilder q = new CaseBuilder("quantize/" + real + "_to_" + type + "_axis" + axis);
      cases.add(
          q.of(
              new QuantizeLinear(axis, 0),
              q.inputBetween(real, -3, 3, shape),
              q.constant(q.uniformBetween(real, 0.05, 0.3, length)),
              zeroPoints(q, type, length)));
      CaseBuilder d =
          new CaseBuilder("dequantize/" + type + "_to_" + real + "_axis" + axis).roundingOf(real);
      cases.add(
          d.of(
              new DequantizeLinear(axis, 0),
              d.input(type, shape),
              d.constant(d.uniformBetween(real, 0.05, 0.3, length)),
              zeroPoints(d, type, length)));
    }
  }

  private static void blocked(List<OpCase> cases, ElementType type) {
    CaseBuilder q = new CaseBuilder("quantize/" + type + "_blocks");
    cases.add(
        q.of(
            new QuantizeLinear(1, 4),
            q.inputBetween(F32, -3, 3, 2, 8),
            q.constant(q.uniformBetween(F32, 0.05, 0.3, 2, 2)),
            zeroPoints(q, type, 2, 2)));
    CaseBuilder d = new CaseBuilder("dequantize/" + type + "_blocks").roundingOf(F32);
    cases.add(
        d.of(
            new DequantizeLinear(0, 2),
            d.input(type, 6, 3),
            d.constant(d.uniformBetween(F32, 0.05, 0.3, 3, 3)),
            zeroPoints(d, type, 3, 3)));
  }

  private static void dynamic(List<OpCase> cases) {
    double[][] ranges = {{-3, 5}, {1, 4}, {-4, -1}, {0, 0}};
    for (double[] range : ranges) {
      CaseBuilder b = new CaseBuilder("dynamic_quantize/" + range[0] + "_" + range[1]);
      cases.add(b.of(new DynamicQuantizeLinear(), b.inputBetween(F32, range[0], range[1], 3, 4)));
      CaseBuilder large = new CaseBuilder("dynamic_quantize/large_" + range[0] + "_" + range[1]);
      cases.add(
          large.of(
              new DynamicQuantizeLinear(), large.inputBetween(F32, range[0], range[1], 3, 5003)));
      CaseBuilder parts = new CaseBuilder("dynamic_quantize/parts_" + range[0] + "_" + range[1]);
      cases.add(
          parts.of(
              new DynamicQuantizeLinear(), parts.inputBetween(F32, range[0], range[1], 2, 4096)));
    }
  }
}
