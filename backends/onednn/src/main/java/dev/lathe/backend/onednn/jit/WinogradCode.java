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
import dev.lathe.backend.onednn.jit.CodeSource.WinogradInput;
import dev.lathe.backend.onednn.jit.CodeSource.WinogradOutput;
import dev.lathe.ir.ElementType;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * The transforms of Winograd's algorithm F(4×4, 3×3) (Lavin and Gray 2015, "Fast Algorithms for
 * Convolutional Neural Networks"): 36 products instead of 144 for 16 results. The points are 0, 1,
 * -1, 2, -1/2 and infinity, which lose half as much precision as 0, ±1, ±2 do: three millionths of
 * the output's range for 256 channels.
 *
 * <p>Along an axis, {@code v = Bᵀ d} and {@code y = Aᵀ m} with
 *
 * <pre>
 *       1  1.5  -2  -1.5   1    0             1  1   1   1    1     0
 *       0  -1  -2.5 -0.5   1    0        Aᵀ = 0  1  -1   2  -1/2    0
 *  Bᵀ = 0   1   0.5 -2.5   1    0             0  1   1   4   1/4    0
 *       0 -0.5  -1   0.5   1    0             0  1  -1   8  -1/8    1
 *       0   2   -1   -2    1    0
 *       0   1   1.5  -2  -1.5   1
 * </pre>
 *
 * <p>Sixteen channels are computed at a time: the columns of a tile first, their results are kept
 * on the stack, then the rows. Where a tile reaches beyond the image, masks make what is read zero,
 * and what is not in the result is not written.
 */
