package dev.lathe.backend.onednn.jit;

import static dev.lathe.backend.onednn.jit.Assembler.R10;
import static dev.lathe.backend.onednn.jit.Assembler.R11;
import static dev.lathe.backend.onednn.jit.Assembler.R8;
import static dev.lathe.backend.onednn.jit.Assembler.R9;
import static dev.lathe.backend.onednn.jit.Assembler.RAX;
import static dev.lathe.backend.onednn.jit.Assembler.RCX;
import static dev.lathe.backend.onednn.jit.Assembler.RDI;
import static dev.lathe.backend.onednn.jit.Assembler.RDX;
import static dev.lathe.backend.onednn.jit.Assembler.RSI;

import dev.lathe.backend.onednn.jit.Assembler.Label;
import dev.lathe.backend.onednn.jit.CodeSource.ScaleRows;

/** The code of {@link ScaleRows}. */
final class ScaleCode {
  private static final int VECTOR = Assembler.VECTOR;
  private static final int FACTOR = 0;
  private static final int PRODUCT = 1;

  private ScaleCode() {}

  static byte[] of(ScaleRows source) {
    int rowBytes = source.lanes() * Float.BYTES;
    Assembler a = new Assembler();
    Units.enter(a);
    Label done = a.label();
    Label unit = a.here();
    Units.take(a, RDI, done);
    a.xor(RDX, RDX);
    a.movImmediate(RCX, source.parts());
    a.div(RCX);
    a.imul(R8, RAX, source.rows() * rowBytes);
    a.imul(RCX, RDX, ScaleRows.PART * rowBytes);
    a.add(R8, RCX);
    a.load(R9, RDI, Units.address(1));
    a.imul(RCX, RDX, ScaleRows.PART * Float.BYTES);
    a.add(R9, RCX);
    a.load(R10, RDI, Units.address(0));
    a.add(R10, R8);
    a.load(R11, RDI, Units.address(2));
    a.add(R11, R8);
    // The last part may be shorter.
    a.imul(RSI, RDX, -ScaleRows.PART);
    a.addImmediate(RSI, source.rows());
    a.cmpImmediate(RSI, ScaleRows.PART);
    Label row = a.label();
    a.jump(Assembler.BELOW, row);
    a.movImmediate(RSI, ScaleRows.PART);
    a.bind(row);
    a.vbroadcastss(FACTOR, R9, 0);
    for (int i = 0; i < source.lanes() / CodeSource.LANES; i++) {
      a.loadVector(PRODUCT, R10, i * VECTOR, Assembler.UNMASKED);
      a.vmulps(PRODUCT, PRODUCT, FACTOR);
      a.storeVector(R11, i * VECTOR, PRODUCT, Assembler.UNMASKED);
    }
    a.addImmediate(R9, Float.BYTES);
    a.addImmediate(R10, rowBytes);
    a.addImmediate(R11, rowBytes);
    a.addImmediate(RSI, -1);
    a.jump(Assembler.NOT_EQUAL, row);
    a.jump(unit);
    a.bind(done);
    Units.leave(a);
    return a.toBytes();
  }
}
