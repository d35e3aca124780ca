package dev.lathe.backend.onednn.binding;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The element type, dimensions and layout of a tensor, as oneDNN describes it. A value: immutable,
 * thread-safe, and without native resources. What is plain or any is known here alone; of layouts
 * that the library chose, its serialised form is kept, which is valid in this process only.
 *
 * <p>Layouts are <em>any</em> (the library is asked to choose), <em>plain</em> (a stride for every
 * dimension), <em>blocked</em> (dimensions cut into blocks, such as {@code aBcd16b}) or
 * <em>opaque</em>. Two descriptors are equal when data of one may be read as the other.
 */
public final class MemoryDescriptor {
  /** The most dimensions a descriptor can have. */
  public static final int MAX_RANK = 12;

  private static final int FORMAT_TAG_ANY = 1;

  /** Apart, so that descriptors can be made and read before the library is loaded. */
  private static final class Blob {
    static final int BYTES = blobBytes();
  }

  private final DataType type;
  private final long[] dims;
  private final byte @Nullable [] blob;
  private final MemoryLayoutInfo layout;

  /**
   * @param blob what the library wrote; null where type, dimensions and strides say everything
   */
  private MemoryDescriptor(
      DataType type, long[] dims, byte @Nullable [] blob, MemoryLayoutInfo layout) {
    this.type = type;
    this.dims = dims;
    this.blob = blob;
    this.layout = layout;
  }

  /** A descriptor that leaves the layout to the library. */
  public static MemoryDescriptor any(DataType type, long... dims) {
    checkRank(dims);
    return new MemoryDescriptor(type, dims.clone(), null, MemoryLayoutInfo.any());
  }

