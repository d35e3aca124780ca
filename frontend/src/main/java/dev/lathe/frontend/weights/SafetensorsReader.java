package dev.lathe.frontend.weights;

import static dev.lathe.frontend.ImportException.quote;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.lathe.frontend.ImportException;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.file.SegmentInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code .safetensors} files: eight bytes with the length of a header, the header in JSON,
 * and the elements, which are slices of the mapped file.
 *
 * <p>Source: the description of the format in the safetensors project. As it demands, a header has
 * at most 100 MB, and arrays lie one after the other without gaps or overlaps to the end of the
 * file.
 */
final class SafetensorsReader {
  private static final int LENGTH_SIZE = 8;
  private static final long LONGEST_HEADER = 100_000_000;
  private static final int LARGEST_RANK = 64;
  private static final String METADATA = "__metadata__";

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(8).maxNameLength(1 << 12).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  /** What the header says of one array. */
  private record Entry(String name, String elementType, List<Long> shape, long begin, long end) {}

  private final Path path;
  private final MemorySegment header;
  private final MemorySegment elements;

  private SafetensorsReader(Path path, MemorySegment header, MemorySegment elements) {
    this.path = path;
    this.header = header;
    this.elements = elements;
  }

  /** Whether a file begins like one of this format. */
  static boolean isSafetensors(MemorySegment bytes) {
    return bytes.byteSize() > LENGTH_SIZE && bytes.get(ValueLayout.JAVA_BYTE, LENGTH_SIZE) == '{';
  }

  /**
   * The arrays of a file.
   *
   * @param bytes the file
   * @throws ImportException if it is damaged
   */
  static List<StoredWeight> read(Path path, MemorySegment bytes) {
    long length = bytes.get(LONG, 0);
    long there = bytes.byteSize() - LENGTH_SIZE;
    if (length < 0 || length > LONGEST_HEADER) {
      throw new ImportException(
          path.toString(),
          "the header is said to have "
              + Long.toUnsignedString(length)
              + " bytes, more than the "
              + LONGEST_HEADER
              + " that the format allows",
          "fetch the file again: it is damaged or no .safetensors file");
    }
    if (length > there) {
      throw new ImportException(
          path.toString(),
          "the header is said to have " + length + " bytes, but " + there + " follow",
          "fetch the file again: it was cut short");
    }
    return new SafetensorsReader(
            path,
            bytes.asSlice(LENGTH_SIZE, length),
            bytes.asSlice(LENGTH_SIZE + length, there - length))
        .weights();
  }

  private List<StoredWeight> weights() {
    List<Entry> entries = entries();
    List<StoredWeight> weights = new ArrayList<>();
    for (Entry entry : entries) {
      weights.add(weight(entry));
    }
    long end = 0;
    for (Entry entry : entries.stream().sorted(Comparator.comparingLong(Entry::begin)).toList()) {
      if (entry.begin != end) {
        throw damaged(
            entry,
            "begins at byte "
                + entry.begin
                + " of the elements, but "
                + (entry.begin < end ? "another tensor reaches to" : "the one before ends at")
                + " byte "
                + end);
      }
      end = entry.end;
    }
    if (end != elements.byteSize()) {
      throw new ImportException(
          path.toString(),
          elements.byteSize() + " bytes of elements are there, but the tensors take " + end,
          "fetch the file again: it is damaged");
    }
    return weights;
  }

  private StoredWeight weight(Entry entry) {
    if (entry.end > elements.byteSize()) {
      throw damaged(
          entry,
          "is said to end at byte "
              + entry.end
              + " of the elements, but "
              + elements.byteSize()
              + " are there");
    }
    ElementType elementType = elementType(entry);
    long count = 1;
    try {
      for (long size : entry.shape) {
        count = Math.multiplyExact(count, size);
      }
      if (elementType.byteSize(count) != entry.end - entry.begin) {
        throw damaged(
            entry,
            "takes "
                + elementType.byteSize(count)
                + " bytes by its shape "
                + entry.shape
                + " of "
                + elementType
                + ", but "
                + (entry.end - entry.begin)
                + " are set aside");
      }
    } catch (ArithmeticException e) {
      throw damaged(entry, "has more elements than can be counted: " + entry.shape);
    }
    TensorType type =
        TensorType.of(elementType, entry.shape.stream().mapToLong(Long::longValue).toArray());
    MemorySegment data = elements.asSlice(entry.begin, entry.end - entry.begin);
    return new StoredWeight(
        entry.name, type, WeightPlace.of(entry.name), () -> new ConstantData(type, data));
  }

