package dev.lathe.frontend.language;

import dev.lathe.frontend.layers.LayerException;
import dev.lathe.frontend.layers.Written;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Functions of what is known when a model is compiled. */
final class Builtins {
  /** Longer lists are taken for mistakes. */
  static final int LONGEST_LIST = 1_000_000;

  /**
   * A function.
   *
   * @param name what it is called by
   * @param usage how it is called
   * @param fewest how many arguments it takes at least
   * @param most how many it takes at most
   * @param body computes; may throw a {@link LayerException}
   */
  record Builtin(
      String name, String usage, int fewest, int most, Function<List<Object>, Object> body) {}

  private static final Map<String, Builtin> BY_NAME = new LinkedHashMap<>();

  static {
    add("range", "range(stop) or range(start, stop, step)", 1, 3, Builtins::range);
    add("len", "len(list)", 1, 1, Builtins::len);
    add("enumerate", "enumerate(list)", 1, 1, Builtins::enumerate);
    add("zip", "zip(list, list, …)", 2, 8, Builtins::zip);
    add("reversed", "reversed(list)", 1, 1, args -> list(args, 0).reversed());
    add("int", "int(number)", 1, 1, Builtins::toInteger);
    add("float", "float(number)", 1, 1, args -> number(args, 0));
    add("str", "str(value)", 1, 1, Builtins::toText);
    add("floor_div", "floor_div(a, b)", 2, 2, Builtins::floorDiv);
    add("min", "min(a, b, …) or min(list)", 1, 64, args -> extreme(args, false));
    add("max", "max(a, b, …) or max(list)", 1, 64, args -> extreme(args, true));
    add("sum", "sum(list)", 1, 1, Builtins::sum);
  }

  private Builtins() {}

  private static void add(
      String name, String usage, int fewest, int most, Function<List<Object>, Object> body) {
    BY_NAME.put(name, new Builtin(name, usage, fewest, most, body));
  }

  static Map<String, Builtin> all() {
    return BY_NAME;
  }

  private static LayerException wanted(String wanted, Object instead) {
    String help =
        instead instanceof Value ? "it works on what is known when the model is compiled" : "";
    return new LayerException("wants " + wanted + ", not " + Written.described(instead), help);
  }

  private static long integer(List<Object> args, int index) {
    if (args.get(index) instanceof Long integer) {
      return integer;
    }
    if (args.get(index) instanceof Dim dim) {
      throw new LayerException(
          "wants a number, and the size " + dim + " is not known when the model is compiled",
          "give " + dim + " a number in the model's inputs");
    }
    throw wanted("an integer", args.get(index));
  }

  private static double number(List<Object> args, int index) {
    return switch (args.get(index)) {
      case Long integer -> (double) integer;
      case Double number -> number;
      default -> throw wanted("a number", args.get(index));
    };
  }

  @SuppressWarnings("unchecked") // Lists of the language hold objects.
  private static List<Object> list(List<Object> args, int index) {
    if (args.get(index) instanceof List<?> list) {
      return (List<Object>) list;
    }
    throw wanted("a list", args.get(index));
  }

  private static Object range(List<Object> args) {
    long start = args.size() == 1 ? 0 : integer(args, 0);
    long stop = integer(args, args.size() == 1 ? 0 : 1);
    long step = args.size() == 3 ? integer(args, 2) : 1;
    if (step == 0) {
      throw new LayerException("has a step of 0", "");
    }
    List<Object> result = new ArrayList<>();
    for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
      if (result.size() >= LONGEST_LIST) {
        throw new LayerException("would be longer than " + LONGEST_LIST, "");
      }
      result.add(i);
    }
    return result;
  }

  private static Object len(List<Object> args) {
    return args.get(0) instanceof String text ? (long) text.length() : (long) list(args, 0).size();
  }

  private static Object enumerate(List<Object> args) {
    List<Object> result = new ArrayList<>();
    for (Object each : list(args, 0)) {
      result.add(List.of((long) result.size(), each));
    }
    return result;
  }

  private static Object zip(List<Object> args) {
    int shortest = Integer.MAX_VALUE;
    for (int i = 0; i < args.size(); i++) {
      shortest = Math.min(shortest, list(args, i).size());
    }
    List<Object> result = new ArrayList<>();
    for (int row = 0; row < shortest; row++) {
      List<Object> each = new ArrayList<>();
      for (int i = 0; i < args.size(); i++) {
        each.add(list(args, i).get(row));
      }
      result.add(each);
    }
    return result;
  }

  private static Object toInteger(List<Object> args) {
    return switch (args.get(0)) {
      case Long integer -> integer;
      case Double number when Math.abs(number) < 0x1p62 -> (long) (double) number;
      case Boolean flag -> flag ? 1L : 0L;
      default -> throw wanted("a number", args.get(0));
    };
  }

  private static Object toText(List<Object> args) {
    return args.get(0) instanceof String text ? text : Written.text(args.get(0));
  }

  private static Object floorDiv(List<Object> args) {
    if (args.get(0) instanceof Dim || args.get(1) instanceof Dim) {
      Dim a = args.get(0) instanceof Dim dim ? dim : Dim.of(integer(args, 0));
      Dim b = args.get(1) instanceof Dim dim ? dim : Dim.of(integer(args, 1));
      return Numbers.plain(a.floorDiv(b));
    }
    long divisor = integer(args, 1);
    if (divisor == 0) {
      throw new LayerException("divides by 0", "");
    }
    return Math.floorDiv(integer(args, 0), divisor);
  }

  private static Object extreme(List<Object> args, boolean largest) {
    List<Object> candidates = args.size() == 1 ? list(args, 0) : args;
    if (candidates.isEmpty()) {
      throw new LayerException("has nothing to choose from", "");
    }
    Object best = candidates.get(0);
    for (int i = 0; i < candidates.size(); i++) {
      if (candidates.get(i) instanceof Value value) {
        throw new LayerException(
            "works on numbers that are known when the model is compiled, not on " + value.type(),
            largest ? "use maximum() or reduce_max()" : "use minimum() or reduce_min()");
      }
      double difference = number(candidates, i) - number(List.of(best), 0);
      if (largest ? difference > 0 : difference < 0) {
        best = candidates.get(i);
      }
    }
    return best;
  }

  private static Object sum(List<Object> args) {
    Object total = 0L;
    for (Object each : list(args, 0)) {
      total = Numbers.binary("+", total, each);
    }
    return total;
  }
}
