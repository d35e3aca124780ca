package dev.lathe.ir.file;

import dev.lathe.ir.ElementType;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands before the elements of a {@code .npy} file: a magic number, a version, and a Python
 * dictionary literal such as <code>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (2, 3), }
 * </code>.
 *
 * <p>Source: NEP 1, "A simple file format for NumPy arrays", versions 1.0, 2.0 and 3.0. All element
 * types that NumPy has are read, in C and in Fortran order, little- and big-endian. Immutable.
 */
public final class NpyHeader {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** The longest header that is read; NumPy itself stops at 10,000 characters. */
  private static final int LONGEST_HEADER = 1 << 16;

  /** NumPy aligns the data to this many bytes. */
  private static final int ALIGNMENT = 64;

  /** NumPy's own limit, 32 before version 2. */
  private static final int LARGEST_RANK = 64;

  private final ElementType elementType;
  private final boolean bigEndian;
  private final boolean fortran;
  private final long[] shape;
  private final long length;

  private NpyHeader(
      ElementType elementType, boolean bigEndian, boolean fortran, long[] shape, long length) {
    this.elementType = elementType;
    this.bigEndian = bigEndian;
    this.fortran = fortran;
    this.shape = shape;
    this.length = length;
  }

  /**
   * Reads a header, and leaves the stream where the elements begin.
   *
   * @throws IOException if it is none, a damaged one, or names a type that no tensor has, or the
   *     stream cannot be read
   */
  public static NpyHeader read(InputStream in) throws IOException {
    try {
      return readWhole(in);
    } catch (EOFException e) {
      throw new IOException("the file ends within the header of a .npy file", e);
    }
  }

