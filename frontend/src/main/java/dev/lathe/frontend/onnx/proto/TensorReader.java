package dev.lathe.frontend.onnx.proto;

import static dev.lathe.frontend.ImportException.quote;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.lathe.frontend.ImportException;
import dev.lathe.ir.file.SegmentInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code TensorProto}: raw data and single packed runs of floats as slices, other typed
 * fields decoded into the arena, external data from its file. Fields may come in any order, so
 * typed data is only noted on the way and decoded at the message's end, when type and dimensions
 * are known; nothing is allocated before the bytes that are there could hold that many elements.
 *
 * <p>Source: {@code onnx.proto}, message {@code TensorProto}.
 */
final class TensorReader {

  private static final int LOCATION_DEFAULT = 0;
  private static final int LOCATION_EXTERNAL = 1;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** The fields that carry elements, with the wire type of one element that is not packed. */
  private enum Carrier {
    RAW("raw_data", -1),
    FLOAT("float_data", WireFormat.WIRETYPE_FIXED32),
    DOUBLE("double_data", WireFormat.WIRETYPE_FIXED64),
    INT32("int32_data", WireFormat.WIRETYPE_VARINT),
    INT64("int64_data", WireFormat.WIRETYPE_VARINT),
    UINT64("uint64_data", WireFormat.WIRETYPE_VARINT),
    STRING("string_data", -1),
    EXTERNAL("external_data", -1);

    final String field;
    final int wireType;

    Carrier(String field, int wireType) {
      this.field = field;
      this.wireType = wireType;
    }
  }

  /** What is known of a tensor while its fields are read. */
  private static final class Draft {
    String name = "";
    long type;
    final List<Long> dims = new ArrayList<>();
    @Nullable Carrier carrier;
    final List<MemorySegment> chunks = new ArrayList<>();
    final List<Bytes> strings = new ArrayList<>();
    final List<StringStringEntry> external = new ArrayList<>();
    long location = LOCATION_DEFAULT;
  }

  private final WireReader in;
  private final Arena arena;
  private final @Nullable MappedFiles files;

  /**
   * A reader of tensors.
   *
   * @param in the cursor
   * @param arena where decoded data lives
   * @param files gives external data; null where the bytes come from no folder
   */
  TensorReader(WireReader in, Arena arena, @Nullable MappedFiles files) {
    this.in = in;
    this.arena = arena;
    this.files = files;
  }