  private ElementType elementType(Entry entry) {
    return switch (entry.elementType) {
      case "F32" -> ElementType.F32;
      case "F16" -> ElementType.F16;
      case "BF16" -> ElementType.BF16;
      case "F64" -> ElementType.F64;
      case "I8" -> ElementType.I8;
      case "I16" -> ElementType.I16;
      case "I32" -> ElementType.I32;
      case "I64" -> ElementType.I64;
      case "U8" -> ElementType.U8;
      case "U16" -> ElementType.U16;
      case "U32" -> ElementType.U32;
      case "U64" -> ElementType.U64;
      case "BOOL" -> ElementType.BOOL;
      default ->
          throw ImportException.unsupported(
              where(entry.name),
              "elements of type " + quote(entry.elementType) + " are not read",
              "convert the tensor to float32, float16 or bfloat16");
    };
  }

  private List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    try (JsonParser json = JSON.createParser(new SegmentInputStream(header))) {
      expect(json, json.nextToken(), JsonToken.START_OBJECT, "the header");
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        expect(json, json.nextToken(), JsonToken.START_OBJECT, quote(name));
        if (name.equals(METADATA)) {
          json.skipChildren();
        } else {
          entries.add(entry(json, name));
        }
      }
      if (json.nextToken() != null) {
        throw damaged("the header goes on after its end", null);
      }
    } catch (JsonProcessingException e) {
      throw damaged("the header is no JSON that can be read: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw damaged("the header cannot be read: " + e.getMessage(), e);
    }
    return entries;
  }

  private Entry entry(JsonParser json, String name) throws IOException {
    @Nullable String elementType = null;
    @Nullable List<Long> shape = null;
    @Nullable List<Long> offsets = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      JsonToken value = json.nextToken();
      switch (field) {
        case "dtype" -> {
          expect(json, value, JsonToken.VALUE_STRING, "the dtype of " + quote(name));
          elementType = json.getText();
        }
        case "shape" -> shape = sizes(json, "the shape of " + quote(name));
        case "data_offsets" -> offsets = sizes(json, "data_offsets of " + quote(name));
        default -> json.skipChildren();
      }
    }
    if (elementType == null || shape == null || offsets == null || offsets.size() != 2) {
      throw new ImportException(
          where(name),
          "its entry lacks dtype, shape or the two data_offsets",
          "fetch the file again: it is damaged");
    }
    Entry entry = new Entry(name, elementType, shape, offsets.get(0), offsets.get(1));
    if (entry.begin > entry.end) {
      throw damaged(entry, "ends before it begins");
    }
    return entry;
  }

  private List<Long> sizes(JsonParser json, String what) throws IOException {
    expect(json, json.currentToken(), JsonToken.START_ARRAY, what);
    List<Long> sizes = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      expect(json, json.currentToken(), JsonToken.VALUE_NUMBER_INT, "an element of " + what);
      if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER || json.getLongValue() < 0) {
        throw damaged(what + " has " + quote(json.getText()) + ", which is no size", null);
      }
      sizes.add(json.getLongValue());
      if (sizes.size() > LARGEST_RANK) {
        throw damaged(what + " has more than " + LARGEST_RANK + " elements", null);
      }
    }
    return sizes;
  }

  private void expect(JsonParser json, @Nullable JsonToken token, JsonToken wanted, String what)
      throws IOException {
    if (token != wanted) {
      String noun =
          switch (wanted) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "a list";
            case VALUE_STRING -> "a string";
            default -> "a whole number";
          };
      String found = token == null ? "the end of the header" : quote(json.getText());
      throw damaged(what + " should be " + noun + ", not " + found, null);
    }
  }

  private ImportException damaged(String what, @Nullable Throwable cause) {
    String remedy = "fetch the file again: it is damaged or no .safetensors file";
    return cause == null
        ? new ImportException(path.toString(), what, remedy)
        : new ImportException(path.toString(), what, remedy, cause);
  }

  private ImportException damaged(Entry entry, String what) {
    return new ImportException(
        where(entry.name), "it " + what, "fetch the file again: it is damaged");
  }

  private String where(String name) {
    return path + ": tensor " + quote(name);
  }
}
