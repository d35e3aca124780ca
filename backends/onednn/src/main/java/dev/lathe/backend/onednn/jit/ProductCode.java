package dev.lathe.backend.onednn.jit;

import static dev.lathe.backend.onednn.jit.Assembler.R10;
import static dev.lathe.backend.onednn.jit.Assembler.R11;
import static dev.lathe.backend.onednn.jit.Assembler.R12;
import static dev.lathe.backend.onednn.jit.Assembler.R13;
import static dev.lathe.backend.onednn.jit.Assembler.R14;
import static dev.lathe.backend.onednn.jit.Assembler.R15;
import static dev.lathe.backend.onednn.jit.Assembler.R8;
import static dev.lathe.backend.onednn.jit.Assembler.R9;
import static dev.lathe.backend.onednn.jit.Assembler.RAX;
import static dev.lathe.backend.onednn.jit.Assembler.RBP;
import static dev.lathe.backend.onednn.jit.Assembler.RBX;
import static dev.lathe.backend.onednn.jit.Assembler.RCX;
import static dev.lathe.backend.onednn.jit.Assembler.RDI;
import static dev.lathe.backend.onednn.jit.Assembler.RDX;
import static dev.lathe.backend.onednn.jit.Assembler.RSI;

import dev.lathe.backend.onednn.jit.Assembler.Label;
import dev.lathe.backend.onednn.jit.CodeSource.Product;
import dev.lathe.ir.ElementType;

/**
 * The code of {@link Product}: the sums of some rows of a panel are in registers; of each row of
 * the panel some vectors are read once, and of each row of the left matrix a number for all of
 * them. Of bf16 numbers, a row of the panel is two of the matrix's, and a number is two beside each
 * other.
 */
