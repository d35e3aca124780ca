package dev.lathe.testing;

import static dev.lathe.ir.ElementType.BF16;
import static dev.lathe.ir.ElementType.BOOL;
import static dev.lathe.ir.ElementType.F16;
import static dev.lathe.ir.ElementType.F32;
import static dev.lathe.ir.ElementType.F64;
import static dev.lathe.ir.ElementType.I32;
import static dev.lathe.ir.ElementType.I4;
import static dev.lathe.ir.ElementType.I64;
import static dev.lathe.ir.ElementType.U8;

import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.ShapeOp.Concat;
import dev.lathe.ir.op.ShapeOp.Expand;
import dev.lathe.ir.op.ShapeOp.Pad;
import dev.lathe.ir.op.ShapeOp.PadMode;
import dev.lathe.ir.op.ShapeOp.Reshape;
import dev.lathe.ir.op.ShapeOp.ShapeOf;
import dev.lathe.ir.op.ShapeOp.Slice;
import dev.lathe.ir.op.ShapeOp.Squeeze;
import dev.lathe.ir.op.ShapeOp.Tile;
import dev.lathe.ir.op.ShapeOp.Transpose;
import dev.lathe.ir.op.ShapeOp.Unsqueeze;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Ops that ask for a shape, change it, or move parts of tensors; and those that make tensors. */
final class ShapeCases {
  private static final List<ElementType> TYPES = List.of(F32, F16, I64, U8, BOOL);

