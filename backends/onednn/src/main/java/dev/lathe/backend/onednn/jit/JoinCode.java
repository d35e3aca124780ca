package dev.lathe.backend.onednn.jit;

import static dev.lathe.backend.onednn.jit.Assembler.R10;
import static dev.lathe.backend.onednn.jit.Assembler.R11;
import static dev.lathe.backend.onednn.jit.Assembler.R12;
import static dev.lathe.backend.onednn.jit.Assembler.R13;
import static dev.lathe.backend.onednn.jit.Assembler.R14;
import static dev.lathe.backend.onednn.jit.Assembler.R8;
import static dev.lathe.backend.onednn.jit.Assembler.R9;
import static dev.lathe.backend.onednn.jit.Assembler.RAX;
import static dev.lathe.backend.onednn.jit.Assembler.RCX;
import static dev.lathe.backend.onednn.jit.Assembler.RDI;
import static dev.lathe.backend.onednn.jit.Assembler.RDX;
import static dev.lathe.backend.onednn.jit.Assembler.RSI;

import dev.lathe.backend.onednn.jit.Assembler.Label;
import dev.lathe.backend.onednn.jit.CodeSource.JoinRows;

/**
 * The code of {@link JoinRows}. Each part has a register and a mask for what is no whole vector.
 */
final class JoinCode {
  private static final int LANES = CodeSource.LANES;
  private static final int VECTOR = Assembler.VECTOR;
  private static final int[] PARTS = {R8, R9, R10, R11, R12, R13, R14};
  private static final int[] SAVED = {R12, R13, R14};
  private static final int FIRST_MASK = 1;

  /** Vectors that are read before they are written. */
  private static final int REGISTERS = 16;

  private final Assembler a = new Assembler();
  private final JoinRows source;

  private JoinCode(JoinRows source) {
    if (source.widths().size() > PARTS.length
        || Math.min(source.rows(), source.unitRows()) < 1
        || !source.isAddressable()) {
      throw new IllegalArgumentException(source + " has too many or too large parts");
    }
    this.source = source;
  }

  static byte[] of(JoinRows source) {
    return new JoinCode(source).code();
  }

  private byte[] code() {
    Units.enter(a, SAVED);
    for (int i = 0; i < source.widths().size(); i++) {
      Lanes.tail(a, FIRST_MASK + i, source.widths().get(i), RCX);
    }
    Label done = a.label();
    Label unit = a.here();
    Units.take(a, RDI, done);
    a.imul(RAX, RAX, source.unitRows());
    Units.rest(a, RCX, RAX, source.rows(), source.unitRows());
    for (int i = 0; i < source.widths().size(); i++) {
      place(PARTS[i], i, source.widths().get(i));
    }
    place(RDX, source.widths().size(), source.width());
    Label row = a.here();
    row();
    a.addImmediate(RDX, source.width() * Float.BYTES);
    a.addImmediate(RCX, -1);
    a.jump(Assembler.NOT_EQUAL, row);
    a.jump(unit);
    a.bind(done);
    Units.leave(a, SAVED);
    return a.toBytes();
  }

  /** Where rows of so many numbers begin for the unit whose first row is in RAX. */
  private void place(int to, int address, int width) {
    a.load(to, RDI, Units.address(address));
    a.imul(RSI, RAX, width * Float.BYTES);
    a.add(to, RSI);
  }

  private void row() {
    int at = 0;
    for (int i = 0; i < source.widths().size(); i++) {
      int width = source.widths().get(i);
      int vectors = Math.ceilDiv(width, LANES);
      for (int first = 0; first < vectors; first += REGISTERS) {
        int end = Math.min(vectors, first + REGISTERS);
        for (int v = first; v < end; v++) {
          a.loadVector(v - first, PARTS[i], v * VECTOR, mask(i, v));
        }
        for (int v = first; v < end; v++) {
          a.storeVector(RDX, at + v * VECTOR, v - first, mask(i, v));
        }
      }
      a.addImmediate(PARTS[i], width * Float.BYTES);
      at += width * Float.BYTES;
    }
  }

  private int mask(int part, int vector) {
    boolean whole = (vector + 1) * LANES <= source.widths().get(part);
    return whole ? Assembler.UNMASKED : FIRST_MASK + part;
  }
}
