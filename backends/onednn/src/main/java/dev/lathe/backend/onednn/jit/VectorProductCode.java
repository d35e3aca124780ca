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

/**
 * The code of {@link VectorProduct}. As many rows at a time as give sixteen sums: a sum waits four
 * cycles for the one before.
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

  private VectorProductCode(VectorProduct source) {
    long panel = (long) source.inner() * VectorProduct.PANEL * VECTOR;
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
    if (rest % LANES != 0) {
      a.movImmediate(RCX, (1 << (rest % LANES)) - 1);
      a.kmovw(TAIL, RCX);
    }
    Label unit = a.here();
    Units.take(a, RDI, done);
    a.load(RSI, RDI, Units.address(0));
    a.load(R8, RDI, Units.address(1));
    a.imul(RCX, RAX, source.inner() * VectorProduct.PANEL * VECTOR);
    a.add(R8, RCX);
    a.imul(RCX, RAX, VectorProduct.PANEL * VECTOR);
    a.load(R9, RDI, Units.address(2));
    a.add(R9, RCX);
    for (int i = 0; i < added(); i++) {
      a.load(R10 + i, RDI, Units.address(3 + i));
      a.add(R10 + i, RCX);
    }
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
    a.vzeroupper();
    a.ret();
    activation.data();
    return a.toBytes();
  }

  /** How many vectors are added to the product; their addresses are in R10 and behind. */
  private int added() {
    return (source.bias() ? 1 : 0) + (source.residual() ? 1 : 0);
  }

  private void panel(int columns) {
    int vectors = Math.ceilDiv(columns, LANES);
    int rows = Math.min(SUMS / vectors, source.inner());
    for (int i = 0; i < rows * vectors; i++) {
      a.vpxord(i, i, i);
    }
    int times = source.inner() / rows;
    a.movImmediate(RCX, times);
    Label next = a.here();
    multiply(rows, vectors);
    a.addImmediate(RSI, rows * Float.BYTES);
    a.addImmediate(R8, rows * vectors * VECTOR);
    a.addImmediate(RCX, -1);
    a.jump(Assembler.NOT_EQUAL, next);
    multiply(source.inner() - times * rows, vectors);
    for (int left = rows; left > 1; left = Math.ceilDiv(left, 2)) {
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
    activation.apply(0, vectors, vectors, REGISTERS);
    for (int v = 0; v < vectors; v++) {
      a.storeVector(R9, v * VECTOR, v, mask(v, columns));
    }
  }

  private static int mask(int vector, int columns) {
    return (vector + 1) * LANES <= columns ? Assembler.UNMASKED : TAIL;
  }

  /** Adds the products of some rows. */
  private void multiply(int rows, int vectors) {
    for (int r = 0; r < rows; r++) {
      int factor = FIRST_FACTOR + r % 8;
      a.vbroadcastss(factor, RSI, r * Float.BYTES);
      for (int v = 0; v < vectors; v++) {
        a.vfmadd231psVector(r * vectors + v, factor, R8, (r * vectors + v) * VECTOR);
      }
    }
  }
}