  private ShapeCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    creation(cases);
    reshapes(cases);
    transposes(cases);
    expansions(cases);
    concats(cases);
    slices(cases);
    pads(cases);
    symbolic(cases);
    return cases;
  }

  private static void creation(List<OpCase> cases) {
    double[][] ranges = {{0, 5, 1}, {10, 0, -3}, {3, 3, 1}, {5, 0, 1}, {-2, 7, 4}};
    for (double[] range : ranges) {
      for (ElementType type : List.of(I64, I32, F32, F64)) {
        for (boolean constant : new boolean[] {true, false}) {
          CaseBuilder b =
              new CaseBuilder(
                  "range/" + type + Arrays.toString(range) + (constant ? "" : "_input"));
          List<Value> operands = new ArrayList<>();
          for (double number : range) {
            var tensor = CaseBuilder.tensor(type, new double[] {number});
            operands.add(constant ? b.constant(tensor) : b.input(tensor));
          }
          cases.add(b.of(new CreationOp.Range(), operands));
        }
      }
    }
    CaseBuilder fraction = new CaseBuilder("range/fraction").roundingOf(F32);
    cases.add(
        fraction.of(
            new CreationOp.Range(),
            fraction.scalar(F32, 1),
            fraction.scalar(F32, 2),
            fraction.scalar(F32, 0.3)));
    CaseBuilder parts = new CaseBuilder("constant/and_parameter");
    cases.add(
        parts.outputs(
            List.of(
                parts.parameter(F32, 2, 3),
                parts.constant(parts.uniform(I64, 4)),
                parts.input(F32, 2))));
  }

  private static void reshapes(List<OpCase> cases) {
    long[][] targets = {{6, 4}, {24}, {-1, 3}, {0, -1}, {2, 0, 2, 2}, {1, 24, 1}};
    for (long[] target : targets) {
      CaseBuilder b = new CaseBuilder("reshape/" + Arrays.toString(target));
      cases.add(b.of(new Reshape(false), b.input(F32, 2, 3, 4), b.longs(target)));
    }
    for (ElementType type : List.of(F16, I64, U8, BOOL, I4)) {
      CaseBuilder b = new CaseBuilder("reshape/" + type);
      cases.add(b.of(new Reshape(false), b.input(type, 2, 3, 4), b.longs(4, -1)));
    }
    CaseBuilder zero = new CaseBuilder("reshape/allow_zero");
    cases.add(zero.of(new Reshape(true), zero.input(F32, 0, 3), zero.longs(3, 0)));
    CaseBuilder scalar = new CaseBuilder("reshape/scalar");
    cases.add(scalar.of(new Reshape(false), scalar.input(F32, 1, 1), scalar.longs()));
    CaseBuilder squeeze = new CaseBuilder("squeeze/some");
    cases.add(squeeze.of(new Squeeze(List.of(0, 2)), squeeze.input(F32, 1, 3, 1, 2)));
    CaseBuilder unsqueeze = new CaseBuilder("unsqueeze/some");
    cases.add(unsqueeze.of(new Unsqueeze(List.of(0, 2, 4)), unsqueeze.input(F32, 3, 2)));
    for (int[] range : new int[][] {{0, 9}, {1, 3}, {-2, 9}, {2, 1}}) {
      CaseBuilder b = new CaseBuilder("shape/" + range[0] + "_" + range[1]);
      cases.add(b.of(new ShapeOf(range[0], range[1]), b.input(F32, 2, 3, 4)));
    }
  }

  private static void transposes(List<OpCase> cases) {
    List<List<Integer>> permutations =
        List.of(
            List.of(0, 1, 2, 3),
            List.of(3, 2, 1, 0),
            List.of(0, 2, 1, 3),
            List.of(0, 2, 3, 1),
            List.of(0, 3, 1, 2),
            List.of(1, 0, 3, 2),
            List.of(0, 1, 3, 2));
    for (List<Integer> permutation : permutations) {
      for (ElementType type : List.of(F32, U8)) {
        CaseBuilder b = new CaseBuilder("transpose/" + permutation + "_" + type);
        cases.add(b.of(new Transpose(permutation), b.input(type, 2, 3, 4, 5)));
      }
    }
    for (ElementType type : List.of(F16, BF16, F64, I64, BOOL, I4)) {
      CaseBuilder b = new CaseBuilder("transpose/2d_" + type);
      cases.add(b.of(new Transpose(List.of(1, 0)), b.input(type, 3, 5)));
    }
    CaseBuilder large = new CaseBuilder("transpose/large");
    cases.add(large.of(new Transpose(List.of(1, 0)), large.input(F32, 65, 130)));
    CaseBuilder five = new CaseBuilder("transpose/5d");
    cases.add(five.of(new Transpose(List.of(2, 0, 3, 1, 4)), five.input(F32, 2, 3, 3, 2, 4)));
  }

  private static void expansions(List<OpCase> cases) {
    long[][][] shapes = {
      {{3, 1}, {3, 4}}, {{3, 1}, {2, 1, 4}}, {{}, {2, 3}}, {{2, 3}, {1, 1}}, {{1}, {0}}
    };
    for (long[][] pair : shapes) {
      CaseBuilder b =
          new CaseBuilder("expand/" + Arrays.toString(pair[0]) + "_" + Arrays.toString(pair[1]));
      cases.add(b.of(new Expand(), b.input(F32, pair[0]), b.longs(pair[1])));
    }
    for (ElementType type : TYPES) {
      CaseBuilder b = new CaseBuilder("expand/" + type);
      cases.add(b.of(new Expand(), b.input(type, 3, 1), b.longs(2, 3, 4)));
      CaseBuilder tile = new CaseBuilder("tile/" + type);
      cases.add(tile.of(new Tile(), tile.input(type, 2, 3), tile.longs(3, 2)));
    }
    for (long[] repeats : new long[][] {{1, 1, 1}, {1, 2, 1}, {2, 1, 3}, {0, 1, 1}}) {
      CaseBuilder b = new CaseBuilder("tile/" + Arrays.toString(repeats));
      cases.add(b.of(new Tile(), b.input(F32, 2, 3, 4), b.longs(repeats)));
    }
  }

  private static void concats(List<OpCase> cases) {
    for (int axis : new int[] {0, 1, 2, -1}) {
      CaseBuilder b = new CaseBuilder("concat/axis" + axis);
      List<Value> operands = new ArrayList<>();
      for (int size : new int[] {2, 1, 3, 0}) {
        long[] shape = {2, 3, 4};
        shape[Math.floorMod(axis, 3)] = size;
        operands.add(b.input(F32, shape));
      }
      cases.add(b.of(new Concat(axis), operands));
    }
    for (ElementType type : List.of(F16, I64, U8, BOOL, I4)) {
      CaseBuilder b = new CaseBuilder("concat/" + type);
      cases.add(b.of(new Concat(1), b.input(type, 2, 3), b.input(type, 2, 2), b.input(type, 2, 1)));
    }
    CaseBuilder channels = new CaseBuilder("concat/channels");
    cases.add(
        channels.of(
            new Concat(1), channels.input(F32, 1, 16, 5, 5), channels.input(F32, 1, 8, 5, 5)));
    for (int[] widths : new int[][] {{24, 4}, {16, 33, 1}, {1, 2, 3, 4, 5, 6, 7}, {300, 20}}) {
      CaseBuilder b = new CaseBuilder("concat/rows_of_" + Arrays.toString(widths));
      List<Value> operands = new ArrayList<>();
      for (int width : widths) {
        operands.add(b.input(F32, 3, 25, width));
      }
      cases.add(b.of(new Concat(-1), operands));
    }
    CaseBuilder padded = new CaseBuilder("concat/rows_with_a_constant");
    Value nothing = padded.parameter(F32, 40, 5, 3);
    cases.add(padded.of(new Concat(1), padded.input(F32, 40, 2, 3), nothing));
    CaseBuilder twice = new CaseBuilder("concat/one_value_twice");
    Value x = twice.input(F32, 2, 3);
    cases.add(twice.of(new Concat(0), x, x));
  }

  private static void slices(List<OpCase> cases) {
    long max = Long.MAX_VALUE;
    long min = Long.MIN_VALUE;
    long[][][] settings = {
      {{1}, {1}, {4}, {1}},
      {{0, 2}, {1, 0}, {max, 5}, {1, 2}},
      {{1}, {-1}, {min}, {-1}},
      {{2}, {4}, {0}, {-2}},
      {{2}, {-3}, {-1}, {1}},
      {{1}, {3}, {2}, {1}},
      {{1}, {-100}, {100}, {3}},
      {{-1}, {1}, {-1}, {1}},
    };
    for (int i = 0; i < settings.length; i++) {
      for (ElementType type : i < 3 ? TYPES : List.of(F32)) {
        CaseBuilder b = new CaseBuilder("slice/" + i + "_" + type);
        List<Integer> axes = Arrays.stream(settings[i][0]).mapToObj(a -> (int) a).toList();
        cases.add(
            b.of(
                new Slice(axes),
                b.input(type, 3, 5, 6),
                b.longs(settings[i][1]),
                b.longs(settings[i][2]),
                b.longs(settings[i][3])));
      }
    }
    CaseBuilder dynamic = new CaseBuilder("slice/starts_are_inputs");
    cases.add(
        dynamic.of(
            new Slice(List.of(0)),
            dynamic.input(F32, 7, 2),
            dynamic.input(CaseBuilder.vector(I64, 2)),
            dynamic.input(CaseBuilder.vector(I64, -1)),
            dynamic.longs(1)));
  }

  private static void pads(List<OpCase> cases) {
    for (PadMode mode : PadMode.values()) {
      for (long[] pads : new long[][] {{0, 1, 2, 0}, {1, 0, 0, 2}, {2, 3, 2, 3}, {-1, 1, 0, -2}}) {
        CaseBuilder b = new CaseBuilder("pad/" + mode + Arrays.toString(pads));
        cases.add(b.of(new Pad(mode), b.input(F32, 3, 4), b.longs(pads), b.scalar(F32, -1.5)));
      }
    }
    for (ElementType type : TYPES) {
      CaseBuilder b = new CaseBuilder("pad/" + type);
      cases.add(
          b.of(
              new Pad(PadMode.CONSTANT),
              b.input(type, 2, 3),
              b.longs(1, 0, 0, 1),
              b.scalar(type, 1)));
    }
    CaseBuilder image = new CaseBuilder("pad/image");
    cases.add(
        image.of(
            new Pad(PadMode.CONSTANT),
            image.input(F32, 1, 3, 5, 5),
            image.longs(0, 0, 1, 1, 0, 0, 1, 1),
            image.scalar(F32, 0)));
  }

  private static void symbolic(List<OpCase> cases) {
    Dim n = Dim.symbol("N");
    Dim s = Dim.symbol("S");
    CaseBuilder dims = new CaseBuilder("dims/expressions");
    dims.input(new TensorType(F32, Shape.of(n, s)), dims.uniform(F32, 3, 5));
    cases.add(dims.of(new CreationOp.Dims(List.of(n, s.times(n), s.plus(1).floorDiv(2), Dim.ONE))));
    CaseBuilder heads = new CaseBuilder("reshape/heads_symbolic");
    Value x =
        heads.input(new TensorType(F32, Shape.of(n, s, Dim.of(12))), heads.uniform(F32, 2, 5, 12));
    Value target = heads.block().dims(List.of(n, s, Dim.of(3), Dim.of(4)));
    Value split = heads.add(new Reshape(false), x, target);
    cases.add(heads.of(new Transpose(List.of(0, 2, 1, 3)), split));
    CaseBuilder dynamic = new CaseBuilder("reshape/shape_is_input");
    cases.add(
        dynamic.of(
            new Reshape(false),
            dynamic.input(F32, 4, 6),
            dynamic.input(CaseBuilder.vector(I64, 3, -1))));
    CaseBuilder concat = new CaseBuilder("concat/symbolic");
    Value a = concat.input(new TensorType(F32, Shape.of(n, Dim.of(2))), concat.uniform(F32, 3, 2));
    Value b = concat.input(new TensorType(F32, Shape.of(s, Dim.of(2))), concat.uniform(F32, 4, 2));
    cases.add(concat.of(new Concat(0), a, b));
  }
}
