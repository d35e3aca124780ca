package dev.lathe.testing;

import static dev.lathe.ir.ElementType.BF16;
import static dev.lathe.ir.ElementType.F16;
import static dev.lathe.ir.ElementType.F32;
import static dev.lathe.ir.ElementType.F64;
import static dev.lathe.ir.ElementType.I8;
import static dev.lathe.ir.ElementType.U8;

import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp.Convolution;
import dev.lathe.ir.op.ConvolutionOp.ConvolutionInteger;
import dev.lathe.ir.op.ConvolutionOp.ConvolutionTranspose;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.Window;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Convolutions. */
final class ConvolutionCases {
  private ConvolutionCases() {}

  /** A window with the same numbers on each of {@code axes} axes. */
  static Window window(int axes, long stride, long dilation, long padding) {
    return window(axes, stride, dilation, padding, padding);
  }

  static Window window(int axes, long stride, long dilation, long begin, long end) {
    return new Window(
        Collections.nCopies(axes, stride),
        Collections.nCopies(axes, dilation),
        new Padding.Explicit(Collections.nCopies(axes, begin), Collections.nCopies(axes, end)));
  }

  static Window same(int axes, long stride, long dilation, boolean upper) {
    return new Window(
        Collections.nCopies(axes, stride),
        Collections.nCopies(axes, dilation),
        new Padding.Same(upper));
  }

