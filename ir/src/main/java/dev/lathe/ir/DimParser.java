package dev.lathe.ir;

/**
 * Recursive-descent reader of dimension expressions. It stands beside the ANTLR grammars because
 * the binary form, which a compiled jar reads without ANTLR, stores dimensions as text.
 */
final class DimParser {
  private static final int MAX_DEPTH = 64;

  private final String text;
  private int at;
  private int depth;

  private DimParser(String text) {
    this.text = text;
  }

  static Dim parse(String text) {
    // Nearly all dimensions of a model are numbers or names.
    if (isNumber(text)) {
      return Dim.of(Long.parseLong(text));
    }
    if (isSymbolName(text)) {
      return Dim.symbol(text);
    }
    DimParser parser = new DimParser(text);
    Dim dim;
    try {
      dim = parser.sum();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("dimension '" + text + "' is out of range", e);
    }
    parser.skipSpace();
    if (parser.at != text.length()) {
      throw parser.error("unexpected '" + text.charAt(parser.at) + "'");
    }
    return dim;
  }

  /** Whether {@code text} is digits only, and few enough that they are not out of range. */
  private static boolean isNumber(String text) {
    if (text.isEmpty() || text.length() > 18) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  static boolean isSymbolName(String name) {
    if (name.isEmpty()
        || !(Character.isLetter(name.charAt(0)) || "_?".indexOf(name.charAt(0)) >= 0)) {
      return false;
    }
    for (int i = 1; i < name.length(); i++) {
      if (!isSymbolPart(name.charAt(i))) {
        return false;
      }
    }
    return name.length() > 1 || name.charAt(0) != '?';
  }

  private static boolean isSymbolPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '.';
  }

  private Dim sum() {
    if (++depth > MAX_DEPTH) {
      throw error("nested too deeply");
    }
    skipSpace();
    boolean negative = take('-');
    Dim sum = product();
    if (negative) {
      sum = sum.times(-1);
    }
    while (true) {
      if (take('+')) {
        sum = sum.plus(product());
      } else if (take('-')) {
        sum = sum.minus(product());
      } else {
        depth--;
        return sum;
      }
    }
  }

  private Dim product() {
    Dim product = factor();
    while (take('*')) {
      product = product.times(factor());
    }
    return product;
  }

  private Dim factor() {
    skipSpace();
    if (take('(')) {
      Dim inner = sum();
      expect(')');
      return inner;
    }
    if (at < text.length() && Character.isDigit(text.charAt(at))) {
      int start = at;
      while (at < text.length() && Character.isDigit(text.charAt(at))) {
        at++;
      }
      try {
        return Dim.of(Long.parseLong(text.substring(start, at)));
      } catch (NumberFormatException e) {
        throw error("number out of range");
      }
    }
    int start = at;
    while (at < text.length() && (isSymbolPart(text.charAt(at)) || text.charAt(at) == '?')) {
      at++;
    }
    String name = text.substring(start, at);
    if (!isSymbolName(name)) {
      throw error("a number, a symbol or '(' is expected");
    }
    return take('(') ? call(name) : Dim.symbol(name);
  }

  private Dim call(String name) {
    Dim a = sum();
    expect(',');
    Dim b = sum();
    expect(')');
    return switch (name) {
      case "floordiv" -> a.floorDiv(b);
      case "min" -> a.min(b);
      case "max" -> a.max(b);
      default -> throw error("unknown function '" + name + "'; known are floordiv, min and max");
    };
  }

  private boolean take(char c) {
    skipSpace();
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c) {
    if (!take(c)) {
      throw error("'" + c + "' is expected");
    }
  }

  private void skipSpace() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }

  private IllegalArgumentException error(String what) {
    return new IllegalArgumentException(
        "'" + text + "' is not a dimension: " + what + " at column " + (at + 1));
  }
}
