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
import static dev.lathe.backend.onednn.jit.Assembler.RSP;

import dev.lathe.backend.onednn.jit.Assembler.Label;
import dev.lathe.backend.onednn.jit.AttentionShape.Steps;
import dev.lathe.backend.onednn.jit.CodeSource.Attention;

/**
 * The code of {@link Attention}: for some queries at a time, the scores of all keys go to the
 * thread's scratch memory, then their exponentials, and these times the values, divided by their
 * sums, to the result. Both products have the sums of these rows and of some vectors of columns in
 * registers.
 */
final class AttentionCode {
  private static final int LANES = CodeSource.LANES;
  private static final int VECTOR = Assembler.VECTOR;
  private static final int REGISTERS = 32;
  private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};

  // Masks: of the last keys, of the last columns of the values, of the last numbers of a key, and
  // of rows whose weights are numbers.
  private static final int LAST_KEYS = 1;
  private static final int LAST_COLUMNS = 2;
  private static final int LAST_DEPTH = 3;
  private static final int NUMBERS = 4;

  // Where things are while a unit is worked on.
  private static final int QUERIES = R14;
  private static final int KEYS = RBP;
  private static final int VALUES = R12;
  private static final int RESULT = R15;
  private static final int MASK = R13;
  private static final int SCORES = R9;
  private static final int ROWS = RBX;

  /** Numbers of a row that are multiplied without a jump. */
  private static final int UNROLLED = 4;

  private final Assembler a = new Assembler();
  private final AttentionShape shape;
  private final Attention source;
  private final SoftmaxRows softmax;
  private final Label scale = a.label();
  private final Label lowest = a.label();
  private final int block;
  private final int rowBytes;

  private AttentionCode(Attention source) {
    this.source = source;
    this.shape = source.shape();
    if (!shape.isAddressable()) {
      throw new IllegalArgumentException(source + " is too large");
    }
    this.block = source.blockRows();
    this.rowBytes = shape.rowBytes();
    this.softmax =
        new SoftmaxRows(a, shape.keyVectors(), rowBytes, source.nanToZero() ? NUMBERS : 0);
  }

  static byte[] of(Attention source) {
    return new AttentionCode(source).code();
  }

  private byte[] code() {
    Units.enter(a, SAVED);
    Lanes.tail(a, LAST_KEYS, shape.keys(), RCX);
    Lanes.tail(a, LAST_COLUMNS, shape.width(), RCX);
    Lanes.tail(a, LAST_DEPTH, shape.depth(), RCX);
    Label done = a.label();
    Label unit = a.here();
    Units.take(a, RDI, done);
    place();
    if (!shape.isKeysInOrder()) {
      new Transposition(a, shape, LAST_DEPTH).emit(KEYS, SCORES, block * (rowBytes + VECTOR));
    }
    int rest = shape.queries() % block;
    Label few = a.label();
    Label next = a.here();
    if (rest != 0) {
      a.cmpImmediate(ROWS, block);
      a.jump(Assembler.BELOW, few);
    }
    rows(block);
    a.addImmediate(QUERIES, block * shape.q().rowBytes());
    a.addImmediate(RESULT, block * shape.y().rowBytes());
    if (shape.mask() != null) {
      a.addImmediate(MASK, block * shape.mask().rowBytes());
    }
    a.addImmediate(ROWS, -block);
    a.jump(Assembler.NOT_EQUAL, next);
    a.jump(unit);
    if (rest != 0) {
      a.bind(few);
      rows(rest);
      a.jump(unit);
    }
    a.bind(done);
    Units.leave(a, SAVED);
    a.align(Float.BYTES);
    a.bind(scale);
    a.data(source.scale());
    a.bind(lowest);
    a.data(Float.NEGATIVE_INFINITY);
    softmax.data();
    return a.toBytes();
  }

  /** From the number of a unit in RAX, where it begins in the operands, and its rows. */
  private void place() {
    int[] registers = {QUERIES, KEYS, VALUES, RESULT, MASK};
    Steps[] steps = {shape.q(), shape.k(), shape.v(), shape.y(), shape.mask()};
    int[] operands = {0, 1, 2, 3, 5};
    int count = shape.mask() == null ? 4 : 5;
    divide(source.rowParts());
    a.imul(RDX, RDX, source.unitRows());
    Units.rest(a, ROWS, RDX, shape.queries(), source.unitRows());
    for (int i = 0; i < count; i++) {
      a.load(registers[i], RDI, Units.address(operands[i]));
      boolean byRows = registers[i] != KEYS && registers[i] != VALUES;
      if (byRows) {
        move(registers[i], steps[i].rowBytes());
      }
    }
    for (int axis = shape.batch().size() - 1; axis >= 0; axis--) {
      divide(shape.batch().get(axis));
      for (int i = 0; i < count; i++) {
        move(registers[i], steps[i].batchBytes(axis));
      }
    }
    // The thread's own scratch memory, by the distance of its range from the first.
    a.load(RCX, RDI, Units.field(CodeSource.RANGES));
    a.imul(RCX, RCX, -1);
    a.load(SCORES, RSP, Long.BYTES);
    a.add(SCORES, RCX);
    a.imul(SCORES, SCORES, source.scratchBytes() / CodeSource.RANGE);
    a.load(RCX, RDI, Units.address(4));
    a.add(SCORES, RCX);
  }

  /** RAX is divided; the remainder is in RDX. */
  private void divide(int by) {
    a.xor(RDX, RDX);
    a.movImmediate(RCX, by);
    a.div(RCX);
  }

  /** Moves a register by so many bytes for each of RDX. */
  private void move(int register, int bytes) {
    if (bytes != 0) {
      a.imul(RCX, RDX, bytes);
      a.add(register, RCX);
    }
  }

  /** All that is done for some queries. */
  private void rows(int rows) {
    scores(rows);
    softmax.emit(rows, SCORES, SCORES, block * rowBytes);
    values(rows);
  }

  /** What is done with a panel of some vectors of columns. */
  private interface Panel {
    void emit(int vectors, boolean last);
  }

  /**
   * Panels of as many vectors as registers allow, of two widths at most, the wide ones first; RAX
   * counts those that are alike.
   */
  private void panels(int vectors, Panel panel) {
    int most = Math.clamp((REGISTERS - 4) / block, 1, REGISTERS / 8);
    int panels = Math.ceilDiv(vectors, most);
    int narrow = vectors / panels;
    int wide = vectors % panels;
    alike(narrow + 1, wide, false, panel);
    alike(narrow, panels - wide, true, panel);
  }

  private void alike(int vectors, int count, boolean last, Panel panel) {
    int times = last ? count - 1 : count;
    if (times > 0) {
      a.movImmediate(RAX, times);
      Label next = a.here();
      panel.emit(vectors, false);
      a.addImmediate(RAX, -1);
      a.jump(Assembler.NOT_EQUAL, next);
    }
    if (last) {
      panel.emit(vectors, true);
    }
  }

  /** Queries times keys, scaled and masked. */
  private void scores(int rows) {
    boolean inOrder = shape.isKeysInOrder();
    int step = inOrder ? shape.k().columnBytes() : rowBytes;
    a.mov(RSI, SCORES);
    if (inOrder) {
      a.mov(R11, KEYS);
    } else {
      a.mov(R11, SCORES);
      a.addImmediate(R11, block * (rowBytes + VECTOR));
    }
    if (shape.mask() != null) {
      a.mov(RDX, MASK);
    }
    panels(
        shape.keyVectors(),
        (vectors, last) -> {
          boolean tail = last && shape.keys() % LANES != 0;
          a.mov(R8, QUERIES);
          int mask = tail && inOrder ? LAST_KEYS : Assembler.UNMASKED;
          Factors factors = new Factors(shape.q().rowBytes(), shape.q().columnBytes());
          multiply(rows, vectors, shape.depth(), factors, step, mask);
          masked(rows, vectors, tail);
          a.addImmediate(RSI, vectors * VECTOR);
          a.addImmediate(R11, vectors * VECTOR);
          if (shape.mask() != null) {
            a.addImmediate(RDX, vectors * VECTOR);
          }
        });
  }

  /** Scales the sums, adds the mask, and writes them; behind the last key, minus infinity. */
  private void masked(int rows, int vectors, boolean tail) {
    int sums = rows * vectors;
    int free = REGISTERS - 1;
    a.vbroadcastss(free, scale);
    for (int i = 0; i < sums; i++) {
      a.vmulps(i, i, free);
    }
    Steps mask = shape.mask();
    for (int i = 0; i < sums; i++) {
      int vector = i % vectors;
      int row = i / vectors;
      boolean cut = tail && vector == vectors - 1;
      if (mask != null) {
        int used = sums + i % (REGISTERS - sums);
        int only = cut ? LAST_KEYS : Assembler.UNMASKED;
        a.loadVector(used, RDX, row * mask.rowBytes() + vector * VECTOR, only);
        a.vaddps(i, i, used);
      }
    }
    if (tail) {
      a.vbroadcastss(free, lowest);
    }
    for (int i = 0; i < sums; i++) {
      int vector = i % vectors;
      int at = i / vectors * rowBytes + vector * VECTOR;
      if (tail && vector == vectors - 1) {
        // One store: to read what two have written takes longer.
        a.vmovups(free - 1, free, Assembler.UNMASKED);
        a.vmovups(free - 1, i, LAST_KEYS);
        a.storeVector(RSI, at, free - 1, Assembler.UNMASKED);
      } else {
        a.storeVector(RSI, at, i, Assembler.UNMASKED);
      }
    }
  }

  /** Weights times values, divided by the weights' sums. */
  private void values(int rows) {
    a.mov(RSI, RESULT);
    a.mov(R11, VALUES);
    panels(
        Math.ceilDiv(shape.width(), LANES),
        (vectors, last) -> {
          int mask = last && shape.width() % LANES != 0 ? LAST_COLUMNS : Assembler.UNMASKED;
          a.mov(R8, SCORES);
          Factors factors = new Factors(rowBytes, Float.BYTES);
          multiply(rows, vectors, shape.keys(), factors, shape.v().rowBytes(), mask);
          int sums = rows * vectors;
          for (int row = 0; row < rows; row++) {
            int used = sums + row % (REGISTERS - sums);
            a.loadVector(used, SCORES, block * rowBytes + row * VECTOR, Assembler.UNMASKED);
            for (int vector = 0; vector < vectors; vector++) {
              int sum = row * vectors + vector;
              a.vmulps(sum, sum, used);
              int only = vector == vectors - 1 ? mask : Assembler.UNMASKED;
              a.storeVector(RSI, row * shape.y().rowBytes() + vector * VECTOR, sum, only);
            }
          }
          a.addImmediate(RSI, vectors * VECTOR);
          a.addImmediate(R11, vectors * VECTOR);
        });
  }

  /**
   * The left matrix of a product, at R8.
   *
   * @param row bytes from row to row
   * @param column bytes from column to column
   */
  private record Factors(int row, int column) {}

  /**
   * Sums of a panel: that of row r and vector v is in register {@code r * vectors + v}. R8, R10 and
   * RCX are lost.
   *
   * @param inner how many numbers of each row are multiplied
   * @param step bytes from row to row of the right matrix, whose panel is at R11
   * @param mask of the last vector
   */
  private void multiply(int rows, int vectors, int inner, Factors left, int step, int mask) {
    for (int i = 0; i < rows * vectors; i++) {
      a.vpxord(i, i, i);
    }
    a.mov(R10, R11);
    int times = inner / UNROLLED;
    if (times > 0) {
      a.movImmediate(RCX, times);
      Label next = a.here();
      steps(UNROLLED, rows, vectors, left, step, mask);
      a.addImmediate(R8, UNROLLED * left.column());
      a.addImmediate(R10, UNROLLED * step);
      a.addImmediate(RCX, -1);
      a.jump(Assembler.NOT_EQUAL, next);
    }
    steps(inner % UNROLLED, rows, vectors, left, step, mask);
  }

  private void steps(int count, int rows, int vectors, Factors left, int step, int mask) {
    int first = rows * vectors;
    int factors = first + vectors;
    int free = REGISTERS - factors;
    for (int k = 0; k < count; k++) {
      for (int v = 0; v < vectors; v++) {
        int only = v == vectors - 1 ? mask : Assembler.UNMASKED;
        a.loadVector(first + v, R10, k * step + v * VECTOR, only);
      }
      for (int r = 0; r < rows; r++) {
        int at = r * left.row() + k * left.column();
        if (free > 0) {
          a.vbroadcastss(factors + r % free, R8, at);
        }
        for (int v = 0; v < vectors; v++) {
          if (free > 0) {
            a.vfmadd231ps(r * vectors + v, factors + r % free, first + v);
          } else {
            a.vfmadd231ps(r * vectors + v, first + v, R8, at);
          }
        }
      }
    }
  }
}
