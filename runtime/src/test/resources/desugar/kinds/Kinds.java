package kinds;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.ObjIntConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import kinds.base.Base;

/** Prints one line for each kind of call site that a compiler links through invokedynamic. */
public final class Kinds extends Base {
  private final String name;

  private Kinds(String name) {
    this.name = name;
  }

  private Kinds(int number) {
    this("number " + number);
  }

  @Override
  public String toString() {
    return "Kinds " + name;
  }

  private static void print(Object value) {
    System.out.println(value);
  }

  private static String failure(Callable<?> code) {
    try {
      return "no failure: " + code.call();
    } catch (Exception e) {
      return e.getClass().getName();
    }
  }

  public static void main(String[] args) throws Exception {
    captures(true, (byte) -3, 'x', (short) -300, 70000, 1L << 40, 1.5f, Math.PI, "text");
    new Kinds("this").references();
    conversions();
    nested();
    interfaces();
    serialisable();
    for (Object value : values()) {
      print(types(value) + " " + guards(value) + " " + nestedPatterns(value));
    }
    print(failure(() -> types(null)));
    enums();
    records();
  }

  private static void captures(
      boolean z, byte b, char c, short s, int i, long j, float f, double d, String text) {
    Supplier<String> all = () -> z + " " + b + c + s + i + j + f + d + text;
    print(all.get());
    LongSupplier sum = () -> b + c + s + i + j;
    print(sum.getAsLong());
    DoubleSupplier product = () -> f * d * j;
    print(product.getAsDouble());
    IntBinaryOperator mixed = (x, y) -> z ? x * i : y;
    print(mixed.applyAsInt(3, 4));
    List<Runnable> counters = new ArrayList<>();
    for (int k = 0; k < 3; k++) {
      int number = k;
      counters.add(() -> print(number));
    }
    counters.forEach(Runnable::run);
    Supplier<Object> one = () -> "x";
    print(one.get());
    int[] cells = {1, 2};
    IntUnaryOperator cell = at -> cells[at];
    print(cell.applyAsInt(1));
  }

  private String own(int x) {
    return name + x;
  }

  private static int twice(int x) {
    return 2 * x;
  }

  private static String joined(String... parts) {
    return String.join("+", parts);
  }