  private static NpyHeader readWhole(InputStream in) throws IOException {
    byte[] start = bytes(in, MAGIC.length + 2);
    if (!Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new IOException("this is no .npy file: it does not begin with \\x93NUMPY");
    }
    int major = start[MAGIC.length];
    if (major < 1 || major > 3) {
      throw new IOException(
          "version " + major + " of the .npy format is not read, only 1, 2 and 3");
    }
    long length = littleEndian(bytes(in, major == 1 ? 2 : 4));
    if (length > LONGEST_HEADER) {
      throw new IOException(
          "the header is said to have " + length + " bytes; no array needs so many");
    }
    byte[] text = bytes(in, (int) length);
    try {
      String dictionary =
          new String(text, major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
      return new Parser(dictionary, start.length + (major == 1 ? 2 : 4) + length).header();
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static byte[] bytes(InputStream in, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException();
    }
    return bytes;
  }

  private static long littleEndian(byte[] bytes) {
    long value = 0;
    for (int i = bytes.length - 1; i >= 0; i--) {
      value = value << 8 | Byte.toUnsignedInt(bytes[i]);
    }
    return value;
  }

  /** The bytes before the elements. */
  public long length() {
    return length;
  }

  /** The element type. */
  public ElementType elementType() {
    return elementType;
  }

  /** The dimensions; the size in bytes fits a long. */
  public long[] shape() {
    return shape.clone();
  }

  /** The bytes of the elements. */
  public long byteSize() {
    long count = 1;
    for (long size : shape) {
      count *= size;
    }
    return elementType.byteSize(count);
  }

  /**
   * Checks that the elements are there and nothing else.
   *
   * @param there the bytes that follow the header
   * @throws IOException if they are not what the header claims
   */
  public void check(long there) throws IOException {
    if (there != byteSize()) {
      throw new IOException(
          elementType
              + Arrays.toString(shape)
              + " takes "
              + byteSize()
              + " bytes, but "
              + there
              + (there < byteSize() ? " are there; the file was cut short" : " are there"));
    }
  }

  /** Whether the elements lie as tensors have them: row-major and little-endian. */
  public boolean isPlain() {
    return !bigEndian && !fortran;
  }

  /**
   * Copies the elements into the order of tensors: row-major and little-endian.
   *
   * @param from the bytes as the file has them
   * @param to as many bytes, not overlapping
   */
  public void copy(MemorySegment from, MemorySegment to) {
    if (fortran) {
      copyTransposed(from, to);
    } else {
      MemorySegment.copy(from, 0, to, 0, to.byteSize());
    }
    if (bigEndian) {
      swap(to, elementType.bits() / 8);
    }
  }

  private static void swap(MemorySegment segment, int size) {
    for (long at = 0; at < segment.byteSize(); at += size) {
      for (int i = 0; i < size / 2; i++) {
        byte low = segment.get(ValueLayout.JAVA_BYTE, at + i);
        byte high = segment.get(ValueLayout.JAVA_BYTE, at + size - 1 - i);
        segment.set(ValueLayout.JAVA_BYTE, at + i, high);
        segment.set(ValueLayout.JAVA_BYTE, at + size - 1 - i, low);
      }
    }
  }

  /** From first axis fastest to last axis fastest. */
  private void copyTransposed(MemorySegment from, MemorySegment to) {
    int size = elementType.bits() / 8;
    long[] index = new long[shape.length];
    long[] strides = new long[shape.length];
    long count = 1;
    for (int axis = 0; axis < shape.length; axis++) {
      strides[axis] = count;
      count *= shape[axis];
    }
    long source = 0;
    for (long target = 0; target < count; target++) {
      MemorySegment.copy(from, source * size, to, target * size, size);
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        source += strides[axis];
        if (++index[axis] < shape[axis]) {
          break;
        }
        source -= strides[axis] * shape[axis];
        index[axis] = 0;
      }
    }
  }

  /**
   * The bytes before the elements of an array in C order, version 1.0, padded as NumPy does so that
   * the elements are aligned.
   *
   * @throws IllegalArgumentException if NumPy has no such element type
   */
  public static byte[] write(ElementType elementType, long[] shape) {
    byte[] header = text(elementType, shape).getBytes(StandardCharsets.US_ASCII);
    // The header ends with a line feed.
    int before = MAGIC.length + 4;
    int padded = Math.ceilDiv(before + header.length + 1, ALIGNMENT) * ALIGNMENT - before;
    ByteBuffer start = ByteBuffer.allocate(before + padded).order(ByteOrder.LITTLE_ENDIAN);
    start.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) padded).put(header);
    while (start.remaining() > 1) {
      start.put((byte) ' ');
    }
    return start.put((byte) '\n').array();
  }

  private static String text(ElementType elementType, long[] shape) {
    StringBuilder text = new StringBuilder("{'descr': '").append(descr(elementType));
    text.append("', 'fortran_order': False, 'shape': (");
    for (int i = 0; i < shape.length; i++) {
      text.append(i == 0 ? "" : ", ").append(shape[i]);
    }
    return text.append(shape.length == 1 ? ",), }" : "), }").toString();
  }

  private static String descr(ElementType elementType) {
    return switch (elementType) {
      case F32 -> "<f4";
      case F16 -> "<f2";
      case F64 -> "<f8";
      case I8 -> "|i1";
      case I16 -> "<i2";
      case I32 -> "<i4";
      case I64 -> "<i8";
      case U8 -> "|u1";
      case U16 -> "<u2";
      case U32 -> "<u4";
      case U64 -> "<u8";
      case BOOL -> "|b1";
      case BF16, I4, U4 ->
          throw new IllegalArgumentException("NumPy has no element type " + elementType);
    };
  }

  private static final class Parser {
    private final String text;
    private final long length;
    private int at;

    Parser(String text, long length) {
      this.text = text;
      this.length = length;
    }

    NpyHeader header() {
      @Nullable String descr = null;
      @Nullable Boolean fortran = null;
      long @Nullable [] shape = null;
      expect('{');
      while (!accept('}')) {
        String key = string();
        expect(':');
        switch (key) {
          case "descr" -> descr = string();
          case "fortran_order" -> fortran = bool();
          case "shape" -> shape = tuple();
          default -> throw damaged("has an unknown key");
        }
        if (!accept(',')) {
          expect('}');
          break;
        }
      }
      skipSpace();
      if (at != text.length()) {
        throw damaged("goes on after its end");
      }
      if (descr == null || fortran == null || shape == null) {
        throw damaged("lacks descr, fortran_order or shape");
      }
      return checked(descr, fortran, shape);
    }

    private NpyHeader checked(String descr, boolean fortran, long[] shape) {
      ElementType type = elementType(descr);
      if (shape.length > LARGEST_RANK) {
        throw new IllegalArgumentException("the array has " + shape.length + " dimensions");
      }
      long count = 1;
      try {
        for (long size : shape) {
          count = Math.multiplyExact(count, size);
        }
        // The product of the others must fit too where one is zero: strides are made of it.
        long others = 1;
        for (long size : shape) {
          others = Math.multiplyExact(others, Math.max(size, 1));
        }
        type.byteSize(others);
      } catch (ArithmeticException e) {
        throw new IllegalArgumentException(
            "the shape " + Arrays.toString(shape) + " has more elements than can be counted", e);
      }
      return new NpyHeader(type, descr.startsWith(">") && type.bits() > 8, fortran, shape, length);
    }

    private static ElementType elementType(String descr) {
      String plain =
          descr.isEmpty() || "<>|=".indexOf(descr.charAt(0)) < 0 ? descr : descr.substring(1);
      return switch (plain) {
        case "f4" -> ElementType.F32;
        case "f2" -> ElementType.F16;
        case "f8" -> ElementType.F64;
        case "i1" -> ElementType.I8;
        case "i2" -> ElementType.I16;
        case "i4" -> ElementType.I32;
        case "i8" -> ElementType.I64;
        case "u1" -> ElementType.U8;
        case "u2" -> ElementType.U16;
        case "u4" -> ElementType.U32;
        case "u8" -> ElementType.U64;
        case "b1", "?" -> ElementType.BOOL;
        default ->
            throw new IllegalArgumentException(
                "arrays of type "
                    + quote(descr)
                    + " are not read; convert it to a number or bool with NumPy's astype");
      };
    }

    private void skipSpace() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }

    private boolean accept(char c) {
      skipSpace();
      if (at < text.length() && text.charAt(at) == c) {
        at++;
        return true;
      }
      return false;
    }

    private void expect(char c) {
      if (!accept(c)) {
        throw damaged("should have '" + c + "' at character " + at);
      }
    }

    private String string() {
      skipSpace();
      char quote = at < text.length() ? text.charAt(at) : 0;
      int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
      if (end < 0) {
        // A list here is the type of a structured array.
        throw damaged(
            quote == '['
                ? "tells of a structured array, which no tensor is"
                : "should have a string at character " + at);
      }
      String value = text.substring(at + 1, end);
      at = end + 1;
      return value;
    }

    private boolean bool() {
      skipSpace();
      if (text.startsWith("True", at)) {
        at += 4;
        return true;
      }
      if (text.startsWith("False", at)) {
        at += 5;
        return false;
      }
      throw damaged("should have True or False at character " + at);
    }

    private long[] tuple() {
      List<Long> sizes = new ArrayList<>();
      expect('(');
      while (!accept(')')) {
        sizes.add(number());
        // Python 2 wrote long integers so.
        accept('L');
        if (!accept(',')) {
          expect(')');
          break;
        }
      }
      return sizes.stream().mapToLong(Long::longValue).toArray();
    }

    private long number() {
      skipSpace();
      int start = at;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        at++;
      }
      try {
        return Long.parseLong(text.substring(start, at));
      } catch (NumberFormatException e) {
        throw damaged("should have a size at character " + start);
      }
    }

    private IllegalArgumentException damaged(String why) {
      return new IllegalArgumentException("the header is damaged: it " + why);
    }

    private static String quote(String value) {
      String line = value.length() > 20 ? value.substring(0, 20) + "..." : value;
      StringBuilder plain = new StringBuilder();
      line.chars().forEach(c -> plain.append(c < ' ' || c > '~' ? '?' : (char) c));
      return "'" + plain + "'";
    }
  }
}
