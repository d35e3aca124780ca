package dev.lathe.testing;

import static dev.lathe.ir.ElementType.BF16;
import static dev.lathe.ir.ElementType.F32;

import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Cast;
import dev.lathe.ir.op.ElementwiseOp.Clamp;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.LinalgOp.MatMul;
import java.util.ArrayList;
import java.util.List;

/** One row times a constant matrix, with what may stand behind. */
public final class VectorProductCases {
  /** What the names of all begin with. */
  public static final String PREFIX = "vector_product/";

  /** What the names of those begin with that have operands of bf16. */
  public static final String NARROW = PREFIX + "bf16_";

  private VectorProductCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (int inner : new int[] {1, 3, 16, 37, 300}) {
      for (int columns : new int[] {1, 10, 16, 31, 48, 63, 64, 65, 130}) {
        cases.add(plain(inner, columns, columns % 2 == 0));
      }
    }
    cases.add(plain(600, 400, true));
    for (int columns : new int[] {10, 64, 65, 130}) {
      cases.add(narrow(NARROW, 2, columns, true));
      cases.add(narrow(NARROW, 38, columns, false));
    }
    cases.add(narrow("narrow/vector_", 37, 16, true)); // Rows of which there is half a pair.
    cases.add(narrowLayers());
    cases.add(relu());
    cases.add(residual());
    cases.add(bothWays());
    cases.add(layers());
    return cases;
  }

  private static CaseBuilder builder(String name) {
    return new CaseBuilder(PREFIX + name).tolerance(1e-5);
  }

  private static OpCase plain(int inner, int columns, boolean transposed) {
    CaseBuilder b = builder(inner + "x" + columns);
    Value x = b.input(F32, 1, 1, inner);
    Value w = transposed ? b.parameter(F32, columns, inner) : b.parameter(F32, inner, columns);
    MatMul op = new MatMul(false, transposed);
    return inner % 2 == 0 ? b.of(op, x, w) : b.of(op, x, w, b.parameter(F32, columns));
  }

  private static OpCase relu() {
    CaseBuilder b = builder("relu");
    Value y =
        b.add(
            new MatMul(false, false),
            b.input(F32, 1, 50),
            b.parameter(F32, 50, 70),
            b.parameter(F32, 70));
    return b.of(new Unary(UnaryFunction.RELU), y);
  }

  private static OpCase residual() {
    CaseBuilder b = builder("residual");
    Value x = b.input(F32, 1, 70);
    Value y = b.add(new MatMul(false, true), x, b.parameter(F32, 70, 70), b.parameter(F32, 70));
    return b.of(new Clamp(-1, 2), b.add(new Binary(BinaryFunction.ADD), x, y));
  }

  /** One matrix as it lies and transposed: what is made of it is not shared. */
  private static OpCase bothWays() {
    CaseBuilder b = builder("both_ways");
    Value x = b.input(F32, 1, 33);
    Value w = b.parameter(F32, 33, 33);
    Value y = b.add(new MatMul(false, false), x, w);
    return b.of(new Binary(BinaryFunction.SUB), y, b.add(new MatMul(false, true), x, w));
  }

  private static Value narrowProduct(CaseBuilder b, Value x, int inner, int columns) {
    Value w = b.parameter(b.uniformBetween(BF16, -0.3, 0.3, inner, columns));
    return b.add(new MatMul(false, false), x, w, b.parameter(F32, columns));
  }

  /** Operands of bf16, with a result of f32 and a residual, or with none and a result of bf16. */
  private static OpCase narrow(String name, int inner, int columns, boolean wide) {
    CaseBuilder b = new CaseBuilder(name + inner + "x" + columns).tolerance(0x1p-6);
    Value x = b.add(new Cast(BF16), b.input(F32, 1, inner));
    Value y = narrowProduct(b, x, inner, columns);
    if (!wide) {
      return b.of(new Cast(F32), b.add(new Unary(UnaryFunction.RELU), y));
    }
    Value sum =
        b.add(new Binary(BinaryFunction.ADD), b.add(new Cast(F32), y), b.input(F32, columns));
    return b.of(new Unary(UnaryFunction.RELU), sum);
  }

  private static OpCase narrowLayers() {
    CaseBuilder b = new CaseBuilder(NARROW + "layers").tolerance(0x1p-6);
    Value x = b.add(new Cast(BF16), b.input(F32, 1, 600));
    Value y = b.add(new Unary(UnaryFunction.RELU), narrowProduct(b, x, 600, 84));
    return b.of(new Cast(F32), narrowProduct(b, y, 84, 10));
  }

  private static OpCase layers() {
    CaseBuilder b = builder("layers");
    Value x = b.input(F32, 1, 784);
    Value h =
        b.add(
            new Unary(UnaryFunction.RELU),
            b.add(new MatMul(false, false), x, b.parameter(F32, 784, 64), b.parameter(F32, 64)));
    return b.of(new MatMul(false, true), h, b.parameter(F32, 10, 64), b.parameter(F32, 10));
  }
}