  private <T extends Comparable<T> & Serializable> T larger(T a, T b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  private void references() {
    IntFunction<String> bound = this::own;
    IntUnaryOperator ofClass = Kinds::twice;
    Function<Kinds, String> unbound = Kinds::toString;
    BiFunction<Kinds, Integer, String> unboundPrivate = Kinds::own;
    IntFunction<String> inherited = this::guarded;
    IntFunction<String> inheritedStatic = Base::guardedStatic;
    IntFunction<String> ofSuper = super::guarded;
    print(bound.apply(1) + ofClass.applyAsInt(2) + unbound.apply(this));
    print(unboundPrivate.apply(this, 3) + inherited.apply(4) + inheritedStatic.apply(5));
    print(ofSuper.apply(6));
    Function<String, Kinds> create = Kinds::new;
    IntFunction<Kinds> createOfInt = Kinds::new;
    Supplier<List<String>> list = ArrayList::new;
    IntFunction<String[]> array = String[]::new;
    IntFunction<int[][]> arrays = int[][]::new;
    UnaryOperator<int[]> copy = int[]::clone;
    print(create.apply("made") + " " + createOfInt.apply(7) + list.get());
    print(array.apply(2).length + arrays.apply(3).length + copy.apply(new int[4]).length);
    Function<String, String> variable = Kinds::joined;
    BiFunction<String, String, String> variableOfTwo = Kinds::joined;
    print(variable.apply("a") + variableOfTwo.apply("a", "b"));
    BiFunction<Integer, Integer, Integer> generic = this::larger;
    Comparator<String> ofInterface = String::compareToIgnoreCase;
    Predicate<String> ofText = "abc"::contains;
    Function<List<?>, Integer> size = List::size;
    print(generic.apply(1, 2) + ofInterface.compare("A", "a") + " " + ofText.test("b"));
    print(size.apply(List.of(1)));
    Kinds none = args().length == 0 ? null : this;
    print(failure(() -> (IntFunction<String>) none::own));
    Shape shape = with -> with + name;
    print(shape.draw("shape "));
    Runnable outer = Kinds.this::hello;
    outer.run();
    class Local {
      Supplier<String> both(String more) {
        return () -> name + more + this.getClass().getSimpleName();
      }
    }
    print(new Local().both(" and ").get());
    Function<String, Local> locals = unused -> new Local();
    print(locals.apply("").both("!").get());
  }

  private static String[] args() {
    return new String[0];
  }

  private boolean hello() {
    print("hello " + name);
    return true;
  }

  private static Integer boxed(Integer x) {
    return x == null ? null : x + 1;
  }

  private static long wide(long x) {
    return x * 3;
  }

  private static char character(int x) {
    return (char) x;
  }

  private static double real(double x) {
    return x / 2;
  }

  private interface ToShort {
    short of(byte x);
  }

  private interface OfChar {
    Object of(char x);
  }

  private static <T extends Number> int whole(T value) {
    return value.intValue();
  }

  private static void conversions() {
    IntUnaryOperator unboxing = Kinds::boxed;
    Function<Integer, Integer> boxing = Kinds::twice;
    ToLongFunction<Integer> widening = Kinds::wide;
    IntFunction<Long> wideningAndBoxing = Kinds::wide;
    Function<Byte, Object> unboxingWideningBoxing = Kinds::wide;
    IntFunction<Object> toObject = Kinds::twice;
    IntFunction<Comparable<?>> toComparable = Kinds::character;
    ToDoubleFunction<Character> charToDouble = Kinds::real;
    ToShort toShort = x -> x;
    OfChar ofChar = Character::valueOf;
    LongFunction<Double> longToDouble = Kinds::real;
    ToIntFunction<Short> generic = Kinds::whole;
    Consumer<List<String>> ignores = List::size;
    Consumer<Long> ignoresLong = Kinds::wide;
    ObjIntConsumer<StringBuilder> appends = StringBuilder::append;
    IntPredicate predicate = Character::isDigit;
    Runnable creates = Object::new;
    print(unboxing.applyAsInt(4) + " " + boxing.apply(5) + " " + widening.applyAsLong(6));
    print(wideningAndBoxing.apply(7) + " " + unboxingWideningBoxing.apply((byte) -8));
    print(toObject.apply(9) + " " + toComparable.apply('c') + charToDouble.applyAsDouble('d'));
    print(toShort.of((byte) -1) + " " + ofChar.of('e') + " " + longToDouble.apply(11L));
    print(generic.applyAsInt((short) 12));
    ignores.accept(List.of());
    ignoresLong.accept(13L);
    creates.run();
    StringBuilder text = new StringBuilder();
    appends.accept(text, 14);
    print(text + " " + predicate.test('1'));
    print(failure(() -> boxing.apply(null)));
    Function<String, Integer> length = String::length;
    @SuppressWarnings({"unchecked", "rawtypes"})
    Function<Object, Object> polluted = (Function) length;
    print(failure(() -> polluted.apply(1)));
    Comparator<String> comparator = (x, y) -> y.compareTo(x);
    print(comparator.reversed().compare("a", "b"));
    Transform<String> bridged = x -> x + "!";
    UnaryOperator<String> plain = bridged;
    print(bridged.apply("bridge") + plain.andThen(String::length).apply("four"));
  }

  private interface Transform<T extends CharSequence> extends UnaryOperator<T> {
    @Override
    T apply(T x);
  }

  private static void nested() {
    Function<Integer, Function<Integer, Supplier<String>>> curried =
        x -> y -> () -> x + "," + y + ":" + twice(x);
    print(curried.apply(1).apply(2).get());
    Supplier<Runnable> twiceNested = () -> () -> print("inner");
    twiceNested.get().run();
  }

  private interface Greeter {
    private String secret(String to) {
      return "secret " + to + this.name();
    }

    private static String shared(String to) {
      return "shared " + to;
    }

    String name();

    default String greet() {
      UnaryOperator<String> bound = this::secret;
      UnaryOperator<String> ofClass = Greeter::shared;
      Function<Greeter, String> unbound = x -> x.secret("other ");
      Supplier<String> lambda = () -> secret("lambda ") + shared("lambda");
      return bound.apply("you ") + ofClass.apply("you") + unbound.apply(this) + lambda.get();
    }
  }

  private static void interfaces() {
    Greeter greeter = () -> "G";
    print(greeter.greet());
    Supplier<String> through = greeter::name;
    print(through.get());
  }

  private static void serialisable() throws Exception {
    int captured = 3;
    Supplier<String> supplier = (Supplier<String> & Serializable) () -> "serialised " + captured;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(supplier);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      print(((Supplier<?>) in.readObject()).get());
    }
  }