  /** What a convolution is: input, weights, window and groups. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Setting(String name, long[] x, long[] w, Window window, int groups) {}

  private static List<Setting> settings() {
    return List.of(
        of("1x1", new long[] {1, 8, 5, 5}, new long[] {6, 8, 1, 1}, window(2, 1, 1, 0), 1),
        of("1x1_batch", new long[] {3, 4, 5, 7}, new long[] {5, 4, 1, 1}, window(2, 1, 1, 0), 1),
        of("3x3", new long[] {1, 3, 8, 9}, new long[] {4, 3, 3, 3}, window(2, 1, 1, 1), 1),
        of("3x3_valid", new long[] {2, 3, 8, 9}, new long[] {4, 3, 3, 3}, window(2, 1, 1, 0), 1),
        of("3x3_stride2", new long[] {2, 3, 9, 8}, new long[] {4, 3, 3, 3}, window(2, 2, 1, 1), 1),
        of("3x3_dilated", new long[] {1, 3, 9, 9}, new long[] {4, 3, 3, 3}, window(2, 1, 2, 2), 1),
        of(
            "odd_padding",
            new long[] {1, 3, 8, 8},
            new long[] {4, 3, 3, 3},
            window(2, 2, 1, 0, 1),
            1),
        of("cropped", new long[] {1, 3, 9, 9}, new long[] {4, 3, 3, 3}, window(2, 1, 1, -1, 0), 1),
        of("same_upper", new long[] {1, 3, 8, 7}, new long[] {4, 3, 3, 3}, same(2, 2, 1, true), 1),
        of("same_lower", new long[] {1, 3, 8, 7}, new long[] {4, 3, 4, 4}, same(2, 2, 1, false), 1),
        of(
            "7x7_stride2",
            new long[] {1, 3, 20, 20},
            new long[] {8, 3, 7, 7},
            window(2, 2, 1, 3),
            1),
        of("1x5", new long[] {1, 4, 6, 9}, new long[] {4, 4, 1, 5}, window(2, 1, 1, 0), 1),
        of("groups2", new long[] {2, 4, 7, 7}, new long[] {6, 2, 3, 3}, window(2, 1, 1, 1), 2),
        of(
            "groups3_stride2",
            new long[] {1, 9, 7, 7},
            new long[] {6, 3, 3, 3},
            window(2, 2, 1, 1),
            3),
        of("depthwise", new long[] {1, 16, 9, 9}, new long[] {16, 1, 3, 3}, window(2, 1, 1, 1), 16),
        of(
            "depthwise5_stride2",
            new long[] {2, 6, 9, 9},
            new long[] {6, 1, 5, 5},
            window(2, 2, 1, 2),
            6),
        of(
            "depthwise_doubled",
            new long[] {1, 4, 6, 6},
            new long[] {8, 1, 3, 3},
            window(2, 1, 1, 1),
            4),
        of("wide", new long[] {1, 33, 6, 6}, new long[] {70, 33, 3, 3}, window(2, 1, 1, 1), 1),
        of("whole", new long[] {2, 5, 4, 4}, new long[] {7, 5, 4, 4}, window(2, 1, 1, 0), 1),
        of("1d", new long[] {2, 3, 11}, new long[] {4, 3, 3}, window(1, 2, 1, 1), 1),
        of("1d_dilated", new long[] {1, 4, 13}, new long[] {4, 1, 3}, window(1, 1, 3, 3), 4),
        of("3d", new long[] {1, 2, 5, 6, 4}, new long[] {3, 2, 2, 3, 2}, window(3, 1, 1, 1), 1),
        of(
            "3d_stride2",
            new long[] {1, 4, 5, 5, 5},
            new long[] {4, 2, 3, 3, 3},
            window(3, 2, 1, 1),
            2),
        of("no_batch", new long[] {0, 3, 8, 8}, new long[] {4, 3, 3, 3}, window(2, 1, 1, 1), 1));
  }

  private static Setting of(String name, long[] x, long[] w, Window window, int groups) {
    return new Setting(name, x, w, window, groups);
  }

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (Setting s : settings()) {
      for (boolean bias : new boolean[] {false, true}) {
        for (boolean constant : new boolean[] {false, true}) {
          String name =
              "conv/" + s.name + (bias ? "_bias" : "") + (constant ? "_weights" : "_input");
          cases.add(conv(name, F32, s, bias, constant));
        }
      }
    }
    for (int i : new int[] {0, 2, 4, 12, 14, 19, 21}) {
      for (ElementType type : List.of(F16, BF16, F64)) {
        Setting s = settings().get(i);
        cases.add(conv("conv/" + s.name + "_" + type, type, s, true, true));
      }
    }
    CaseBuilder b = new CaseBuilder("conv/symbolic").roundingOf(F32);
    Shape shape = Shape.of(Dim.symbol("N"), Dim.of(3), Dim.symbol("H"), Dim.symbol("W"));
    Value x = b.input(new TensorType(F32, shape), b.uniform(F32, 2, 3, 9, 7));
    cases.add(b.of(new Convolution(window(2, 2, 1, 1), 1), x, b.parameter(F32, 4, 3, 3, 3)));
    integers(cases);
    transposed(cases);
    return cases;
  }

  private static OpCase conv(
      String name, ElementType type, Setting s, boolean bias, boolean constant) {
    CaseBuilder b = new CaseBuilder(name).roundingOf(type);
    List<Value> operands = new ArrayList<>();
    operands.add(b.input(type, s.x));
    operands.add(constant ? b.parameter(type, s.w) : b.input(type, s.w));
    if (bias) {
      operands.add(constant ? b.parameter(type, s.w[0]) : b.input(type, s.w[0]));
    }
    return b.of(new Convolution(s.window, s.groups), operands);
  }

  private static void integers(List<OpCase> cases) {
    for (ElementType x : List.of(U8, I8)) {
      for (ElementType w : List.of(U8, I8)) {
        for (int i : new int[] {0, 2, 4, 12, 14, 19}) {
          Setting s = settings().get(i);
          CaseBuilder b = new CaseBuilder("conv_integer/" + s.name + "_" + x + "_" + w);
          cases.add(
              b.of(
                  new ConvolutionInteger(s.window, s.groups),
                  LinalgCases.full(b, x, false, s.x),
                  LinalgCases.full(b, w, true, s.w),
                  b.scalar(x, 5),
                  b.scalar(w, w == U8 ? 120 : 0)));
        }
      }
    }
    Setting s = settings().get(2);
    CaseBuilder b = new CaseBuilder("conv_integer/zero_point_each_channel");
    cases.add(
        b.of(
            new ConvolutionInteger(s.window, s.groups),
            LinalgCases.full(b, U8, false, s.x),
            LinalgCases.full(b, I8, true, s.w),
            b.scalar(U8, 128),
            LinalgCases.full(b, I8, true, s.w[0])));
  }

  private static void transposed(List<OpCase> cases) {
    List<Setting> settings =
        List.of(
            of(
                "2x2_stride2",
                new long[] {1, 3, 5, 6},
                new long[] {3, 4, 2, 2},
                window(2, 2, 1, 0),
                1),
            of(
                "2x3_side_by_side",
                new long[] {2, 5, 3, 7},
                new long[] {5, 4, 2, 3},
                new Window(
                    List.of(2L, 3L),
                    List.of(1L, 1L),
                    new Padding.Explicit(List.of(0L, 0L), List.of(0L, 0L))),
                1),
            of(
                "padded_as_much_as_added",
                new long[] {1, 3, 5, 6},
                new long[] {3, 4, 2, 2},
                window(2, 2, 1, 0, 1),
                1),
            of("3x3", new long[] {2, 3, 5, 5}, new long[] {3, 4, 3, 3}, window(2, 1, 1, 1), 1),
            of(
                "3x3_stride2",
                new long[] {1, 3, 5, 5},
                new long[] {3, 2, 3, 3},
                window(2, 2, 1, 1),
                1),
            of("dilated", new long[] {1, 3, 5, 5}, new long[] {3, 2, 3, 3}, window(2, 1, 2, 1), 1),
            of(
                "odd_padding",
                new long[] {1, 3, 5, 5},
                new long[] {3, 2, 4, 4},
                window(2, 2, 1, 0, 2),
                1),
            of("groups", new long[] {1, 4, 5, 5}, new long[] {4, 3, 3, 3}, window(2, 2, 1, 1), 2),
            of(
                "depthwise",
                new long[] {1, 4, 5, 5},
                new long[] {4, 1, 4, 4},
                window(2, 2, 1, 1),
                4),
            of("1d", new long[] {1, 3, 7}, new long[] {3, 2, 4}, window(1, 3, 1, 1), 1),
            of(
                "3d",
                new long[] {1, 2, 3, 4, 3},
                new long[] {2, 3, 2, 2, 2},
                window(3, 2, 1, 0),
                1));
    for (Setting s : settings) {
      for (long extra : new long[] {0, 1}) {
        for (ElementType type : extra == 0 ? List.of(F32, F16, BF16) : List.of(F32)) {
          CaseBuilder b =
              new CaseBuilder("conv_transpose/" + s.name + "_" + type + "_extra" + extra)
                  .roundingOf(type);
          List<Value> operands =
              new ArrayList<>(List.of(b.input(type, s.x), b.parameter(type, s.w)));
          if (extra == 0) {
            operands.add(b.parameter(type, s.w[1] * s.groups));
          }
          cases.add(
              b.of(
                  new ConvolutionTranspose(
                      s.window, s.groups, Collections.nCopies(s.window.axes(), extra)),
                  operands));
        }
      }
    }
  }
}
