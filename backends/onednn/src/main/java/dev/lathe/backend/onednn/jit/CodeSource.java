package dev.lathe.backend.onednn.jit;

import dev.lathe.ir.ElementType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a piece of machine code is generated from. The code has no addresses in it: a stored program
 * is given it as it is.
 *
 * <p>Code is a C function of one pointer to an array of 64-bit numbers: a C function that gives the
 * number of the calling thread from 0, or 0 where only one calls; the addresses of the first range
 * and of the end of the last; the number of the first unit in the whole; the address of cells, if
 * the code has such; and then the addresses of what is read and written. A range has {@value
 * #RANGE} bytes: the number of the next unit to be taken, and one more than that of its last. There
 * is a range for each thread, which takes units of its own first and then what is left of others',
 * so that what a thread writes in one kernel it mostly reads in the next, as with oneDNN, which
 * divides work alike. Cells have {@value #CELL} bytes each, which are 0 at the beginning and what
 * units tell each other after it.
 */
public interface CodeSource {
  /** Elements of a vector of f32. */
  int LANES = 16;

  /** Where in the array the function is. */
  int NUMBER = 0;

  /** Where the address of the first range is. */
  int RANGES = 1;

  /** Where the address of the end of the last range is. */
  int RANGES_END = 2;

  /** Where it stands which unit of the whole is the first. */
  int FIRST = 3;

  /** Where the address of the first cell is. */
  int CELLS = 4;

  /** Where the addresses begin. */
  int ADDRESSES = 5;

  /** Bytes of a range: no two are in one line of a cache. */
  int RANGE = 64;

  /** Where in a range it stands which unit is next. */
  int NEXT = 0;

  /** Where in a range it stands which unit is its end. */
  int END = 8;

  /** Bytes of a cell: two lines, as processors fetch pairs of them. */
  int CELL = 128;

  /** The code, to be put at an address that is a multiple of 64. */
  byte[] generate();

  /** The cells that the code has. */
  default int cells() {
    return 0;
  }

  /**
   * Tiles of an image for the products: reads the image, writes (36, tiles, channels). A unit is a
   * row of tiles.
   *
   * @param type of the image: f32, or bf16 where the processor has instructions for it
   */
  record WinogradInput(WinogradShape shape, ElementType type) implements CodeSource {
    @Override
    public byte[] generate() {
      return WinogradCode.input(this);
    }
  }

  /**
   * An image from the products: reads (36, tiles, filters) and writes the image. A unit is a row of
   * tiles.
   *
   * @param type of the image and the residual: f32, or bf16 where the processor has instructions
   *     for it
   * @param bias whether an address of as many numbers as filters follows, which are added
   * @param residual whether an address of an image follows, which is added
   * @param activation applied then
   */
  record WinogradOutput(
      WinogradShape shape, ElementType type, boolean bias, boolean residual, Activation activation)
      implements CodeSource {
    @Override
    public byte[] generate() {
      return WinogradCode.output(this);
    }
  }

  /**
   * A matrix whose rows are multiplied with a factor each: reads (blocks, rows, lanes), reads as
   * many factors as rows, writes (blocks, rows, lanes). A unit is a part of a block.
   *
   * @param lanes a multiple of {@value #LANES}
   */
  record ScaleRows(int blocks, int rows, int lanes) implements CodeSource {
    /** The rows of a part; the last of a block may have fewer. */
    static final int PART = 64;

    int parts() {
      return Math.ceilDiv(rows, PART);
    }

    /** The units of the whole. */
    public long units() {
      return (long) blocks * parts();
    }

    @Override
    public byte[] generate() {
      return ScaleCode.of(this);
    }
  }

  /**
   * The least and greatest of f32 numbers and zero: reads {@code count} numbers, writes sixteen
   * least and sixteen greatest for each unit. A unit is a part of the numbers.
   */
  record Range(long count) implements CodeSource {
    /** The numbers of a part; the last may have fewer. */
    static final int PART = 4096;

    /** The units of the whole. */
    public long units() {
      return Math.ceilDiv(count, PART);
    }

    @Override
    public byte[] generate() {
      return QuantizeCode.range(this);
    }
  }

  /**
   * Quantisation to u8 with the scale and zero point of a range (ONNX {@code
   * DynamicQuantizeLinear}-11): reads {@code count} numbers and what {@link Range} wrote of them,
   * writes as many bytes, the scale, and the zero point. A unit is a part of the numbers.
   */
  record DynamicQuantize(long count) implements CodeSource {
    /** The units of the whole. */
    public long units() {
      return new Range(count).units();
    }

    @Override
    public byte[] generate() {
      return QuantizeCode.quantize(this);
    }
  }

  /**
   * A vector times a matrix: reads {@code inner} numbers, reads the matrix as {@link ColumnPanels}
   * of {@value #PANEL} vectors, writes {@code columns} numbers. A unit is a panel.
   *
   * @param inner even where operands are bf16
   * @param operands of the vector and the matrix: f32, or bf16 where the processor multiplies it
   * @param result of what is written: f32 or, with bf16 operands, bf16
   * @param bias whether an address of as many f32 numbers as columns follows, which are added
   * @param residual whether another one follows
   * @param activation applied then
   */
  record VectorProduct(
      int inner,
      int columns,
      ElementType operands,
      ElementType result,
      boolean bias,
      boolean residual,
      Activation activation)
      implements CodeSource {
    /** The vectors of a panel: of four, each number of the vector is read once for 64 columns. */
    public static final int PANEL = 4;

    /** The units of the whole. */
    public long units() {
      return Math.ceilDiv(columns, PANEL * LANES);
    }

    @Override
    public byte[] generate() {
      return VectorProductCode.of(this);
    }
  }

  /**
   * A convolution of every channel with a window of its own: reads (batch, height, width, channels)
   * and (vectors, taps, {@value #LANES}), writes (batch, outHeight, outWidth, channels). A unit is
   * a part of the rows of a sample, of a part of the channels.
   *
   * @param bias whether an address of as many numbers as channels follows, which are added
   * @param activation applied then
   * @param stored what is written
   * @param rows of the output in a unit; the last of a sample may have fewer
   * @param vectors of channels in a unit; the last may have fewer
   */
  record Depthwise(
      WindowShape shape,
      boolean bias,
      Activation activation,
      ResultType stored,
      int rows,
      int vectors)
      implements CodeSource {
    int rowParts() {
      return Math.ceilDiv(shape.outHeight(), rows);
    }

    int channelParts() {
      return Math.ceilDiv(shape.vectors(), vectors);
    }

    /** The units of the whole. */
    public long units() {
      return (long) shape.batch() * rowParts() * channelParts();
    }

    @Override
    public byte[] generate() {
      return DepthwiseCode.of(this);
    }
  }

  /**
   * A convolution of f32: reads the image as its shape says, reads (panels, taps, channels of a
   * group, vectors, {@value #LANES}), writes (batch, outHeight, outWidth, filters). A unit is a
   * part of the rows of a sample, of some panels of filters.
   *
   * @param bias whether an address of as many numbers as filters follows, which are added
   * @param residual whether an address of as many f32 numbers as are written follows, which are
   *     added; what is written is f32 then
   * @param activation applied then
   * @param stored what is written
   * @param rows of the output in a unit; the last of a sample may have fewer
   * @param panels in a unit; the last may have fewer
   */
  record Direct(
      DirectShape shape,
      boolean bias,
      boolean residual,
      Activation activation,
      ResultType stored,
      int rows,
      int panels)
      implements CodeSource {
    int rowParts() {
      return Math.ceilDiv(shape.window().outHeight(), rows);
    }

    int panelParts() {
      return Math.ceilDiv(shape.panels(), panels);
    }

    /** The units of the whole. */
    public long units() {
      return (long) shape.window().batch() * rowParts() * panelParts();
    }

    @Override
    public byte[] generate() {
      return DirectCode.of(this);
    }
  }

  /**
   * A recurrent layer without what the input gives: reads that (steps, batch, directions, gates)
   * and the recurrent weights (directions, hidden * gates), both as {@link RecurrentPacking} orders
   * them, and the first states (directions, batch, hidden); writes all states (steps, directions,
   * batch, hidden) and the last ones. {@link RecurrentCell#LSTM} then reads the first cells and
   * writes the last ones, {@link RecurrentCell#GRU_RESET_AFTER} reads a bias (directions, vectors,
   * {@value #LANES}). A unit is a part of the state of some sequences in one direction; those that
   * share sequences have a cell each, all of the first sequences before those of the next.
   */
  record Recurrent(RecurrentShape shape) implements CodeSource {
    /** The units of the whole, by part and then by sequences. */
    public int units() {
      return shape.parts() * shape.sequences();
    }

    @Override
    public int cells() {
      return shape.parts() == 1 ? 0 : units();
    }

    @Override
    public byte[] generate() {
      return RecurrentCode.of(this);
    }
  }

  /**
   * A product of two matrices: reads (rows, inner), reads the other as {@link ColumnPanels} of
   * {@value #PANEL} vectors, writes (rows, columns). A unit is a part of the rows with a part of
   * the panels.
   *
   * @param rowStep numbers between the beginnings of rows that are read: {@code inner}, or less
   *     where rows overlap, as the windows of a sequence do
   * @param inner even where operands are bf16, and {@code rowStep} then is
   * @param operands of both matrices: f32, or bf16 where the processor multiplies it
   * @param bias whether an address of as many f32 numbers as columns follows, which are added
   * @param residual the numbers of a matrix whose address follows, which is added; null for none
   * @param activation applied then
   * @param stored what is written
   * @param blockRows rows whose sums are in registers, at most {@value #MOST_ROWS}
   * @param unitRows rows of a unit, a multiple of these
   * @param unitPanels panels of a unit
   */
  record Product(
      int rows,
      int rowStep,
      int inner,
      int columns,
      ElementType operands,
      boolean bias,
      @Nullable ResultType residual,
      Activation activation,
      ResultType stored,
      int blockRows,
      int unitRows,
      int unitPanels)
      implements CodeSource {
    /** The vectors of a panel. */
    public static final int PANEL = 3;

    /** Sums, vectors of the panel and a factor are what registers there are. */
    public static final int MOST_ROWS = 8;

    /** Refuses half a pair of bf16 numbers. */
    public Product {
      if (operands == ElementType.BF16 && (inner % 2 != 0 || rowStep % 2 != 0)) {
        throw new IllegalArgumentException(inner + " bf16 numbers are not whole pairs");
      }
    }

    /** The rows of a panel. */
    int steps() {
      return operands == ElementType.BF16 ? inner / 2 : inner;
    }

    int panels() {
      return Math.ceilDiv(columns, PANEL * LANES);
    }

    int panelParts() {
      return Math.ceilDiv(panels(), unitPanels);
    }

    /** The units of the whole. */
    public long units() {
      return (long) Math.ceilDiv(rows, unitRows) * panelParts();
    }

    /** Whether the code's 32-bit displacements reach every element. */
    public boolean isAddressable() {
      int widest = Math.max(Math.max(inner, rowStep), columns);
      long most = (long) widest * Math.max(rows, PANEL * LANES);
      return most * Float.BYTES <= Integer.MAX_VALUE;
    }

    @Override
    public byte[] generate() {
      return ProductCode.of(this);
    }
  }

  /**
   * Attention of f32 numbers: reads queries, keys and values, writes what the values give, each as
   * its shape says, and uses {@link #scratchBytes} for each thread; then, if there is a mask, reads
   * that. A unit is a part of the rows of a matrix of queries.
   *
   * @param scale the factor of scores
   * @param nanToZero whether weights that are not a number count as 0
   * @param blockRows rows whose scores are computed together, at most {@value #MOST_ROWS}
   * @param unitRows rows of a unit, a multiple of these
   */
  record Attention(
      AttentionShape shape, float scale, boolean nanToZero, int blockRows, int unitRows)
      implements CodeSource {
    /** As in {@link Product}. */
    public static final int MOST_ROWS = 8;

    int rowParts() {
      return Math.ceilDiv(shape.queries(), unitRows);
    }

    /** The units of the whole. */
    public long units() {
      return (long) shape.matrices() * rowParts();
    }

    /** What each thread writes beside the result: scores, sums, and transposed keys. */
    public int scratchBytes() {
      return blockRows * (shape.rowBytes() + Assembler.VECTOR) + shape.transposedBytes();
    }

    @Override
    public byte[] generate() {
      return AttentionCode.of(this);
    }
  }

  /**
   * Exponentials by their sum: reads rows of {@code columns} numbers and writes as many. A unit is
   * a row.
   */
  record Softmax(int columns) implements CodeSource {
    @Override
    public byte[] generate() {
      return SoftmaxCode.of(this);
    }
  }

  /**
   * Rows normalised (ONNX {@code LayerNormalization}-17, {@code RMSNormalization}-23): reads (rows,
   * columns) and as many f32 factors as columns, writes (rows, columns). A unit is a part of the
   * rows.
   *
   * @param centred whether the mean is subtracted
   * @param shift whether an address of as many f32 numbers as columns follows, which are added
   * @param residual the numbers of a matrix whose address follows, which is added; null for none
   * @param activation applied then
   * @param read the numbers of the rows
   * @param stored what is written
   * @param unitRows rows of a unit; the last may have fewer
   */
  record NormalizeRows(
      int rows,
      int columns,
      float epsilon,
      boolean centred,
      boolean shift,
      @Nullable ResultType residual,
      Activation activation,
      ResultType read,
      ResultType stored,
      int unitRows)
      implements CodeSource {
    /** Whether the code's 32-bit displacements reach every element. */
    public boolean isAddressable() {
      return (long) rows * columns * Float.BYTES <= Integer.MAX_VALUE;
    }

    /** The units of the whole. */
    public long units() {
      return Math.ceilDiv(rows, unitRows);
    }

    @Override
    public byte[] generate() {
      return NormalizeCode.of(this);
    }
  }

  /**
   * The mean of every channel over parts of an image's positions, and the sum of the squares of
   * what is left: reads (batch, rows, channels), writes (batch, parts, 2, channels). A unit is a
   * part.
   *
   * @param rows positions of a sample
   * @param read the numbers of the image
   * @param unitRows positions of a part; the last of a sample may have fewer
   */
  record ChannelMoments(int batch, int rows, int channels, ResultType read, int unitRows)
      implements CodeSource {
    int parts() {
      return Math.ceilDiv(rows, unitRows);
    }

    /** The numbers that it writes. */
    public long count() {
      return units() * 2 * channels;
    }

    /** The units of the whole. */
    public long units() {
      return (long) batch * parts();
    }

    @Override
    public byte[] generate() {
      return MomentsCode.of(this);
    }
  }

  /**
   * What normalises groups of channels (ONNX {@code GroupNormalization}-21, {@code
   * InstanceNormalization}-6) as a factor and a number to be added for each channel: reads what
   * {@link ChannelMoments} wrote, reads the scale and the bias of each channel, writes (batch, 2,
   * channels). A unit is a sample.
   */
  record GroupFactors(ChannelMoments moments, int groups, float epsilon) implements CodeSource {
    /** The numbers that it writes. */
    public long count() {
      return (long) moments.batch() * 2 * moments.channels();
    }

    @Override
    public byte[] generate() {
      return GroupFactorsCode.of(this);
    }
  }

  /**
   * Channels times a factor each, and a number added: reads (batch, rows, channels), reads the
   * factors and numbers as {@link GroupFactors} writes them, writes (batch, rows, channels). A unit
   * is a part of a sample's positions.
   *
   * @param moments the size of the image and of a unit
   * @param residual the numbers of an image whose address follows, which is added; null for none
   * @param activation applied then
   * @param stored what is written
   */
  record ScaleChannels(
      ChannelMoments moments,
      @Nullable ResultType residual,
      Activation activation,
      ResultType stored)
      implements CodeSource {
    @Override
    public byte[] generate() {
      return ScaleChannelsCode.of(this);
    }
  }

  /**
   * Rows of several matrices beside each other: reads each (rows, its width), writes (rows, sum of
   * the widths). A unit is a part of the rows.
   *
   * @param widths of up to {@value #MOST_PARTS} parts
   * @param unitRows rows of a unit; the last may have fewer
   */
  record JoinRows(int rows, List<Integer> widths, int unitRows) implements CodeSource {
    /** As many as there are masks. */
    public static final int MOST_PARTS = 7;

    /** Copies the list. */
    public JoinRows {
      widths = List.copyOf(widths);
    }

    int width() {
      return widths.stream().mapToInt(Integer::intValue).sum();
    }

    /** Whether the code's 32-bit displacements reach every element. */
    public boolean isAddressable() {
      return (long) rows * width() * Float.BYTES <= Integer.MAX_VALUE;
    }

    /** The units of the whole. */
    public long units() {
      return Math.ceilDiv(rows, unitRows);
    }

    @Override
    public byte[] generate() {
      return JoinCode.of(this);
    }
  }
}
