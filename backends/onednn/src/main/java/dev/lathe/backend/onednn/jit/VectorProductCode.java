package dev.lathe.backend.onednn.jit;

import static dev.lathe.backend.onednn.jit.Assembler.R10;
import static dev.lathe.backend.onednn.jit.Assembler.R8;
import static dev.lathe.backend.onednn.jit.Assembler.R9;
import static dev.lathe.backend.onednn.jit.Assembler.RAX;
import static dev.lathe.backend.onednn.jit.Assembler.RCX;
import static dev.lathe.backend.onednn.jit.Assembler.RDI;
import static dev.lathe.backend.onednn.jit.Assembler.RSI;

import dev.lathe.backend.onednn.jit.Assembler.Label;
import dev.lathe.backend.onednn.jit.CodeSource.VectorProduct;
import dev.lathe.ir.ElementType;

/**
 * The code of {@link VectorProduct}. Of bf16 numbers, a row of the panels is two of the matrix's,
 * whose elements lie beside each other, as the instruction that multiplies them reads them. As many
 * rows at a time as give sixteen sums: a sum waits four cycles for the one before.
 */
final class VectorProductCode {
  private static final int LANES = CodeSource.LANES;
  private static final int VECTOR = Assembler.VECTOR;
  private static final int SUMS = 16;
  private static final int FIRST_FACTOR = SUMS;
  private static final int REGISTERS = 32;
  private static final int TAIL = 1;

  private final Assembler a = new Assembler();
  private final VectorProduct source;
  private final ActivationCode activation;
  private final int rows;

  private VectorProductCode(VectorProduct source) {
    boolean narrow = source.operands() == ElementType.BF16;
    if (narrow && source.inner() % 2 != 0) {
      throw new IllegalArgumentException(source + " has half a row of two numbers");
    }
    this.rows = narrow ? source.inner() / 2 : source.inner();
    long panel = (long) rows * VectorProduct.PANEL * VECTOR;
    if (panel > Integer.MAX_VALUE || source.columns() > Integer.MAX_VALUE / Float.BYTES) {
      throw new IllegalArgumentException(source + " is too large");
    }
    this.source = source;
    this.activation = new ActivationCode(a, source.activation());
  }

  static byte[] of(VectorProduct source) {
    return new VectorProductCode(source).code();
  }

  private byte[] code() {
    int whole = source.columns() / (VectorProduct.PANEL * LANES);
    int rest = source.columns() % (VectorProduct.PANEL * LANES);
    Label done = a.label();
    Units.enter(a);
    Lanes.tail(a, TAIL, rest, RCX);
    Label unit = a.here();
    Units.take(a, RDI, done);
    a.load(RSI, RDI, Units.address(0));
    a.load(R8, RDI, Units.address(1));
    a.imul(RCX, RAX, rows * VectorProduct.PANEL * VECTOR);
    a.add(R8, RCX);
    a.imul(RCX, RAX, VectorProduct.PANEL * VECTOR);
    for (int i = 0; i < added(); i++) {
      a.load(R10 + i, RDI, Units.address(3 + i));
      a.add(R10 + i, RCX);
    }
    a.imul(RCX, RAX, VectorProduct.PANEL * ResultType.of(source.result()).vector());
    a.load(R9, RDI, Units.address(2));
    a.add(R9, RCX);
    Label last = a.label();
    if (whole > 0) {
      if (rest > 0) {
        a.cmpImmediate(RAX, whole);
        a.jump(Assembler.EQUAL, last);
      }
      panel(VectorProduct.PANEL * LANES);
      a.jump(unit);
    }
    a.bind(last);
    if (rest > 0) {
      panel(rest);
      a.jump(unit);
    }
    a.bind(done);
    Units.leave(a);
    activation.data();
    return a.toBytes();
  }

  /** How many vectors are added to the product; their addresses are in R10 and behind. */
  private int added() {
    return (source.bias() ? 1 : 0) + (source.residual() ? 1 : 0);
  }

  private void panel(int columns) {
    int vectors = Math.ceilDiv(columns, LANES);
    int together = Math.min(SUMS / vectors, rows);
    for (int i = 0; i < together * vectors; i++) {
      a.vpxord(i, i, i);
    }
    int times = rows / together;
    a.movImmediate(RCX, times);
    Label next = a.here();
    multiply(together, vectors);
    a.addImmediate(RSI, together * Float.BYTES);
    a.addImmediate(R8, together * vectors * VECTOR);
    a.addImmediate(RCX, -1);
    a.jump(Assembler.NOT_EQUAL, next);
    multiply(rows - times * together, vectors);
    for (int left = together; left > 1; left = Math.ceilDiv(left, 2)) {
      int kept = Math.ceilDiv(left, 2);
      for (int i = kept * vectors; i < left * vectors; i++) {
        a.vaddps(i - kept * vectors, i - kept * vectors, i);
      }
    }
    for (int v = 0; v < vectors; v++) {
      int mask = mask(v, columns);
      for (int i = 0; i < added(); i++) {
        a.loadVector(FIRST_FACTOR, R10 + i, v * VECTOR, mask);
        a.vaddps(v, v, FIRST_FACTOR);
      }
    }
    ResultType stored = ResultType.of(source.result());
    activation.apply(0, vectors, vectors, REGISTERS);
    for (int v = 0; v < vectors; v++) {
      stored.store(a, R9, v * stored.vector(), v, mask(v, columns));
    }
  }

  private static int mask(int vector, int columns) {
    return (vector + 1) * LANES <= columns ? Assembler.UNMASKED : TAIL;
  }

  /** Adds the products of some rows. */
  private void multiply(int count, int vectors) {
    for (int r = 0; r < count; r++) {
      int factor = FIRST_FACTOR + r % 8;
      a.vbroadcastss(factor, RSI, r * Float.BYTES);
      for (int v = 0; v < vectors; v++) {
        int sum = r * vectors + v;
        if (source.operands() == ElementType.BF16) {
          a.vdpbf16ps(sum, factor, R8, sum * VECTOR);
        } else {
          a.vfmadd231psVector(sum, factor, R8, sum * VECTOR);
        }
      }
    }
  }
}