  /** A plain, dense descriptor whose last dimension is the innermost. */
  public static MemoryDescriptor dense(DataType type, long... dims) {
    long[] strides = new long[dims.length];
    long stride = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= Math.max(dims[i], 1);
    }
    return strided(type, dims, strides);
  }

  /**
   * A plain, dense descriptor whose dimensions lie in another order.
   *
   * @param order the dimensions' indices from the outermost to the innermost: 0, 2, 3, 1 is
   *     channels-last
   */
  public static MemoryDescriptor permuted(DataType type, long[] dims, int... order) {
    long[] strides = new long[dims.length];
    long stride = 1;
    for (int i = order.length - 1; i >= 0; i--) {
      strides[order[i]] = stride;
      stride *= Math.max(dims[order[i]], 1);
    }
    return strided(type, dims, strides);
  }

  /**
   * A plain descriptor.
   *
   * @param strides for every dimension, the distance in elements between neighbours along it
   */
  public static MemoryDescriptor strided(DataType type, long[] dims, long[] strides) {
    if (strides.length != dims.length) {
      throw new IllegalArgumentException(
          strides.length + " strides for " + dims.length + " dimensions");
    }
    checkRank(dims);
    return new MemoryDescriptor(
        type, dims.clone(), null, MemoryLayoutInfo.plain(dims, strides.clone(), type.bytes()));
  }

  /**
   * The same elements seen with other dimensions.
   *
   * @throws OneDnnException where the layout does not allow it without moving elements
   */
  public MemoryDescriptor reshape(long... newDims) {
    try (NativeScope scope = new NativeScope()) {
      long result = scope.cell();
      long status =
          Function.MEMORY_DESC_RESHAPE.call(
              result, scope.descriptor(this), rank(newDims), scope.array(newDims));
      if (Status.isFailure(status)) {
        throw Status.failure(status, "reshaping " + this + " to " + Arrays.toString(newDims));
      }
      return adopt(scope, result);
    }
  }

  /**
   * The same elements with the dimensions in another order.
   *
   * @param order for every dimension of the result, the dimension of this it is (as in a transpose)
   */
  public MemoryDescriptor transpose(int... order) {
    int[] inverse = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      inverse[order[i]] = i;
    }
    try (NativeScope scope = new NativeScope()) {
      long result = scope.cell();
      long status =
          Function.MEMORY_DESC_PERMUTE_AXES.call(
              result, scope.descriptor(this), scope.ints(inverse));
      if (Status.isFailure(status)) {
        throw Status.failure(status, "permuting " + this + " by " + Arrays.toString(order));
      }
      return adopt(scope, result);
    }
  }

  /**
   * A part of this tensor, lying where it lies: used with the data of the whole.
   *
   * @throws OneDnnException where the part does not begin and end between blocks of the layout
   */
  public MemoryDescriptor part(long[] partDims, long[] offsets) {
    try (NativeScope scope = new NativeScope()) {
      long result = scope.cell();
      long status =
          Function.MEMORY_DESC_CREATE_SUBMEMORY.call(
              result, scope.descriptor(this), scope.array(partDims), scope.array(offsets));
      if (Status.isFailure(status)) {
        throw Status.failure(
            status,
            "part "
                + Arrays.toString(partDims)
                + " at "
                + Arrays.toString(offsets)
                + " of "
                + this);
      }
      return adopt(scope, result);
    }
  }

  /** Writes this for another process with the same library on the same kind of processor. */
  void write(BinaryOutput out) {
    out.number(type.code()).numbers(dims);
    layout.write(out);
    out.raw(blob == null ? new byte[0] : blob);
  }

  /** Reads what {@link #write} wrote. */
  static MemoryDescriptor read(BinaryInput in) {
    DataType type = DataType.of(in.integer());
    long[] dims = in.numbers();
    checkRank(dims);
    MemoryLayoutInfo layout = MemoryLayoutInfo.read(in);
    byte[] blob = in.raw();
    return new MemoryDescriptor(type, dims, blob.length == 0 ? null : blob, layout);
  }

  /** Copies the native descriptor at {@code address}, which stays its owner's. */
  static MemoryDescriptor copyOf(long address) {
    try (NativeScope scope = new NativeScope()) {
      return read(scope, address);
    }
  }

  private static MemoryDescriptor adopt(NativeScope scope, long result) {
    return read(scope, scope.own(scope.value(result), Function.MEMORY_DESC_DESTROY));
  }

  private static MemoryDescriptor read(NativeScope scope, long address) {
    MemoryLayoutInfo.Reader reader = new MemoryLayoutInfo.Reader(scope, address);
    long size = scope.cell(Blob.BYTES);
    long copy = scope.bytes(new byte[Blob.BYTES]);
    Status.check(
        Function.MEMORY_DESC_GET_BLOB.call(copy, size, address), "reading a memory descriptor");
    byte[] blob = scope.read(copy, Blob.BYTES);
    return new MemoryDescriptor(reader.type(), reader.dims(), blob, reader.layout());
  }

  private static int blobBytes() {
    OneDnn.load();
    try (NativeScope scope = new NativeScope()) {
      long result = scope.cell();
      Status.check(
          Function.MEMORY_DESC_CREATE_WITH_TAG.call(
              result, 1, scope.array(1), DataType.F32.code(), FORMAT_TAG_ANY),
          "describing a scalar");
      long descriptor = scope.own(scope.value(result), Function.MEMORY_DESC_DESTROY);
      long size = scope.cell();
      Status.check(
          Function.MEMORY_DESC_GET_BLOB.call(0, size, descriptor),
          "querying the size of a memory descriptor");
      return Math.toIntExact(scope.value(size));
    }
  }

  /**
   * Creates the native descriptor, which becomes the caller's.
   *
   * @throws OneDnnException where the dimensions make no sense
   */
  long create(NativeScope scope) {
    long result = scope.cell();
    long status;
    if (blob != null) {
      if (blob.length != Blob.BYTES) {
        throw new IllegalArgumentException("a descriptor of " + blob.length + " bytes");
      }
      status = Function.MEMORY_DESC_CREATE_WITH_BLOB.call(result, scope.bytes(blob));
    } else if (isAny()) {
      status =
          Function.MEMORY_DESC_CREATE_WITH_TAG.call(
              result, dims.length, scope.array(dims), type.code(), FORMAT_TAG_ANY);
    } else {
      status =
          Function.MEMORY_DESC_CREATE_WITH_STRIDES.call(
              result, dims.length, scope.array(dims), type.code(), scope.array(layout.strides()));
    }
    if (Status.isFailure(status)) {
      throw Status.failure(
          status,
          "describing "
              + describe(type, dims)
              + (isPlain() ? " with strides " + Arrays.toString(layout.strides()) : ""));
    }
    return scope.value(result);
  }

  /** The element type. */
  public DataType type() {
    return type;
  }

  /** The number of dimensions. */
  public int rank() {
    return dims.length;
  }

  /** The dimensions, a copy. */
  public long[] dims() {
    return dims.clone();
  }

  /** One dimension. */
  public long dim(int axis) {
    return dims[axis];
  }

  /** The bytes the data takes, padding included; 0 where the layout is any. */
  public long size() {
    return layout.size();
  }

  /**
   * The bytes from the first element to the end of the last. Where there are gaps that is less than
   * {@link #size()}, which counts those behind the last element too.
   */
  public long extent() {
    if (!isPlain()) {
      return size();
    }
    long last = 0;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == 0) {
        return 0;
      }
      last += (dims[i] - 1) * layout.stride(i);
    }
    return (last + 1) * type.bytes();
  }

  /** Whether the layout is left to the library. */
  public boolean isAny() {
    return layout.kind() == MemoryLayoutInfo.Kind.ANY;
  }

  /** Whether every element lies at a sum of strides, in no blocks. */
  public boolean isPlain() {
    return layout.kind() == MemoryLayoutInfo.Kind.BLOCKED && !layout.hasBlocks();
  }

  /** Whether the layout is plain, dense and the last dimension is the innermost. */
  public boolean isDense() {
    if (!isPlain()) {
      return false;
    }
    long stride = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      if (dims[i] != 1 && layout.stride(i) != stride) {
        return false;
      }
      stride *= dims[i];
    }
    return true;
  }

  /**
   * The strides, in elements, of the dimensions (of whole blocks, where the layout is blocked).
   *
   * @throws IllegalStateException where the layout is any or opaque
   */
  public long[] strides() {
    return layout.strides();
  }

  /**
   * The same memory as a plain tensor of three dimensions: the blocks of dimension 0, dimension 1,
   * and the elements of a block, padding included. Null unless dimension 0 alone is cut into
   * blocks, which hold all of dimension 1 each, and there are no others of more than 1: such as
   * {@code Acdb48a} of the weights of a convolution of 1 by 1.
   */
  public @Nullable MemoryDescriptor blockedRows() {
    long block = layout.firstBlock();
    if (block == 0 || dims.length < 2 || layout.stride(1) != block) {
      return null;
    }
    for (int i = 2; i < dims.length; i++) {
      if (dims[i] != 1) {
        return null;
      }
    }
    MemoryDescriptor rows = dense(type, (dims[0] + block - 1) / block, dims[1], block);
    return rows.size() == size() ? rows : null;
  }

  /**
   * The layout as oneDNN writes it: {@code abcd}, {@code acdb}, {@code aBcd16b}, {@code any} or
   * {@code opaque}.
   */
  public String format() {
    return layout.format(dims);
  }

  @Override
  public boolean equals(Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof MemoryDescriptor that)
        || type != that.type
        || !Arrays.equals(dims, that.dims)) {
      return false;
    }
    if (blob == null && that.blob == null) {
      return layout.placesAlike(that.layout, dims);
    }
    if (blob != null && that.blob != null && Arrays.equals(blob, that.blob)) {
      return true;
    }
    try (NativeScope scope = new NativeScope()) {
      return (int) Function.MEMORY_DESC_EQUAL.call(scope.descriptor(this), scope.descriptor(that))
          != 0;
    }
  }

  @Override
  public int hashCode() {
    return 31 * type.hashCode() + Arrays.hashCode(dims);
  }

  /** Such as {@code f32:1x64x56x56:aBcd16b}. */
  @Override
  public String toString() {
    return describe(type, dims) + ":" + format();
  }

  private static String describe(DataType type, long[] dims) {
    StringBuilder text = new StringBuilder(type.toString()).append(':');
    for (int i = 0; i < dims.length; i++) {
      text.append(i == 0 ? "" : "x").append(dims[i]);
    }
    return text.toString();
  }

  private static int rank(long[] dims) {
    checkRank(dims);
    return dims.length;
  }

  private static void checkRank(long[] dims) {
    if (dims.length == 0 || dims.length > MAX_RANK) {
      throw new IllegalArgumentException(
          "a descriptor has 1 to " + MAX_RANK + " dimensions, not " + dims.length);
    }
  }
}