final class WinogradCode {
  private static final int TILE = WinogradShape.TILE;
  private static final int SIZE = WinogradShape.SIZE;
  private static final int VECTOR = Assembler.VECTOR;
  private static final int STACK = WinogradShape.PRODUCTS * VECTOR;
  private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};

  /** Registers of the results of a transform. */
  private static final int RESULTS = 8;

  /** A register for what several results share. */
  private static final int SHARED = 16;

  private static final int BIAS = 18;
  private static final int RESIDUAL = 19;

  /** The first register of a number that is the same in all lanes. */
  private static final int NUMBERS = 24;

  /** Masks: of the lanes in use where not all are, of a tile's lines, of all three. */
  private static final int LANE_MASK = 6;

  private static final int COLUMN_MASK = 7;

  private static final int ROW_MASK = 2;
  private static final int MASK = 1;

  private final Assembler a = new Assembler();
  private final WinogradShape shape;
  private final ResultType image;
  private final float[] numbers;
  private final Label[] numberLabels;
  private final Label rowMasks = a.label();
  private final Label columnMasks = a.label();

  private WinogradCode(WinogradShape shape, ElementType type, float... numbers) {
    if (!shape.isAddressable()) {
      throw new IllegalArgumentException("the tensors of " + shape + " are too large");
    }
    this.shape = shape;
    this.image = ResultType.of(type);
    this.numbers = numbers;
    this.numberLabels = new Label[numbers.length];
    Arrays.setAll(numberLabels, i -> a.label());
  }

  static byte[] input(WinogradInput source) {
    WinogradCode code = new WinogradCode(source.shape(), source.type(), 1.5f, 2f, 2.5f, 0.5f);
    code.emitInput();
    return code.a.toBytes();
  }

  static byte[] output(WinogradOutput source) {
    WinogradCode code =
        new WinogradCode(source.shape(), source.type(), 2f, 0.5f, 4f, 0.25f, 8f, 0.125f);
    code.emitOutput(source, new ActivationCode(code.a, source.activation()));
    return code.a.toBytes();
  }

  // What both have in common.

  private void begin() {
    Units.enter(a, SAVED);
    a.mov(RBP, RSP);
    a.andImmediate(RSP, -VECTOR);
    a.addImmediate(RSP, -STACK);
    a.mov(RBX, RDI);
    for (int i = 0; i < numbers.length; i++) {
      a.vbroadcastss(NUMBERS + i, numberLabels[i]);
    }
    a.lea(R12, rowMasks);
    a.lea(R13, columnMasks);
  }

  /** Makes of a unit's number in RAX that of its sample, in RAX, and of its row there, in RDX. */
  private void place() {
    a.load(R14, RBX, Units.field(CodeSource.FIRST));
    a.add(RAX, R14);
    a.xor(RDX, RDX);
    a.movImmediate(RCX, shape.tilesHigh());
    a.div(RCX);
  }

  private void end(int[] rows, int[] columns) {
    a.mov(RSP, RBP);
    Units.leave(a, SAVED);
    a.align(Float.BYTES);
    for (int i = 0; i < numbers.length; i++) {
      a.bind(numberLabels[i]);
      a.data(numbers[i]);
    }
    a.bind(rowMasks);
    for (int mask : rows) {
      a.data16(mask);
    }
    a.bind(columnMasks);
    for (int mask : columns) {
      a.data16(mask);
    }
  }

  /** For every tile along an axis and each of its positions, whether it is in the image. */
  private static int[] masks(int tiles, int positions, int before, int size) {
    int[] masks = new int[tiles * positions];
    for (int t = 0; t < tiles; t++) {
      for (int i = 0; i < positions; i++) {
        int at = t * TILE - before + i;
        masks[t * positions + i] = at >= 0 && at < size ? 0xFFFF : 0;
      }
    }
    return masks;
  }

  /**
   * The tiles of the row in RDX, one after the other; counts in RSI. R10 points to the masks of the
   * row's lines, R11 to those of the tile's columns.
   *
   * @param positions that have a mask, along an axis of a tile
   */
  private void tiles(int positions, Runnable body) {
    a.imul(R10, RDX, positions * Short.BYTES);
    a.add(R10, R12);
    a.mov(R11, R13);
    a.movImmediate(RSI, shape.tilesWide());
    Label tile = a.here();
    body.run();
    a.addImmediate(R11, positions * Short.BYTES);
    a.addImmediate(RSI, -1);
    a.jump(Assembler.NOT_EQUAL, tile);
  }

  /** All channels of a tile, as many at a time as a register has lanes; counts in RCX. */
  private void blocks(int channels, IntConsumer block) {
    int whole = channels / CodeSource.LANES;
    int rest = channels % CodeSource.LANES;
    if (whole > 0) {
      a.movImmediate(RCX, whole);
      Label next = a.here();
      block.accept(CodeSource.LANES);
      a.addImmediate(RCX, -1);
      a.jump(Assembler.NOT_EQUAL, next);
    }
    if (rest > 0) {
      Lanes.tail(a, LANE_MASK, rest, RCX);
      block.accept(rest);
    }
  }

  private static int laneMask(int lanes) {
    return lanes == CodeSource.LANES ? Assembler.UNMASKED : LANE_MASK;
  }

  /**
   * Makes the mask for a position of a tile, whose lines' are where R10 and R11 point.
   *
   * @param newColumn whether the mask of the column is not in its register yet
   */
  private void mask(int row, int column, boolean newColumn, int lanes) {
    if (newColumn) {
      a.kmovw(COLUMN_MASK, R11, column * Short.BYTES);
      if (lanes < CodeSource.LANES) {
        a.kandw(COLUMN_MASK, COLUMN_MASK, LANE_MASK);
      }
    }
    a.kmovw(ROW_MASK, R10, row * Short.BYTES);
    a.kandw(MASK, ROW_MASK, COLUMN_MASK);
  }

  private static int kept(int outer, int inner) {
    return (outer * SIZE + inner) * VECTOR;
  }

  // The input's.

  private void emitInput() {
    int pixel = shape.channels() * image.bytes();
    int line = shape.width() * pixel;
    begin();
    Label done = a.label();
    Label unit = a.here();
    Units.take(a, RBX, RBP, done);
    a.imul(R9, RAX, shape.tilesWide() * shape.channels() * Float.BYTES);
    a.load(R14, RBX, Units.address(1));
    a.add(R9, R14);
    place();
    a.imul(R8, RAX, shape.height() * line);
    a.imul(RCX, RDX, TILE * line);
    a.add(R8, RCX);
    a.load(RCX, RBX, Units.address(0));
    a.add(R8, RCX);
    a.addImmediate(R8, -(shape.padTop() * line + shape.padLeft() * pixel));
    tiles(
        SIZE,
        () -> {
          a.mov(RAX, R8);
          blocks(shape.channels(), this::inputBlock);
          a.addImmediate(R8, TILE * pixel);
        });
    a.jump(unit);
    a.bind(done);
    end(
        masks(shape.tilesHigh(), SIZE, shape.padTop(), shape.height()),
        masks(shape.tilesWide(), SIZE, shape.padLeft(), shape.width()));
  }

  /** A tile of some channels: reads where RAX points, writes where R9 does, and moves both on. */
  private void inputBlock(int lanes) {
    int pixel = shape.channels() * image.bytes();
    int line = shape.width() * pixel;
    for (int column = 0; column < SIZE; column++) {
      for (int row = 0; row < SIZE; row++) {
        mask(row, column, row == 0, lanes);
        image.load(a, row, RAX, row * line + column * pixel, MASK);
      }
      transformInput();
      for (int i = 0; i < SIZE; i++) {
        a.storeVector(RSP, kept(i, column), RESULTS + i, Assembler.UNMASKED);
      }
    }
    int plane = shape.tiles() * shape.channels() * Float.BYTES;
    for (int i = 0; i < SIZE; i++) {
      for (int column = 0; column < SIZE; column++) {
        a.loadVector(column, RSP, kept(i, column), Assembler.UNMASKED);
      }
      transformInput();
      for (int j = 0; j < SIZE; j++) {
        a.storeVector(R9, (i * SIZE + j) * plane, RESULTS + j, laneMask(lanes));
      }
    }
    a.addImmediate(RAX, lanes * image.bytes());
    a.addImmediate(R9, lanes * Float.BYTES);
  }

  /** {@code Bᵀ} times registers 0 to 5. */
  private void transformInput() {
    int oneAndHalf = NUMBERS;
    int two = NUMBERS + 1;
    int twoAndHalf = NUMBERS + 2;
    int half = NUMBERS + 3;
    a.vsubps(SHARED, 1, 3);
    a.vsubps(RESULTS + 3, 4, 2);
    a.vsubps(RESULTS + 4, 4, 2);
    a.vaddps(RESULTS, 0, 4);
    a.vfnmadd231ps(RESULTS, two, 2);
    a.vfmadd231ps(RESULTS, oneAndHalf, SHARED);
    a.vsubps(RESULTS + 1, 4, 1);
    a.vfnmadd231ps(RESULTS + 1, twoAndHalf, 2);
    a.vfnmadd231ps(RESULTS + 1, half, 3);
    a.vaddps(RESULTS + 2, 4, 1);
    a.vfmadd231ps(RESULTS + 2, half, 2);
    a.vfnmadd231ps(RESULTS + 2, twoAndHalf, 3);
    a.vaddps(RESULTS + 5, 1, 5);
    a.vfnmadd231ps(RESULTS + 5, two, 3);
    a.vfnmadd231ps(RESULTS + 5, oneAndHalf, RESULTS + 3);
    a.vfnmadd231ps(RESULTS + 3, half, SHARED);
    a.vfmadd231ps(RESULTS + 4, two, SHARED);
  }

  // The output's.

  private void emitOutput(WinogradOutput source, ActivationCode activation) {
    int pixel = shape.filters() * image.bytes();
    int line = shape.outWidth() * pixel;
    begin();
    Label done = a.label();
    Label unit = a.here();
    Units.take(a, RBX, RBP, done);
    a.imul(R8, RAX, shape.tilesWide() * shape.filters() * Float.BYTES);
    a.load(R14, RBX, Units.address(0));
    a.add(R8, R14);
    place();
    a.imul(R9, RAX, shape.outHeight() * line);
    a.imul(RCX, RDX, TILE * line);
    a.add(R9, RCX);
    int next = 2;
    int bias = source.bias() ? Units.address(next++) : 0;
    if (source.residual()) {
      a.load(R14, RBX, Units.address(next));
      a.add(R14, R9);
    }
    a.load(RCX, RBX, Units.address(1));
    a.add(R9, RCX);
    tiles(
        TILE,
        () -> {
          a.mov(RDX, R9);
          a.mov(R15, R14);
          if (source.bias()) {
            a.load(RAX, RBX, bias);
          }
          blocks(shape.filters(), lanes -> outputBlock(source, activation, lanes));
          a.addImmediate(R9, TILE * pixel);
          a.addImmediate(R14, TILE * pixel);
        });
    a.jump(unit);
    a.bind(done);
    end(
        masks(shape.tilesHigh(), TILE, 0, shape.outHeight()),
        masks(shape.tilesWide(), TILE, 0, shape.outWidth()));
    activation.data();
  }

  /**
   * A tile of some filters: reads where R8 points, the bias at RAX and the residual at R15, writes
   * where RDX points, and moves all on.
   */
  private void outputBlock(WinogradOutput source, ActivationCode activation, int lanes) {
    int pixel = shape.filters() * image.bytes();
    int line = shape.outWidth() * pixel;
    int plane = shape.tiles() * shape.filters() * Float.BYTES;
    for (int column = 0; column < SIZE; column++) {
      for (int row = 0; row < SIZE; row++) {
        a.loadVector(row, R8, (row * SIZE + column) * plane, laneMask(lanes));
      }
      transformOutput();
      for (int i = 0; i < TILE; i++) {
        a.storeVector(RSP, kept(i, column), RESULTS + i, Assembler.UNMASKED);
      }
    }
    if (source.bias()) {
      a.loadVector(BIAS, RAX, 0, laneMask(lanes));
      a.addImmediate(RAX, lanes * Float.BYTES);
    }
    for (int row = 0; row < TILE; row++) {
      for (int column = 0; column < SIZE; column++) {
        a.loadVector(column, RSP, kept(row, column), Assembler.UNMASKED);
      }
      transformOutput();
      for (int column = 0; column < TILE; column++) {
        mask(row, column, true, lanes);
        finish(source, activation, RESULTS + column, row * line + column * pixel);
      }
    }
    a.addImmediate(R8, lanes * Float.BYTES);
    a.addImmediate(RDX, lanes * image.bytes());
    a.addImmediate(R15, lanes * image.bytes());
  }

  /** {@code Aᵀ} times registers 0 to 5. */
  private void transformOutput() {
    a.vaddps(RESULTS + 2, 1, 2);
    a.vsubps(RESULTS + 1, 1, 2);
    a.vsubps(RESULTS + 3, 1, 2);
    a.vaddps(SHARED, 3, 4);
    a.vaddps(RESULTS, 0, RESULTS + 2);
    a.vaddps(RESULTS, RESULTS, SHARED);
    a.vfmadd231ps(RESULTS + 1, NUMBERS, 3);
    a.vfnmadd231ps(RESULTS + 1, NUMBERS + 1, 4);
    a.vaddps(RESULTS + 3, RESULTS + 3, 5);
    a.vfmadd231ps(RESULTS + 3, NUMBERS + 4, 3);
    a.vfnmadd231ps(RESULTS + 3, NUMBERS + 5, 4);
    a.vfmadd231ps(RESULTS + 2, NUMBERS + 2, 3);
    a.vfmadd231ps(RESULTS + 2, NUMBERS + 3, 4);
  }

  private void finish(
      WinogradOutput source, ActivationCode activation, int register, int displacement) {
    if (source.bias()) {
      a.vaddps(register, register, BIAS);
    }
    if (source.residual()) {
      image.load(a, RESIDUAL, R15, displacement, MASK);
      a.vaddps(register, register, RESIDUAL);
    }
    // What the rows were transformed from is no longer needed.
    activation.apply(register, register + 1, 0, SIZE);
    image.store(a, RDX, displacement, register, MASK);
  }
}