  private sealed interface Node permits Leaf, Pair, Colour, Empty {}

  private record Leaf(int value) implements Node {}

  private record Pair(Node left, Node right) implements Node {}

  private enum Empty implements Node {
    ONLY
  }

  private enum Colour implements Node {
    RED,
    GREEN {
      @Override
      String shade() {
        return "light";
      }
    },
    BLUE;

    String shade() {
      return "dark";
    }
  }

  private static List<Object> values() {
    Pair pair = new Pair(new Leaf(1), new Pair(Colour.RED, new Leaf(2)));
    return List.of(
        new Leaf(0),
        new Leaf(9),
        pair,
        new Pair(pair, new Leaf(3)),
        Colour.RED,
        Colour.GREEN,
        Colour.BLUE,
        Empty.ONLY,
        "text",
        "longer text",
        1,
        2,
        'c',
        2.5,
        new int[] {1, 2},
        new String[] {"s"},
        List.of(1),
        new Pair(new Leaf(4), new Leaf(4)));
  }

  private static String types(Object value) {
    return switch (value) {
      case Integer i -> "int " + i;
      case String s -> "text " + s;
      case int[] a -> "ints " + a.length;
      case Object[] a -> "objects " + a.length;
      case Node n -> "node";
      case CharSequence c -> "chars";
      default -> "other";
    };
  }

  private static String guards(Object value) {
    return switch (value) {
      case null -> "null";
      case String s when s.length() > 4 -> "long";
      case String s when s.isEmpty() -> "empty";
      case String s -> "short";
      case Leaf(int x) when x > 5 -> "large leaf";
      case Leaf leaf when leaf.value() < 0 -> "negative";
      case Node n ->
          switch (n) {
            case Leaf leaf -> "leaf";
            case Colour.RED -> "red node";
            case Colour.BLUE -> "blue node";
            case Colour c when c.shade().equals("light") -> "light node";
            case Colour c -> "colour node";
            case Empty.ONLY -> "empty node";
            case Pair p -> "pair";
          };
      default -> "?";
    };
  }

  private static String nestedPatterns(Object value) {
    return switch (value) {
      case Pair(Leaf(int a), Leaf(int b)) when a == b -> "equal leaves";
      case Pair(Leaf(var a), Pair(Colour c, Leaf(int b))) -> a + c.name() + b;
      case Pair(Pair(var a, var b), Node c) -> "left " + b;
      case Pair p -> "pair";
      case Leaf(int a) -> "leaf " + a;
      default -> "none";
    };
  }

  private static String plain(Colour colour) {
    return switch (colour) {
      case RED -> "r";
      case GREEN -> "g";
      case BLUE -> "b";
    };
  }

  private static String guarded(Colour colour, boolean warm) {
    return switch (colour) {
      case null -> "null";
      case Colour c when warm && c == Colour.RED -> "warm red";
      case GREEN -> "green";
      case Colour c when !warm -> "cold " + c;
      case RED -> "red";
      case BLUE -> "blue";
    };
  }

  private static String text(String text, int least) {
    return switch (text) {
      case null -> "null";
      case "one" -> "1";
      case "two" -> "2";
      case String s when s.length() > least -> "long " + s;
      case "six" -> "6";
      case String s -> "other";
    };
  }

