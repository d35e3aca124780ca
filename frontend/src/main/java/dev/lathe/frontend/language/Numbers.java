package dev.lathe.frontend.language;

import dev.lathe.frontend.layers.LayerException;
import dev.lathe.frontend.layers.Written;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Operators on what is known when a model is compiled: integers, numbers, symbolic sizes, truth
 * values, strings and lists.
 */
final class Numbers {
  private Numbers() {}

  /** A size as an integer if it is fixed. */
  static Object plain(Dim dim) {
    return dim.isFixed() ? (Object) dim.value() : dim;
  }

  /**
   * The result of an operator.
   *
   * @throws LayerException if it does not apply
   */
  static Object binary(String operator, Object a, Object b) {
    return switch (operator) {
      case "==" -> same(a, b);
      case "!=" -> !same(a, b);
      case "<", "<=", ">", ">=" -> compare(operator, a, b);
      case "and" -> truth(a) && truth(b);
      case "or" -> truth(a) || truth(b);
      default -> arithmetic(operator, a, b);
    };
  }

  private static LayerException inapplicable(String operator, Object a, Object b) {
    return new LayerException(
        "'"
            + operator
            + "' does not apply to "
            + Written.described(a)
            + " and "
            + Written.described(b),
        "");
  }

  /**
   * A truth value.
   *
   * @throws LayerException if it is none
   */
  static boolean truth(Object value) {
    if (value instanceof Boolean flag) {
      return flag;
    }
    if (value instanceof Value) {
      throw new LayerException(
          "a condition must be known when the model is compiled, and this is "
              + Written.described(value),
          "use where(condition, a, b) to choose between elements");
    }
    throw new LayerException(
        "a condition must be true or false, not " + Written.described(value),
        value instanceof Long ? "compare it: … != 0" : "");
  }

  private static boolean same(Object a, Object b) {
    if (isNumber(a) && isNumber(b)) {
      return toDouble(a) == toDouble(b);
    }
    if (a instanceof Dim || b instanceof Dim) {
      if (a.equals(b)) {
        return true;
      }
      throw undecided(a, b);
    }
    return a.equals(b);
  }

  private static LayerException undecided(Object a, Object b) {
    Object open = a instanceof Dim ? a : b;
    return new LayerException(
        Written.text(a) + " and " + Written.text(b) + " cannot be compared before the model runs",
        "give " + open + " a number in the model's inputs");
  }

  private static boolean compare(String operator, Object a, Object b) {
    int order;
    if (isNumber(a) && isNumber(b)) {
      order = Double.compare(toDouble(a), toDouble(b));
    } else if (a instanceof String x && b instanceof String y) {
      order = x.compareTo(y);
    } else if (a instanceof Dim || b instanceof Dim) {
      throw undecided(a, b);
    } else {
      throw inapplicable(operator, a, b);
    }
    return switch (operator) {
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  private static boolean isNumber(Object value) {
    return value instanceof Long || value instanceof Double;
  }

  private static double toDouble(Object value) {
    return value instanceof Long integer ? (double) integer : (double) (Double) value;
  }

  private static Object arithmetic(String operator, Object a, Object b) {
    try {
      if (a instanceof Long x && b instanceof Long y) {
        return integers(operator, x, y);
      }
      if (isNumber(a) && isNumber(b)) {
        return doubles(operator, toDouble(a), toDouble(b));
      }
      if ((a instanceof Dim || a instanceof Long) && (b instanceof Dim || b instanceof Long)) {
        return sizes(operator, size(a), size(b));
      }
    } catch (ArithmeticException e) {
      throw new LayerException(
          Written.text(a) + " " + operator + " " + Written.text(b) + " does not fit 64 bits", "");
    }
    if (operator.equals("+") && a instanceof String x && b instanceof String y) {
      if (x.length() + y.length() > Builtins.LONGEST_LIST) {
        throw new LayerException(
            "the string would be longer than " + Builtins.LONGEST_LIST + " characters", "");
      }
      return x + y;
    }
    if (operator.equals("+") && a instanceof List<?> x && b instanceof List<?> y) {
      return limited(x, y, 1);
    }
    if (operator.equals("*") && a instanceof List<?> x && b instanceof Long times) {
      return limited(List.of(), x, times);
    }
    throw inapplicable(operator, a, b);
  }

  private static List<Object> limited(List<?> first, List<?> repeated, long times) {
    if (first.size() + (double) repeated.size() * times > Builtins.LONGEST_LIST) {
      throw new LayerException("the list would be longer than " + Builtins.LONGEST_LIST, "");
    }
    List<Object> result = new ArrayList<>(first);
    for (long i = 0; i < times && !repeated.isEmpty(); i++) {
      result.addAll(repeated);
    }
    return result;
  }

  private static Object integers(String operator, long a, long b) {
    if (b == 0 && (operator.equals("/") || operator.equals("%"))) {
      throw new LayerException(a + " " + operator + " 0 is not defined", "");
    }
    return switch (operator) {
      case "+" -> Math.addExact(a, b);
      case "-" -> Math.subtractExact(a, b);
      case "*" -> Math.multiplyExact(a, b);
      case "/" -> a % b == 0 ? (Object) (a / b) : (Object) ((double) a / b);
      case "%" -> Math.floorMod(a, b);
      case "**" -> b >= 0 ? (Object) power(a, b) : (Object) Math.pow((double) a, (double) b);
      default -> throw inapplicable(operator, a, b);
    };
  }

  private static long power(long base, long exponent) {
    long result = 1;
    for (long i = 0; i < exponent && (Math.abs(base) > 1 || i < 2); i++) {
      result = Math.multiplyExact(result, base);
    }
    return base == -1 && exponent % 2 == 0 ? 1 : result;
  }

  private static double doubles(String operator, double a, double b) {
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "%" -> a - b * Math.floor(a / b);
      case "**" -> Math.pow(a, b);
      default -> throw inapplicable(operator, a, b);
    };
  }

  private static Dim size(Object value) {
    return value instanceof Dim dim ? dim : Dim.of((Long) value);
  }

  private static Object sizes(String operator, Dim a, Dim b) {
    return switch (operator) {
      case "+" -> plain(a.plus(b));
      case "-" -> plain(a.minus(b));
      case "*" -> plain(a.times(b));
      case "/" -> {
        Dim quotient = b.is(0) ? null : a.divideExactlyOrNull(b);
        if (quotient == null) {
          throw new LayerException(
              "whether " + a + " is a multiple of " + b + " is not known",
              "use floor_div(" + a + ", " + b + ")");
        }
        yield plain(quotient);
      }
      case "%" -> plain(a.minus(a.floorDiv(b).times(b)));
      default -> throw inapplicable(operator, a, b);
    };
  }

  /**
   * The negative of a number.
   *
   * @throws LayerException if it is none
   */
  static Object negative(Object value) {
    return switch (value) {
      case Long integer -> -integer;
      case Double number -> -number;
      case Dim dim -> plain(dim.times(-1));
      default -> throw new LayerException("'-' does not apply to " + Written.described(value), "");
    };
  }
}