final class ProductCode {
  private static final int LANES = CodeSource.LANES;
  private static final int VECTOR = Assembler.VECTOR;
  private static final int REGISTERS = 32;
  private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};
  private static final int TAIL = 1;

  /** Rows of a panel that are multiplied without a jump. */
  private static final int UNROLLED = 4;

  private final Assembler a = new Assembler();
  private final Product source;
  private final ActivationCode activation;
  private final boolean narrow;
  private final int steps;
  private final int inBytes;
  private final int outBytes;
  private final int residualBytes;
  private final int residualVector;
  private final int panels;

  private ProductCode(Product source) {
    if (!source.isAddressable()) {
      throw new IllegalArgumentException(source + " is too large");
    }
    ResultType residual = source.residual();
    this.source = source;
    this.activation = new ActivationCode(a, source.activation());
    this.narrow = source.operands() == ElementType.BF16;
    this.steps = source.steps();
    this.inBytes = narrow ? source.rowStep() * Short.BYTES : source.rowStep() * Float.BYTES;
    this.outBytes = source.columns() * source.stored().bytes();
    this.residualBytes = residual == null ? 0 : source.columns() * residual.bytes();
    this.residualVector = residual == null ? 0 : residual.vector();
    this.panels = source.panels();
  }

  static byte[] of(Product source) {
    return new ProductCode(source).code();
  }

  private byte[] code() {
    Units.enter(a, SAVED);
    Lanes.tail(a, TAIL, source.columns(), RCX);
    Label done = a.label();
    Label unit = a.here();
    Units.take(a, RDI, done);
    place();
    int lastColumns = source.columns() - (panels - 1) * Product.PANEL * LANES;
    boolean alike = lastColumns == Product.PANEL * LANES;
    Label last = a.label();
    Label end = a.label();
    Label next = a.here();
    if (!alike) {
      a.cmpImmediate(RBP, panels - 1);
      a.jump(Assembler.EQUAL, last);
    }
    panel(Product.PANEL * LANES);
    if (!alike) {
      a.jump(end);
      a.bind(last);
      panel(lastColumns);
    }
    a.bind(end);
    a.addImmediate(RAX, Product.PANEL * VECTOR);
    a.addImmediate(R13, Product.PANEL * residualVector);
    a.addImmediate(R15, Product.PANEL * source.stored().vector());
    a.addImmediate(RSI, steps * Product.PANEL * VECTOR);
    a.addImmediate(RBP, 1);
    a.addImmediate(RBX, -1);
    a.jump(Assembler.NOT_EQUAL, next);
    a.jump(unit);
    a.bind(done);
    Units.leave(a, SAVED);
    activation.data();
    return a.toBytes();
  }

  /**
   * From the number of a unit in RAX: its first panel in RBP, how many in RBX, where the panel is
   * in RSI and its bias in RAX; where the rows of the left matrix begin in R14, of the result in
   * R15, of the residual in R13; and how many rows in R12.
   */
  private void place() {
    a.xor(RDX, RDX);
    a.movImmediate(RCX, source.panelParts());
    a.div(RCX);
    a.imul(RBP, RDX, source.unitPanels());
    Units.rest(a, RBX, RBP, panels, source.unitPanels());
    a.imul(RCX, RBP, steps * Product.PANEL * VECTOR);
    a.load(RSI, RDI, Units.address(1));
    a.add(RSI, RCX);
    a.imul(R14, RAX, source.unitRows() * inBytes);
    a.load(RCX, RDI, Units.address(0));
    a.add(R14, RCX);
    a.imul(R15, RAX, source.unitRows() * outBytes);
    a.imul(R10, RBP, Product.PANEL * source.stored().vector());
    a.add(R15, R10);
    a.load(RCX, RDI, Units.address(2));
    a.add(R15, RCX);
    a.imul(R13, RAX, source.unitRows() * residualBytes);
    a.imul(R10, RBP, Product.PANEL * residualVector);
    a.add(R13, R10);
    a.imul(R10, RBP, Product.PANEL * VECTOR);
    a.imul(RDX, RAX, source.unitRows());
    Units.rest(a, R12, RDX, source.rows(), source.unitRows());
    int next = 3;
    if (source.bias()) {
      a.load(RAX, RDI, Units.address(next++));
      a.add(RAX, R10);
    }
    if (source.residual() != null) {
      a.load(RCX, RDI, Units.address(next));
      a.add(R13, RCX);
    }
  }

  /** All rows of the unit with a panel, so many at a time. */
  private void panel(int columns) {
    int block = source.blockRows();
    int rest = source.rows() % block;
    Label few = a.label();
    Label end = a.label();
    a.mov(R8, R14);
    a.mov(R9, R15);
    a.mov(RDX, R12);
    if (source.residual() != null) {
      a.push(R13);
    }
    Label next = a.here();
    if (rest != 0) {
      a.cmpImmediate(RDX, block);
      a.jump(Assembler.BELOW, few);
    }
    block(block, columns);
    a.addImmediate(R8, block * inBytes);
    a.addImmediate(R9, block * outBytes);
    if (source.residual() != null) {
      a.addImmediate(R13, block * residualBytes);
    }
    a.addImmediate(RDX, -block);
    a.jump(Assembler.NOT_EQUAL, next);
    if (rest != 0) {
      a.jump(end);
      a.bind(few);
      block(rest, columns);
      a.bind(end);
    }
    if (source.residual() != null) {
      a.pop(R13);
    }
  }

  private int mask(int vector, int columns) {
    return (vector + 1) * LANES <= columns ? Assembler.UNMASKED : TAIL;
  }

  private void block(int rows, int columns) {
    int vectors = Math.ceilDiv(columns, LANES);
    for (int v = 0; v < vectors; v++) {
      if (source.bias()) {
        a.loadVector(v, RAX, v * VECTOR, mask(v, columns));
      } else {
        a.vpxord(v, v, v);
      }
    }
    for (int i = vectors; i < rows * vectors; i++) {
      a.vmovups(i, i % vectors, Assembler.UNMASKED);
    }
    a.mov(R10, R8);
    a.mov(R11, RSI);
    int times = steps / UNROLLED;
    if (times > 0) {
      a.movImmediate(RCX, times);
      Label next = a.here();
      multiply(UNROLLED, rows, vectors);
      a.addImmediate(R10, UNROLLED * Float.BYTES);
      a.addImmediate(R11, UNROLLED * vectors * VECTOR);
      a.addImmediate(RCX, -1);
      a.jump(Assembler.NOT_EQUAL, next);
    }
    multiply(steps % UNROLLED, rows, vectors);
    int sums = rows * vectors;
    ResultType residual = source.residual();
    if (residual != null) {
      for (int i = 0; i < sums; i++) {
        int v = i % vectors;
        int displacement = i / vectors * residualBytes + v * residualVector;
        residual.load(a, sums, R13, displacement, mask(v, columns));
        a.vaddps(i, i, sums);
      }
    }
    activation.apply(0, sums, sums, REGISTERS);
    for (int i = 0; i < sums; i++) {
      int v = i % vectors;
      int displacement = i / vectors * outBytes + v * source.stored().vector();
      source.stored().store(a, R9, displacement, i, mask(v, columns));
    }
  }

  /** Adds the products with some rows of the panel. */
  private void multiply(int count, int rows, int vectors) {
    int weights = rows * vectors;
    int factors = weights + vectors;
    int free = REGISTERS - factors;
    for (int k = 0; k < count; k++) {
      for (int v = 0; v < vectors; v++) {
        a.loadVector(weights + v, R11, (k * vectors + v) * VECTOR, Assembler.UNMASKED);
      }
      for (int r = 0; r < rows; r++) {
        int factor = factors + r % free;
        a.vbroadcastss(factor, R10, r * inBytes + k * Float.BYTES);
        for (int v = 0; v < vectors; v++) {
          if (narrow) {
            a.vdpbf16ps(r * vectors + v, factor, weights + v);
          } else {
            a.vfmadd231ps(r * vectors + v, factor, weights + v);
          }
        }
      }
    }
  }
}
