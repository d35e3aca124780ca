package dev.lathe.testing;

import static dev.lathe.ir.ElementType.F32;

import dev.lathe.ir.Shape;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Where;
import dev.lathe.ir.op.LinalgOp.Attention;
import dev.lathe.ir.op.ShapeOp.Reshape;
import dev.lathe.ir.op.ShapeOp.Slice;
import dev.lathe.ir.op.ShapeOp.Transpose;
import java.util.ArrayList;
import java.util.List;

/** Attention of the sizes that models have, whole and with tails, as their operands lie in them. */
public final class AttentionCases {
  /** What the names begin with. */
  public static final String PREFIX = "attention_code/";

  private static final double MINUS_INFINITY = Double.NEGATIVE_INFINITY;

  private AttentionCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    sizes(cases);
    masks(cases);
    for (boolean nanToZero : new boolean[] {false, true}) {
      cases.add(rowsOfNothing(nanToZero));
    }
    cases.add(causal());
    cases.add(projection(false));
    cases.add(projection(true));
    cases.add(keysInOrder());
    return cases;
  }

  private static CaseBuilder named(String name) {
    return new CaseBuilder(PREFIX + name).roundingOf(F32);
  }

  /** Queries, keys, depth, width. */
  private static void sizes(List<OpCase> cases) {
    long[][] all = {
      {49, 49, 32, 32}, {197, 197, 64, 64}, {128, 128, 64, 64}, {5, 5, 16, 16}, {17, 33, 24, 80},
      {50, 7, 5, 3}, {9, 100, 80, 17}, {8, 16, 16, 16}, {6, 1, 1, 1}, {33, 70, 40, 128},
      {4, 300, 64, 64}, {7, 15, 15, 15}, {64, 1024, 8, 8}, {200, 31, 33, 65}, {1, 20, 16, 16}
    };
    for (long[] s : all) {
      CaseBuilder b = named(Shape.of(s).toString());
      cases.add(
          b.of(
              new Attention((float) (1 / Math.sqrt((double) s[2]))),
              b.input(F32, 2, s[0], s[2]),
              b.input(F32, 2, s[1], s[2]),
              b.input(F32, 2, s[1], s[3])));
    }
    CaseBuilder b = named("shared_keys");
    cases.add(
        b.of(
            new Attention(0.5f),
            b.input(F32, 2, 6, 10, 16),
            b.input(F32, 2, 1, 20, 16),
            b.input(F32, 1, 6, 20, 16)));
  }

  private static void masks(List<OpCase> cases) {
    long[][] masks = {{20}, {1}, {13, 20}, {13, 1}, {3, 1, 20}, {2, 1, 13, 20}, {2, 3, 13, 20}};
    for (long[] mask : masks) {
      CaseBuilder b = named("mask_" + Shape.of(mask));
      cases.add(
          b.of(
              new Attention(0.25f),
              b.input(F32, 2, 3, 13, 16),
              b.input(F32, 2, 3, 20, 16),
              b.input(F32, 2, 3, 20, 16),
              b.input(F32, mask)));
    }
  }

  /** Some rows may attend to nothing, others to some keys. */
  private static OpCase rowsOfNothing(boolean nanToZero) {
    CaseBuilder b = named("rows_of_nothing_" + (nanToZero ? "zero" : "nan"));
    Value q = b.input(F32, 2, 3, 13, 16);
    Value k = b.input(F32, 2, 3, 37, 16);
    Value v = b.input(F32, 2, 3, 37, 16);
    Value low = b.scalar(F32, MINUS_INFINITY);
    Value row = less(b, b.input(F32, 2, 1, 13, 1), b.scalar(F32, -0.5));
    Value some = less(b, b.input(F32, 2, 1, 13, 37), b.scalar(F32, 0.2));
    Value mask = b.add(new Where(), some, low, b.input(F32, 37));
    mask = b.add(new Where(), row, low, mask);
    return b.of(new Attention(0.25f, nanToZero), q, k, v, mask);
  }

  private static Value less(CaseBuilder b, Value left, Value right) {
    return b.add(new Binary(BinaryFunction.LESS), left, right);
  }

  private static OpCase causal() {
    CaseBuilder b = named("causal");
    List<Value> operands = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      operands.add(b.input(F32, 2, 40, 16));
    }
    Value low = b.scalar(F32, MINUS_INFINITY);
    Value queries = b.input(F32, 40, 1);
    Value keys = b.input(F32, 1, 40);
    operands.add(b.add(new Where(), less(b, queries, keys), low, b.scalar(F32, 0)));
    return b.of(new Attention(0.25f, true), operands);
  }

  /** Slices of one projection; the result goes to the next one, its heads beside each other. */
  private static OpCase projection(boolean windows) {
    CaseBuilder b = named(windows ? "projection_of_windows" : "projection");
    long heads = 3;
    long depth = 20;
    Value x = b.input(F32, windows ? 4 : 2, windows ? 49 : 30, 3 * heads * depth);
    List<Value> operands = new ArrayList<>();
    for (long from = 0; from < 3 * heads * depth; from += heads * depth) {
      Value part =
          b.add(new Slice(List.of(2)), x, b.longs(from), b.longs(from + heads * depth), b.longs(1));
      Value split = b.add(new Reshape(false), part, b.longs(0, 0, heads, depth));
      operands.add(b.add(new Transpose(List.of(0, 2, 1, 3)), split));
    }
    if (windows) {
      operands.add(b.input(F32, 1, heads, 49, 49));
    }
    Value mixed = b.add(new Attention(0.25f), operands.toArray(Value[]::new));
    Value joined = b.add(new Transpose(List.of(0, 2, 1, 3)), mixed);
    return b.outputs(List.of(b.add(new Reshape(false), joined, b.longs(0, 0, heads * depth))));
  }

  /** Queries and keys by columns, as convolutions give them. */
  private static OpCase keysInOrder() {
    CaseBuilder b = named("keys_in_order");
    Value q = b.add(new Transpose(List.of(0, 1, 3, 2)), b.input(F32, 2, 3, 18, 25));
    Value k = b.add(new Transpose(List.of(0, 1, 3, 2)), b.input(F32, 2, 3, 18, 39));
    Value v = b.add(new Transpose(List.of(0, 1, 3, 2)), b.input(F32, 2, 3, 21, 39));
    return b.of(new Attention(0.25f), q, k, v);
  }
}
