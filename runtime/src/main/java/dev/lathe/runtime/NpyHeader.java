package dev.lathe.runtime;

import dev.lathe.ir.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The header of a {@code .npy} file: a Python dictionary literal such as <code>
 * {'descr': '&lt;f4', 'fortran_order': False, 'shape': (2, 3), }</code>.
 */
final class NpyHeader {

  /** NumPy's own limit, 32 before version 2. */
  private static final int LARGEST_RANK = 64;

  private final ElementType elementType;
  private final boolean bigEndian;
  private final boolean fortran;
  private final long[] shape;

  private NpyHeader(ElementType elementType, boolean bigEndian, boolean fortran, long[] shape) {
    this.elementType = elementType;
    this.bigEndian = bigEndian;
    this.fortran = fortran;
    this.shape = shape;
  }

  /** The element type. */
  ElementType elementType() {
    return elementType;
  }

  /** Whether the bytes of an element are swapped. */
  boolean bigEndian() {
    return bigEndian;
  }

  /** Whether the first axis varies fastest. */
  boolean fortran() {
    return fortran;
  }

  /** The dimensions; the size in bytes fits a long. */
  long[] shape() {
    return shape.clone();
  }

  /** The bytes of the elements. */
  long byteSize() {
    long count = 1;
    for (long size : shape) {
      count *= size;
    }
    return elementType.byteSize(count);
  }

  /** The header, without padding and line feed. */
  static String text(ElementType elementType, long[] shape) {
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

  /**
   * Reads a header.
   *
   * @throws IllegalArgumentException if it is none, or names a type that no tensor has
   */
  static NpyHeader parse(String text) {
    return new Parser(text).header();
  }

  private static final class Parser {
    private final String text;
    private int at;

    Parser(String text) {
      this.text = text;
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

    private static NpyHeader checked(String descr, boolean fortran, long[] shape) {
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
      return new NpyHeader(type, descr.startsWith(">") && type.bits() > 8, fortran, shape);
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
