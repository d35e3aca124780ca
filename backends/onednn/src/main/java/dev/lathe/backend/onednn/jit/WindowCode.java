package dev.lathe.backend.onednn.jit;

import static dev.lathe.backend.onednn.jit.Assembler.R12;
import static dev.lathe.backend.onednn.jit.Assembler.R13;
import static dev.lathe.backend.onednn.jit.Assembler.R14;
import static dev.lathe.backend.onednn.jit.Assembler.R15;
import static dev.lathe.backend.onednn.jit.Assembler.R8;
import static dev.lathe.backend.onednn.jit.Assembler.R9;
import static dev.lathe.backend.onednn.jit.Assembler.RAX;
import static dev.lathe.backend.onednn.jit.Assembler.RCX;
import static dev.lathe.backend.onednn.jit.Assembler.RDI;
import static dev.lathe.backend.onednn.jit.Assembler.RDX;

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
  static final int ENTRY = 3 * Long.BYTES;

  final Assembler a = new Assembler();
  final Label entries = a.label();
  private final WindowShape window;
  final int pixel;
  final int line;
  private final int sample;
  final int outPixel;
  final int outLine;

  /**
   * @param pixel bytes from a column of the image to the next
   * @param line bytes from a row of the image to the next
   * @param sample bytes of an image
   * @param outPixel bytes from a column of the output to the next
   */
  WindowCode(WindowShape window, int pixel, int line, int sample, int outPixel) {
    this.window = window;
    this.pixel = pixel;
    this.line = line;
    this.sample = sample;
    this.outPixel = outPixel;
    this.outLine = window.outWidth() * outPixel;
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
   * @param parts of a sample
   * @param rows of a part; the last may have fewer
   */
  void rowsOfUnit(int parts, int rows) {
    a.xor(RDX, RDX);
    a.movImmediate(RCX, parts);
    a.div(RCX);
    a.imul(RCX, RAX, sample);
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
  void rows() {
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
  void table(int weights) {
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