  private static String number(Integer number, boolean odd) {
    return switch (number) {
      case 1 -> "one";
      case Integer i when odd -> "odd " + i;
      case 70000 -> "many";
      case Integer i -> "else";
    };
  }

  private static String letter(Character letter) {
    return switch (letter) {
      case 'a' -> "first";
      case Character c when c > 'x' -> "late";
      case 'c' -> "third";
      case Character c -> "else";
    };
  }

  private static void enums() {
    for (Colour colour : Colour.values()) {
      print(plain(colour) + guarded(colour, true) + guarded(colour, false));
    }
    print(guarded(null, true) + text(null, 0) + failure(() -> number(null, true)));
    print(text("one", 0) + text("two", 0) + text("three", 3) + text("six", 3) + text("x", 3));
    print(number(1, true) + number(2, true) + number(70000, false) + number(2, false));
    print(letter('a') + letter('c') + letter('z') + letter('b'));
  }

  private record Every(
      boolean z, byte b, char c, short s, int i, long j, float f, double d, String t, int[] a) {}

  private record None() {}

  private record Generic<T extends Comparable<T>>(T value, List<? super T> list) {
    private static int made;

    Generic {
      made++;
    }

    @Override
    public int hashCode() {
      return 42;
    }
  }

  private static void records() {
    int[] cells = {1};
    Every every = every(1f, 2d, "t", null);
    print(every + " " + every.hashCode());
    print(every.equals(every(1f, 2d, "t", null)) + " " + every.equals(null));
    print(every.equals("text") + " " + every.equals(every(1f, 2d, "u", null)));
    print(every(1f, 2d, null, cells).equals(every(1f, 2d, null, cells)));
    print(every(1f, 2d, null, cells).equals(every(1f, 2d, null, new int[] {1})));
    for (float f : new float[] {0f, -0f, Float.NaN, Float.intBitsToFloat(0x7fc12345)}) {
      for (double d : new double[] {0, -0d, Double.NaN}) {
        Every other = every(f, d, "t", null);
        print(other + " " + other.hashCode() + other.equals(every(0f, 0d, "t", null)));
        print(
            other.equals(every(-0f, -0d, "t", null)) + " " + other.equals(every(f, d, "t", null)));
        print(other.equals(every(Float.NaN, Double.NaN, "t", null)));
      }
    }
    Every one = new Every(true, (byte) 1, 'c', (short) 2, 3, 4, 5, 6, "", null);
    print(one.equals(new Every(false, (byte) 1, 'c', (short) 2, 3, 4, 5, 6, "", null)));
    print(one.equals(new Every(true, (byte) 2, 'c', (short) 2, 3, 4, 5, 6, "", null)));
    print(one.equals(new Every(true, (byte) 1, 'd', (short) 2, 3, 4, 5, 6, "", null)));
    print(one.equals(new Every(true, (byte) 1, 'c', (short) 3, 3, 4, 5, 6, "", null)));
    print(one.equals(new Every(true, (byte) 1, 'c', (short) 2, 4, 4, 5, 6, "", null)));
    print(one.equals(new Every(true, (byte) 1, 'c', (short) 2, 3, 1L << 32, 5, 6, "", null)));
    print(new None() + " " + new None().hashCode() + new None().equals(new None()));
    Generic<String> generic = new Generic<>("a", new ArrayList<>(List.of("b")));
    print(generic + " " + generic.hashCode() + generic.equals(new Generic<>("a", List.of("b"))));
    record Local(char x, Object y) {}
    print(new Local('x', new Local('y', null)) + " " + new Local('x', 1).hashCode());
    print(new Top(List.of(1), -1L) + " " + new Top(null, 1L << 33).hashCode());
  }

  private static Every every(float f, double d, String t, int[] a) {
    return new Every(true, (byte) -1, 'c', (short) -2, 3, 1L << 40, f, d, t, a);
  }
}

record Top(Object list, long number) {}
