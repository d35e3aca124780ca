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
import static dev.lathe.backend.onednn.jit.Assembler.RBX;
import static dev.lathe.backend.onednn.jit.Assembler.RCX;
import static dev.lathe.backend.onednn.jit.Assembler.RDI;
import static dev.lathe.backend.onednn.jit.Assembler.RDX;
import static dev.lathe.backend.onednn.jit.Assembler.RSI;

import dev.lathe.backend.onednn.jit.Assembler.Label;

/**
 * The code of {@link Resize}: for every pixel of a row, vectors of its channels from those of up to
 * four pixels. Where these stand and what they weigh is in tables.
 */
final class ResizeCode {
  private static final int VECTOR = Assembler.VECTOR;
  private static final int[] SAVED = {RBX, R12, R13, R14, R15};
  private static final int[] ROWS = {R10, R11};

  /** Pointers to pixels: by row, and in it by column. */
  private static final int[][] PIXELS = {{R12, R13}, {R14, R15}};

  private static final int INTO = R9;
  private static final int TABLE = RSI;

  /** An entry of a table: two offsets in bytes, and two weights. */
  private static final int ENTRY = 3 * Long.BYTES;

  private static final int WEIGHT = 2 * Long.BYTES;
  private static final int TAIL = 1;

  /** Vectors of a pixel that are written without a loop, or in one iteration of it. */
  private static final int UNROLLED = 8;

  // Registers of vectors.
  private static final int ROW_WEIGHTS = 28;
  private static final int COLUMN_WEIGHTS = 30;

  private final Assembler a = new Assembler();
  private final Resize source;
  private final int rowTaps;
  private final int columnTaps;
  private final int pixelBytes;

  private ResizeCode(Resize source) {
    if (!source.isAddressable() || source.channels() < 1) {
      throw new IllegalArgumentException(source.channels() + " channels, or too large an image");
    }
    this.source = source;
    this.rowTaps = source.rows().isLinear() ? 2 : 1;
    this.columnTaps = source.columns().isLinear() ? 2 : 1;
    this.pixelBytes = source.channels() * Float.BYTES;
  }

  static byte[] of(Resize source) {
    return new ResizeCode(source).code();
  }

  private byte[] code() {
    Label rows = a.label();
    Label columns = a.label();
    int line = source.columns().size() * pixelBytes;
    int outLine = source.columns().places() * pixelBytes;
    Units.enter(a, SAVED);
    Lanes.tail(a, TAIL, source.channels(), RCX);
    Label done = a.label();
    Label unit = a.here();
    Units.take(a, RDI, done);
    a.load(INTO, RDI, Units.address(1));
    a.imul(RCX, RAX, outLine);
    a.add(INTO, RCX);
    a.xor(RDX, RDX);
    a.movImmediate(RCX, source.rows().places());
    a.div(RCX);
    a.imul(RAX, RAX, source.rows().size() * line);
    a.load(R8, RDI, Units.address(0));
    a.add(R8, RAX);
    a.lea(TABLE, rows);
    a.imul(RDX, RDX, ENTRY);
    a.add(TABLE, RDX);
    for (int i = 0; i < rowTaps; i++) {
      a.load(ROWS[i], TABLE, i * Long.BYTES);
      a.add(ROWS[i], R8);
    }
    weights(ROW_WEIGHTS);
    a.lea(TABLE, columns);
    a.movImmediate(RBX, source.columns().places());
    Label pixel = a.here();
    pixel();
    a.addImmediate(TABLE, ENTRY);
    a.addImmediate(RBX, -1);
    a.jump(Assembler.NOT_EQUAL, pixel);
    a.jump(unit);
    a.bind(done);
    Units.leave(a, SAVED);
    a.align(Long.BYTES);
    a.bind(rows);
    table(source.rows(), line);
    a.bind(columns);
    table(source.columns(), pixelBytes);
    return a.toBytes();
  }

  private void table(Resize.Places places, int bytes) {
    for (int i = 0; i < places.places(); i++) {
      boolean linear = places.isLinear();
      a.data64((long) places.from().get(i) * bytes);
      a.data64(linear ? (long) places.next().get(i) * bytes : 0);
      float weight = linear ? places.weights().get(i) : 0;
      a.data(1 - weight);
      a.data(weight);
    }
  }

  private void weights(int to) {
    for (int i = 0; i < 2; i++) {
      a.vbroadcastss(to + i, TABLE, WEIGHT + i * Float.BYTES);
    }
  }

  /** A pixel, behind which the pointer to the result is then. */
  private void pixel() {
    for (int j = 0; j < columnTaps; j++) {
      for (int i = 0; i < rowTaps; i++) {
        a.load(PIXELS[i][j], TABLE, j * Long.BYTES);
        a.add(PIXELS[i][j], ROWS[i]);
      }
    }
    weights(COLUMN_WEIGHTS);
    int whole = source.channels() / CodeSource.LANES;
    int rounds = whole <= UNROLLED ? 0 : whole / UNROLLED;
    if (rounds > 0) {
      a.movImmediate(RCX, rounds);
      Label next = a.here();
      vectors(UNROLLED);
      move(UNROLLED * VECTOR);
      a.addImmediate(RCX, -1);
      a.jump(Assembler.NOT_EQUAL, next);
    }
    int rest = whole - rounds * UNROLLED;
    vectors(rest);
    if (source.channels() % CodeSource.LANES != 0) {
      vector(rest * VECTOR, 0, TAIL);
    }
    a.addImmediate(INTO, pixelBytes - rounds * UNROLLED * VECTOR);
  }

  private void move(int bytes) {
    a.addImmediate(INTO, bytes);
    for (int i = 0; i < rowTaps; i++) {
      for (int j = 0; j < columnTaps; j++) {
        a.addImmediate(PIXELS[i][j], bytes);
      }
    }
  }

  private void vectors(int count) {
    for (int i = 0; i < count; i++) {
      vector(i * VECTOR, i % 4 * 4, Assembler.UNMASKED);
    }
  }

  /** One vector of channels: first the columns of each row, then the rows. */
  private void vector(int at, int first, int mask) {
    for (int i = 0; i < rowTaps; i++) {
      int left = first + 2 * i;
      a.loadVector(left, PIXELS[i][0], at, mask);
      if (columnTaps > 1) {
        a.loadVector(left + 1, PIXELS[i][1], at, mask);
        join(left, left + 1, COLUMN_WEIGHTS);
      }
    }
    if (rowTaps > 1) {
      join(first, first + 2, ROW_WEIGHTS);
    }
    a.storeVector(INTO, at, first, mask);
  }

  private void join(int left, int right, int weights) {
    a.vmulps(left, left, weights);
    a.vfmadd231ps(left, right, weights + 1);
  }
}