  /** Reads the open message as a tensor. */
  TensorProto read() throws IOException {
    Draft draft = new Draft();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> in.integers("dims", draft.dims);
        case 2 -> draft.type = in.integer("data_type");
        case 3 ->
            throw in.fail(
                "the tensor is cut into segments, which Lathe does not read", "save it whole");
        case 4 -> numbers(draft, Carrier.FLOAT);
        case 5 -> numbers(draft, Carrier.INT32);
        case 6 -> {
          carry(draft, Carrier.STRING);
          draft.strings.add(Bytes.owning(in.anyBytes("string_data")));
        }
        case 7 -> numbers(draft, Carrier.INT64);
        case 8 -> {
          draft.name = in.text("name");
          in.label(quote(draft.name));
        }
        case 9 -> {
          in.once("raw_data");
          MemorySegment raw = in.slice("raw_data");
          if (raw.byteSize() > 0) {
            carry(draft, Carrier.RAW);
            draft.chunks.add(raw);
          }
        }
        case 10 -> numbers(draft, Carrier.DOUBLE);
        case 11 -> numbers(draft, Carrier.UINT64);
        case 13 ->
            draft.external.add(in.message("external_data", draft.external.size(), this::entry));
        case 14 -> draft.location = in.integer("data_location");
        default -> in.skip();
      }
    }
    return finish(draft);
  }

  /** Reads the open message as a sparse tensor. */
  SparseTensorProto sparse() throws IOException {
    @Nullable TensorProto values = null;
    @Nullable TensorProto indices = null;
    List<Long> dims = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> values = in.message("values", this::read);
        case 2 -> indices = in.message("indices", this::read);
        case 3 -> in.integers("dims", dims);
        default -> in.skip();
      }
    }
    if (values == null || indices == null) {
      throw in.whole().fail("the sparse tensor lacks values or indices", WireReader.damaged());
    }
    return new SparseTensorProto(values, indices, dims);
  }

  /** Reads the open message as a key and a value. */
  StringStringEntry entry() throws IOException {
    String key = "";
    String value = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> key = in.text("key");
        case 2 -> value = in.text("value");
        default -> in.skip();
      }
    }
    return new StringStringEntry(key, value);
  }

  private void numbers(Draft draft, Carrier carrier) throws IOException {
    MemorySegment chunk =
        in.isDelimited()
            ? in.slice(carrier.field)
            : in.scalarSlice(carrier.field, carrier.wireType);
    if (chunk.byteSize() > 0) {
      carry(draft, carrier);
      draft.chunks.add(chunk);
    }
  }

  private void carry(Draft draft, Carrier carrier) {
    if (draft.carrier != null && draft.carrier != carrier) {
      throw in.fail(
          "the tensor has elements in "
              + draft.carrier.field
              + " and in "
              + carrier.field
              + ", which leaves open what is meant",
          WireReader.damaged());
    }
    draft.carrier = carrier;
  }

  private TensorProto finish(Draft draft) throws IOException {
    DataType type =
        DataType.of(draft.type)
            .orElseThrow(
                () ->
                    in.whole()
                        .fail(
                            "element type " + draft.type + " is not known", WireReader.damaged()));
    if (type == DataType.UNDEFINED) {
      throw in.whole().fail("the tensor has no data_type", WireReader.damaged());
    }
    long elements = elements(draft.dims);
    locate(draft);
    if (type == DataType.STRING) {
      return strings(draft, elements);
    }
    long bytes;
    try {
      bytes = type.bytes(elements);
    } catch (ArithmeticException e) {
      throw tooLarge(draft.dims);
    }
    MemorySegment data = data(draft, type, elements, bytes);
    return new TensorProto(draft.name, type, draft.dims, data, List.of());
  }

  private long elements(List<Long> dims) {
    long product = 1;
    boolean none = false;
    for (long dim : dims) {
      if (dim < 0) {
        throw in.whole()
            .fail("dimension " + dim + " in " + shape(dims) + " is negative", WireReader.damaged());
      }
      none |= dim == 0;
      try {
        product = Math.multiplyExact(product, Math.max(1, dim));
      } catch (ArithmeticException e) {
        throw tooLarge(dims);
      }
    }
    return none ? 0 : product;
  }

  private ImportException tooLarge(List<Long> dims) {
    return in.whole()
        .fail(
            "the shape " + shape(dims) + " has more elements than 63 bits can count",
            WireReader.damaged());
  }

  private static String shape(List<Long> dims) {
    return dims.size() <= 16
        ? dims.toString()
        : dims.subList(0, 16) + " and " + (dims.size() - 16) + " more";
  }

  private void locate(Draft draft) {
    if (draft.location == LOCATION_EXTERNAL) {
      if (draft.carrier != null) {
        throw in.whole()
            .fail(
                "the tensor is external and has elements in " + draft.carrier.field,
                WireReader.damaged());
      }
      draft.carrier = Carrier.EXTERNAL;
    } else if (draft.location != LOCATION_DEFAULT) {
      throw in.whole()
          .fail("data_location " + draft.location + " is not known", WireReader.damaged());
    }
  }

  private TensorProto strings(Draft draft, long elements) {
    if (draft.carrier != null && draft.carrier != Carrier.STRING) {
      throw mismatch(draft.carrier, DataType.STRING);
    }
    if (draft.strings.size() != elements) {
      throw count(draft, draft.strings.size() + " strings", elements + " strings");
    }
    return new TensorProto(
        draft.name, DataType.STRING, draft.dims, MemorySegment.NULL, draft.strings);
  }

  private MemorySegment data(Draft draft, DataType type, long elements, long bytes)
      throws IOException {
    Carrier carrier = draft.carrier;
    if (carrier == null) {
      if (bytes != 0) {
        throw count(draft, "no elements", elements + " of type " + type);
      }
      return MemorySegment.NULL;
    }
    if (carrier == Carrier.EXTERNAL) {
      return external(draft, bytes);
    }
    if (carrier == Carrier.RAW) {
      MemorySegment raw = draft.chunks.getFirst();
      if (raw.byteSize() != bytes) {
        throw count(draft, raw.byteSize() + " bytes of raw_data", bytes + " bytes of type " + type);
      }
      return raw;
    }
    if (carrier != carrierOf(type)) {
      throw mismatch(carrier, type);
    }
    return carrier == Carrier.FLOAT || carrier == Carrier.DOUBLE
        ? fixedWidth(draft, type, bytes)
        : decode(draft, type, bytes);
  }

  private static Carrier carrierOf(DataType type) {
    return switch (type) {
      case FLOAT, COMPLEX64 -> Carrier.FLOAT;
      case DOUBLE, COMPLEX128 -> Carrier.DOUBLE;
      case INT64 -> Carrier.INT64;
      case UINT32, UINT64 -> Carrier.UINT64;
      case STRING -> Carrier.STRING;
      default -> Carrier.INT32;
    };
  }

  private ImportException mismatch(Carrier carrier, DataType type) {
    return in.whole()
        .fail(
            "elements of type "
                + type
                + " stand in "
                + carrier.field
                + " and belong in "
                + carrierOf(type).field,
            WireReader.damaged());
  }

  private ImportException count(Draft draft, String found, String wanted) {
    return in.whole()
        .fail(
            "the tensor holds "
                + found
                + " but its shape "
                + shape(draft.dims)
                + " asks for "
                + wanted,
            WireReader.damaged());
  }

  /**
   * Floats and doubles stand in the file as they stand in memory: one run is a slice, more are
   * joined.
   */
  private MemorySegment fixedWidth(Draft draft, DataType type, long bytes) {
    long found = 0;
    for (MemorySegment chunk : draft.chunks) {
      found += chunk.byteSize();
    }
    if (found != bytes) {
      throw count(draft, found + " bytes of elements", bytes + " bytes of type " + type);
    }
    if (draft.chunks.size() == 1) {
      return draft.chunks.getFirst();
    }
    MemorySegment joined = arena.allocate(bytes, Long.BYTES);
    long position = 0;
    for (MemorySegment chunk : draft.chunks) {
      MemorySegment.copy(chunk, 0, joined, position, chunk.byteSize());
      position += chunk.byteSize();
    }
    return joined.asReadOnly();
  }

  /**
   * Decodes varints; {@code int32_data} carries a byte of packed elements each for types below 8
   * bits.
   */
  private MemorySegment decode(Draft draft, DataType type, long bytes) throws IOException {
    int width = Math.max(1, type.bits() / 8);
    long wanted = bytes / width;
    long most = 0;
    for (MemorySegment chunk : draft.chunks) {
      most += chunk.byteSize();
    }
    if (wanted > most) {
      throw count(draft, "at most " + most + " numbers", wanted + " for type " + type);
    }
    MemorySegment data = arena.allocate(bytes, Long.BYTES);
    long count = 0;
    for (MemorySegment chunk : draft.chunks) {
      CodedInputStream numbers = CodedInputStream.newInstance(new SegmentInputStream(chunk));
      while (!numbers.isAtEnd()) {
        long value = numbers.readInt64();
        if (count == wanted) {
          throw count(draft, "more than " + wanted + " numbers", wanted + " for type " + type);
        }
        store(data, count++, type, value);
      }
    }
    if (count != wanted) {
      throw count(draft, count + " numbers", wanted + " for type " + type);
    }
    return data.asReadOnly();
  }

  private void store(MemorySegment data, long index, DataType type, long value) {
    int bits = Math.max(8, type.bits());
    if (bits < Long.SIZE && (value < -(1L << (bits - 1)) || value >= 1L << bits)) {
      throw in.whole()
          .fail(
              "the element " + value + " at " + index + " does not fit type " + type,
              WireReader.damaged());
    }
    switch (bits) {
      case 8 ->
          data.set(
              ValueLayout.JAVA_BYTE,
              index,
              (byte) (type == DataType.BOOL && value != 0 ? 1 : value));
      case 16 -> data.setAtIndex(SHORT, index, (short) value);
      case 32 -> data.setAtIndex(INT, index, (int) value);
      default -> data.setAtIndex(LONG, index, value);
    }
  }

  private MemorySegment external(Draft draft, long bytes) {
    if (files == null) {
      throw in.whole()
          .fail("the tensor's data lies in another file", "read the model from its own file");
    }
    String location = "";
    long offset = 0;
    long length = bytes;
    for (StringStringEntry entry : draft.external) {
      switch (entry.key()) {
        case "location" -> location = entry.value();
        case "offset" -> offset = number(entry);
        case "length" -> length = number(entry);
        default -> {
          // A checksum or a writer's own note: nothing that says where the bytes are.
        }
      }
    }
    if (location.isEmpty()) {
      throw in.whole().fail("the tensor is external but names no location", WireReader.damaged());
    }
    if (length != bytes) {
      throw count(draft, length + " bytes of external data", bytes + " bytes");
    }
    return files.external(in.whole(), location, offset, length);
  }

  private long number(StringStringEntry entry) {
    try {
      long value = Long.parseLong(entry.value().strip());
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below, for negative numbers as well.
    }
    throw in.whole()
        .fail(
            "external_data has "
                + entry.key()
                + " "
                + quote(entry.value())
                + ", which is no byte count",
            WireReader.damaged());
  }
}
