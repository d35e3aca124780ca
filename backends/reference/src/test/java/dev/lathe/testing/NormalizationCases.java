package dev.lathe.testing;

import static dev.lathe.ir.ElementType.BF16;
import static dev.lathe.ir.ElementType.F16;
import static dev.lathe.ir.ElementType.F32;
import static dev.lathe.ir.ElementType.F64;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp.Convolution;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.NormalizationOp.BatchNormalization;
import dev.lathe.ir.op.NormalizationOp.GroupNormalization;
import dev.lathe.ir.op.NormalizationOp.InstanceNormalization;
import dev.lathe.ir.op.NormalizationOp.LayerNormalization;
import dev.lathe.ir.op.NormalizationOp.LogSoftmax;
import dev.lathe.ir.op.NormalizationOp.Lrn;
import dev.lathe.ir.op.NormalizationOp.RmsNormalization;
import dev.lathe.ir.op.NormalizationOp.Softmax;
import dev.lathe.ir.op.Window;
import java.util.ArrayList;
import java.util.List;

/** Ops that scale a tensor by statistics of itself. */
final class NormalizationCases {
  private static final List<ElementType> FLOATS = List.of(F32, F16, BF16, F64);

  private NormalizationCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    softmax(cases);
    batch(cases);
    trailing(cases);
    rows(cases);
    channels(cases);
    channelsLast(cases);
    return cases;
  }

  private static void softmax(List<OpCase> cases) {
    for (int axis : new int[] {0, 1, -1}) {
      for (ElementType type : FLOATS) {
        CaseBuilder b = new CaseBuilder("softmax/axis" + axis + "_" + type).roundingOf(type);
        cases.add(b.of(new Softmax(axis), b.inputBetween(type, -5, 5, 3, 4, 6)));
        CaseBuilder log = new CaseBuilder("log_softmax/axis" + axis + "_" + type).roundingOf(type);
        cases.add(log.of(new LogSoftmax(axis), log.inputBetween(type, -5, 5, 3, 4, 6)));
      }
    }
    CaseBuilder large = new CaseBuilder("softmax/large_numbers").roundingOf(F32);
    cases.add(
        large.of(
            new Softmax(-1),
            large.input(CaseBuilder.vector(F32, 1e5, 1e5 - 1, -1e30, Double.NEGATIVE_INFINITY))));
    CaseBuilder wide = new CaseBuilder("softmax/wide").roundingOf(F32);
    cases.add(wide.of(new Softmax(1), wide.input(F32, 2, 1000)));
    for (int columns : new int[] {15, 16, 17, 48, 100}) {
      CaseBuilder b = new CaseBuilder("softmax/rows_of_" + columns).tolerance(1e-6);
      cases.add(b.of(new Softmax(-1), b.inputBetween(F32, -20, 20, 3, 2, columns)));
    }
    CaseBuilder one = new CaseBuilder("softmax/one_element").roundingOf(F32);
    cases.add(one.of(new Softmax(1), one.input(F32, 4, 1)));
  }

  private static void batch(List<OpCase> cases) {
    long[][] shapes = {{2, 5, 4, 3}, {3, 5}, {2, 5, 7}, {1, 5, 2, 3, 2}};
    for (int i = 0; i < shapes.length; i++) {
      for (ElementType type : i == 0 ? FLOATS : List.of(F32)) {
        for (boolean constant : new boolean[] {false, true}) {
          CaseBuilder b =
              new CaseBuilder(
                      "batch_normalization/"
                          + shapes[i].length
                          + "d_"
                          + type
                          + (constant ? "_weights" : ""))
                  .roundingOf(type);
          var variance = b.uniformBetween(type, 0.3, 2, 5);
          cases.add(
              b.of(
                  new BatchNormalization(1e-5f),
                  b.input(type, shapes[i]),
                  constant ? b.parameter(type, 5) : b.input(type, 5),
                  constant ? b.parameter(type, 5) : b.input(type, 5),
                  constant ? b.parameter(type, 5) : b.input(type, 5),
                  constant ? b.parameter(variance) : b.input(variance)));
        }
      }
    }
  }

  private static void trailing(List<OpCase> cases) {
    for (int axis : new int[] {-1, 1, 0}) {
      long[] scale = axis == -1 ? new long[] {6} : axis == 1 ? new long[] {4, 6} : new long[] {1};
      for (ElementType type : FLOATS) {
        CaseBuilder b =
            new CaseBuilder("layer_normalization/axis" + axis + "_" + type).roundingOf(type);
        cases.add(
            b.of(
                new LayerNormalization(axis, 1e-5f),
                b.input(type, 3, 4, 6),
                b.parameter(type, scale),
                b.parameter(type, scale)));
        CaseBuilder rms =
            new CaseBuilder("rms_normalization/axis" + axis + "_" + type).roundingOf(type);
        cases.add(
            rms.of(
                new RmsNormalization(axis, 1e-5f),
                rms.input(type, 3, 4, 6),
                rms.parameter(type, scale)));
      }
    }
    CaseBuilder b = new CaseBuilder("layer_normalization/far_from_zero").tolerance(1e-3);
    cases.add(
        b.of(
            new LayerNormalization(-1, 1e-5f),
            b.inputBetween(F32, 99, 101, 4, 128),
            b.parameter(F32, 128),
            b.parameter(F32, 128)));
  }

  /** Rows that fit in registers, that do not, and that are gone through in parts. */
  private static void rows(List<OpCase> cases) {
    for (int columns : new int[] {1, 15, 16, 50, 336, 337, 1024, 1025, 2100}) {
      CaseBuilder b = new CaseBuilder("layer_normalization/rows_of_" + columns).tolerance(1e-5);
      cases.add(
          b.of(
              new LayerNormalization(-1, 1e-5f),
              b.input(F32, 5, columns),
              b.parameter(F32, columns),
              b.parameter(F32, columns)));
      CaseBuilder rms = new CaseBuilder("rms_normalization/rows_of_" + columns).tolerance(1e-5);
      Value normal =
          rms.add(
              new RmsNormalization(-1, 1e-5f),
              rms.input(F32, 2, 3, columns),
              rms.parameter(F32, columns));
      cases.add(rms.of(new Unary(UnaryFunction.SILU), normal));
      CaseBuilder residual =
          new CaseBuilder("layer_normalization/residual_of_" + columns).tolerance(1e-5);
      Value x = residual.input(F32, 70, columns);
      Value rows =
          residual.add(
              new LayerNormalization(-1, 1e-5f),
              x,
              residual.parameter(F32, columns),
              residual.parameter(F32, columns));
      cases.add(residual.of(new Binary(BinaryFunction.ADD), x, rows));
    }
  }

  /** Images that a convolution leaves with channels together. */
  private static void channelsLast(List<OpCase> cases) {
    long[][] sizes = {
      {1, 16, 9, 1}, {2, 40, 12, 4}, {1, 20, 30, 20}, {1, 64, 40, 2}, {3, 24, 5, 3}
    };
    for (long[] size : sizes) {
      for (String behind : List.of("nothing", "silu", "residual")) {
        CaseBuilder b =
            new CaseBuilder("group_normalization/" + size[3] + "_of_" + size[1] + "_" + behind)
                .tolerance(2e-5);
        Value x =
            b.add(
                new Convolution(Window.unit(2), 1),
                b.input(F32, size[0], 8, size[2], 7),
                b.parameter(F32, size[1], 8, 1, 1));
        Value y =
            b.add(
                size[3] == size[1]
                    ? new InstanceNormalization(1e-5f)
                    : new GroupNormalization((int) size[3], 1e-5f),
                x,
                b.parameter(F32, size[1]),
                b.parameter(F32, size[1]));
        cases.add(
            switch (behind) {
              case "silu" -> b.of(new Unary(UnaryFunction.SILU), y);
              case "residual" -> b.of(new Binary(BinaryFunction.ADD), y, x);
              default -> b.outputs(List.of(y));
            });
      }
    }
  }

  private static void channels(List<OpCase> cases) {
    for (ElementType type : FLOATS) {
      CaseBuilder b = new CaseBuilder("instance_normalization/" + type).roundingOf(type);
      cases.add(
          b.of(
              new InstanceNormalization(1e-5f),
              b.input(type, 2, 6, 5, 4),
              b.parameter(type, 6),
              b.parameter(type, 6)));
      for (int groups : new int[] {1, 2, 6}) {
        CaseBuilder g =
            new CaseBuilder("group_normalization/" + groups + "_" + type).roundingOf(type);
        cases.add(
            g.of(
                new GroupNormalization(groups, 1e-5f),
                g.input(type, 2, 6, 5, 4),
                g.parameter(type, 6),
                g.parameter(type, 6)));
      }
    }
    for (int groups : new int[] {1, 4, 8}) {
      CaseBuilder matrix = new CaseBuilder("group_normalization/matrix_" + groups).roundingOf(F32);
      cases.add(
          matrix.of(
              new GroupNormalization(groups, 1e-3f),
              matrix.input(F32, 3, 8),
              matrix.parameter(F32, 8),
              matrix.parameter(F32, 8)));
    }
    CaseBuilder sequence = new CaseBuilder("instance_normalization/1d").roundingOf(F32);
    cases.add(
        sequence.of(
            new InstanceNormalization(1e-3f),
            sequence.input(F32, 2, 3, 9),
            sequence.parameter(F32, 3),
            sequence.parameter(F32, 3)));
    for (int size : new int[] {1, 3, 4, 5}) {
      for (ElementType type : List.of(F32, F16)) {
        CaseBuilder b = new CaseBuilder("lrn/" + size + "_" + type).roundingOf(type);
        cases.add(b.of(new Lrn(size, 0.02f, 0.75f, 1), b.inputBetween(type, -4, 4, 2, 7, 4, 5)));
      }
    }
  }
}
