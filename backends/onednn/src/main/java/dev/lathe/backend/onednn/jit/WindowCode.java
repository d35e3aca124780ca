package dev.lathe.backend.onednn.jit;

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
import java.util.ArrayList;
import java.util.List;

/**
 * Code that moves windows over an image: rows of the output, and in a row blocks of outputs beside
 * each other. Which columns and rows of a window lie in the image is known when the code is
 * generated: columns by code of their own for the borders, rows by a table.
 */
abstract class WindowCode {
  /** An entry of the table of rows: where the window begins, its first weight, its rows. */
  private static final int ENTRY = 3 * Long.BYTES;

  static final int REGISTERS = 32;
  private static final int TAIL = 1;
  private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};

  final Assembler a = new Assembler();
  private final Label entries = a.label();
  private final WindowShape window;
  final int pixel;
  final int line;
  final int outPixel;
  final int outLine;
  private final Parts parts;
  private final int outBytes;
  private final boolean bias;
  private final ActivationCode activation;

  /** Lanes of the part that code is emitted for. */
  private int lanes;

  /**
   * The parts of the channels that are computed one after the other.
   *
   * @param count of all
   * @param ofUnit in a unit; the last may have fewer
   * @param lanes of a part
   * @param last lanes of the last part
   * @param weights bytes of a part's weights
   * @param image bytes from the image of a part to the next's
   */
  record Parts(int count, int ofUnit, int lanes, int last, int weights, int image) {}

  /**
   * @param pixel bytes from a column of the image to the next
   * @param channels of the output
   */
  WindowCode(
      WindowShape window,
      int pixel,
      int channels,
      ResultType stored,
      Parts parts,
      boolean bias,
      Activation activation) {
    this.window = window;
    this.pixel = pixel;
    this.line = window.width() * pixel;
    this.outBytes = stored.bytes();
    this.outPixel = channels * outBytes;
    this.outLine = window.outWidth() * outPixel;
    this.parts = parts;
    this.bias = bias;
    this.activation = new ActivationCode(a, activation);
  }

  /**
   * The code.
   *
   * @param rows of the output in a unit
   * @param weights bytes of a row of the window's weights
   */
  final byte[] emit(int rows, int weights) {
    Units.enter(a, SAVED);
    Lanes.tail(a, TAIL, parts.last(), RCX);
    Label done = a.label();
    Label unit = a.here();
    Units.take(a, RDI, done);
    place(rows);
    Label last = a.label();
    Label end = a.label();
    Label next = a.here();
    a.push(RBX);
    if (parts.last() != parts.lanes()) {
      a.cmpImmediate(RBP, parts.count() - 1);
      a.jump(Assembler.EQUAL, last);
    }
    lanes = parts.lanes();
    rows();
    if (parts.last() != parts.lanes()) {
      a.jump(end);
      a.bind(last);
      lanes = parts.last();
      rows();
      a.bind(end);
    }
    a.pop(RBX);
    a.addImmediate(RAX, parts.lanes() * Float.BYTES);
    a.addImmediate(RSI, parts.weights());
    a.addImmediate(R14, parts.lanes() * outBytes);
    a.addImmediate(R15, parts.image());
    a.addImmediate(RBP, 1);
    a.addImmediate(RBX, -1);
    a.jump(Assembler.NOT_EQUAL, next);
    a.jump(unit);
    a.bind(done);
    Units.leave(a, SAVED);
    activation.data();
    table(weights);
    return a.toBytes();
  }

  /**
   * From the number of a unit in RAX: its first part in RBP, how many in RBX, where its weights are
   * in RSI and the bias in RAX; the rest as {@link #rows} wants it.
   */
  private void place(int rows) {
    a.xor(RDX, RDX);
    a.movImmediate(RCX, Math.ceilDiv(parts.count(), parts.ofUnit()));
    a.div(RCX);
    a.imul(RBP, RDX, parts.ofUnit());
    Units.rest(a, RBX, RBP, parts.count(), parts.ofUnit());
    a.load(RSI, RDI, Units.address(1));
    a.imul(RCX, RBP, parts.weights());
    a.add(RSI, RCX);
    a.imul(R15, RBP, parts.image());
    a.imul(R14, RBP, parts.lanes() * outBytes);
    rowsOfUnit(rows);
    if (bias) {
      a.imul(RCX, RBP, parts.lanes() * Float.BYTES);
      a.load(RAX, RDI, Units.address(3));
      a.add(RAX, RCX);
    }
  }

  /** Lanes in work. */
  final int lanes() {
    return lanes;
  }

  /** Which lanes of a vector are in work. */
  final int mask(int vector) {
    return (vector + 1) * CodeSource.LANES <= lanes ? Assembler.UNMASKED : TAIL;
  }

  /**
   * Applies the activation to the first registers.
   *
   * @param count how many; those behind them may be changed
   */
  final void activate(int count) {
    activation.apply(0, count, count, REGISTERS);
  }

  /** Outputs beside each other. */
  record Columns(int first, int count) {}

  /** How many outputs beside each other are computed at a time at most. */
  abstract int mostColumns();

  /**
   * Some outputs of a row, with the entry of the row at R12. Neither R8 nor R9 nor RDX may change.
   *
   * @param moved the output that R9 points to, and whose first input R8 does
   */
  abstract void block(Columns block, int moved);

  /**
   * From a number in RAX, of a part of the rows of a sample: the entry of the first row in R12, and
   * how many in R13. Where they are is added to R14, and where the image begins, less the padding
   * of columns, to R15. RCX and RDX are lost.
   *
   * @param rows of a part; the last may have fewer
   */
  private void rowsOfUnit(int rows) {
    a.xor(RDX, RDX);
    a.movImmediate(RCX, Math.ceilDiv(window.outHeight(), rows));
    a.div(RCX);
    a.imul(RCX, RAX, window.height() * window.width() * window.channels() * Float.BYTES);
    a.add(R15, RCX);
    a.load(RCX, RDI, Units.address(0));
    a.add(R15, RCX);
    a.addImmediate(R15, -window.padLeft() * pixel);
    a.imul(RCX, RAX, window.outHeight() * outLine);
    a.add(R14, RCX);
    a.imul(RDX, RDX, rows);
    a.imul(RCX, RDX, outLine);
    a.add(R14, RCX);
    a.load(RCX, RDI, Units.address(2));
    a.add(R14, RCX);
    a.lea(R12, entries);
    a.imul(RCX, RDX, ENTRY);
    a.add(R12, RCX);
    Units.rest(a, R13, RDX, window.outHeight(), rows);
  }

  /**
   * Rows of the output: R12 points to the entry of the first, R13 says how many, R14 points to the
   * first output, R15 to where the image begins, less the padding of columns. They are as before
   * then.
   */
  private void rows() {
    a.push(R12);
    a.push(R13);
    a.push(R14);
    Label row = a.here();
    a.load(R8, R12, 0);
    a.add(R8, R15);
    a.mov(R9, R14);
    columns();
    a.addImmediate(R12, ENTRY);
    a.addImmediate(R14, outLine);
    a.addImmediate(R13, -1);
    a.jump(Assembler.NOT_EQUAL, row);
    a.pop(R14);
    a.pop(R13);
    a.pop(R12);
  }

  /** A row: blocks whose windows lie in the image in a loop, the others on their own. */
  private void columns() {
    List<Columns> blocks = blocks();
    int moved = 0;
    for (int i = 0; i < blocks.size(); ) {
      Columns block = blocks.get(i);
      int alike = i;
      while (alike < blocks.size()
          && blocks.get(alike).count() == block.count()
          && isInside(blocks.get(alike))) {
        alike++;
      }
      int times = alike - i;
      if (times < 2) {
        block(block, moved);
        i++;
        continue;
      }
      move(block.first() - moved);
      moved = block.first();
      a.movImmediate(RDX, times);
      Label next = a.here();
      block(block, moved);
      move(block.count());
      a.addImmediate(RDX, -1);
      a.jump(Assembler.NOT_EQUAL, next);
      moved += times * block.count();
      i = alike;
    }
  }

  private void move(int outputs) {
    if (outputs > 0) {
      a.addImmediate(R8, outputs * window.strideWidth() * pixel);
      a.addImmediate(R9, outputs * outPixel);
    }
  }

  /** The outputs of a row in blocks of about the same size. */
  private List<Columns> blocks() {
    int most = mostColumns();
    int size = Math.ceilDiv(window.outWidth(), Math.ceilDiv(window.outWidth(), most));
    List<Columns> blocks = new ArrayList<>();
    for (int first = 0; first < window.outWidth(); first += size) {
      blocks.add(new Columns(first, Math.min(size, window.outWidth() - first)));
    }
    return blocks;
  }

  boolean isColumn(int column) {
    return column >= window.padLeft() && column < window.padLeft() + window.width();
  }

  /** The first column that the outputs read, counted with the padding. */
  int from(Columns block) {
    return block.first() * window.strideWidth();
  }

  int columns(Columns block) {
    return (block.count() - 1) * window.strideWidth() + window.kernelWidth();
  }

  private boolean isInside(Columns block) {
    return isColumn(from(block)) && isColumn(from(block) + columns(block) - 1);
  }

  /** Where an output is, from where R9 points in bytes. */
  int outDisplacement(Columns block, int moved, int output) {
    return (block.first() - moved + output) * outPixel;
  }

  /** Where the first input of the outputs is, from where R8 points in bytes. */
  int displacement(Columns block, int moved) {
    return (from(block) - moved * window.strideWidth()) * pixel;
  }

  /**
   * The table.
   *
   * @param weights bytes of a row of the window's weights
   */
  private void table(int weights) {
    a.align(Long.BYTES);
    a.bind(entries);
    for (int i = 0; i < window.outHeight(); i++) {
      int top = i * window.strideHeight() - window.padTop();
      int from = Math.max(0, -top);
      int to = Math.min(window.kernelHeight(), window.height() - top);
      a.data64((long) (top + from) * line);
      a.data64((long) from * weights);
      a.data64(to - from);
    }
  }
}
