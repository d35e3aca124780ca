package dev.lathe.backend.onednn.binding;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** How a tensor's elements lie in memory, read from a native descriptor. */
final class MemoryLayoutInfo {
  /** What {@code dnnl_format_kind_t} says of a layout. */
  enum Kind {
    ANY,
    BLOCKED,
    OPAQUE;

    private static final int CODE_ANY = 1;
    private static final int CODE_BLOCKED = 2;

    static Kind of(int code) {
      return switch (code) {
        case CODE_ANY -> ANY;
        case CODE_BLOCKED -> BLOCKED;
        default -> OPAQUE;
      };
    }
  }

  private static final long[] NONE = {};

  private final Kind kind;
  private final long size;
  private final long[] strides;
  private final long[] blocks;
  private final long[] blockedDims;

  private MemoryLayoutInfo(
      Kind kind, long size, long[] strides, long[] blocks, long[] blockedDims) {
    this.kind = kind;
    this.size = size;
    this.strides = strides;
    this.blocks = blocks;
    this.blockedDims = blockedDims;
  }

  /** The layout that is left to the library. */
  static MemoryLayoutInfo any() {
    return new MemoryLayoutInfo(Kind.ANY, 0, NONE, NONE, NONE);
  }

  /**
   * A layout of strides alone. Its size is what the library says of it: up to the end of the
   * longest dimension's last stride.
   */
  static MemoryLayoutInfo plain(long[] dims, long[] strides, int elementBytes) {
    long elements = 1;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == 0) {
        return new MemoryLayoutInfo(Kind.BLOCKED, 0, strides, NONE, NONE);
      }
      elements = Math.max(elements, dims[i] == 1 ? 1 : dims[i] * strides[i]);
    }
    return new MemoryLayoutInfo(Kind.BLOCKED, elements * elementBytes, strides, NONE, NONE);
  }

  /**
   * Whether both, of the same dimensions, are any or plain and place every element alike: the
   * stride of a dimension of 1 moves nothing.
   */
  boolean placesAlike(MemoryLayoutInfo other, long[] dims) {
    if (kind != other.kind) {
      return false;
    }
    for (int i = 0; i < strides.length; i++) {
      if (dims[i] != 1 && strides[i] != other.strides[i]) {
        return false;
      }
    }
    return true;
  }

  void write(BinaryOutput out) {
    out.constant(kind).number(size).numbers(strides).numbers(blocks).numbers(blockedDims);
  }

  @SuppressWarnings("EnumOrdinal") // As it was written.
  static MemoryLayoutInfo read(BinaryInput in) {
    return new MemoryLayoutInfo(
        Kind.values()[in.integer()], in.number(), in.numbers(), in.numbers(), in.numbers());
  }

  Kind kind() {
    return kind;
  }

  long size() {
    return size;
  }

  boolean hasBlocks() {
    return blocks.length > 0;
  }

  /** The size of the blocks of dimension 0; 0 unless it alone is cut into blocks, once. */
  long firstBlock() {
    return blocks.length == 1 && blockedDims[0] == 0 ? blocks[0] : 0;
  }

  long stride(int axis) {
    return strides[axis];
  }

  long[] strides() {
    if (kind != Kind.BLOCKED) {
      throw new IllegalStateException("a layout of kind " + kind + " has no strides");
    }
    return strides.clone();
  }

  /**
   * The layout's name: a letter a dimension from the outermost to the innermost, upper case where
   * it is cut into blocks, then each block's size and letter.
   */
  String format(long[] dims) {
    if (kind != Kind.BLOCKED) {
      return kind.name().toLowerCase(Locale.ROOT);
    }
    List<Integer> order = new ArrayList<>();
    boolean[] blocked = new boolean[dims.length];
    long[] outer = dims.clone();
    for (int i = 0; i < dims.length; i++) {
      order.add(i);
    }
    for (int i = 0; i < blocks.length; i++) {
      int axis = (int) blockedDims[i];
      blocked[axis] = true;
      outer[axis] = (outer[axis] + blocks[i] - 1) / blocks[i];
    }
    // A dimension of one (block) has a stride nobody uses: it comes where its number puts it.
    order.sort(
        Comparator.<Integer>comparingLong(axis -> -strides[axis])
            .thenComparingLong(axis -> -outer[axis]));
    StringBuilder text = new StringBuilder();
    for (int axis : order) {
      text.append((char) ((blocked[axis] ? 'A' : 'a') + axis));
    }
    for (int i = 0; i < blocks.length; i++) {
      text.append(blocks[i]).append((char) ('a' + blockedDims[i]));
    }
    return text.toString();
  }

  /** Reads a native descriptor field by field. */
  static final class Reader {
    private static final int NDIMS = 256;
    private static final int DIMS = 257;
    private static final int DATA_TYPE = 258;
    private static final int FORMAT_KIND = 262;
    private static final int INNER_BLOCK_COUNT = 263;
    private static final int INNER_BLOCKS = 264;
    private static final int INNER_INDICES = 265;
    private static final int STRIDES = 14;

    private final NativeScope scope;
    private final long cell;
    private final long descriptor;

    Reader(NativeScope scope, long descriptor) {
      this.scope = scope;
      this.cell = scope.cell();
      this.descriptor = descriptor;
    }

    DataType type() {
      return DataType.of(number(DATA_TYPE));
    }

    long[] dims() {
      return array(DIMS, number(NDIMS));
    }

    MemoryLayoutInfo layout() {
      Kind kind = Kind.of(number(FORMAT_KIND));
      long size = Function.MEMORY_DESC_GET_SIZE.call(descriptor);
      if (kind != Kind.BLOCKED) {
        return new MemoryLayoutInfo(kind, size, NONE, NONE, NONE);
      }
      int blocks = number(INNER_BLOCK_COUNT);
      return new MemoryLayoutInfo(
          kind,
          size,
          array(STRIDES, number(NDIMS)),
          blocks == 0 ? NONE : array(INNER_BLOCKS, blocks),
          blocks == 0 ? NONE : array(INNER_INDICES, blocks));
    }

    private int number(int what) {
      query(what);
      return (int) scope.value(cell);
    }

    private long[] array(int what, int length) {
      query(what);
      return MemorySegment.ofAddress(scope.value(cell))
          .reinterpret((long) length * Long.BYTES)
          .toArray(ValueLayout.JAVA_LONG);
    }

    private void query(int what) {
      Status.check(
          Function.MEMORY_DESC_QUERY.call(descriptor, what, cell), "querying a memory descriptor");
    }
  }
}
