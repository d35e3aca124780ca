package dev.lathe.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One dimension of a shape: a number, a symbol such as {@code N}, or an expression of symbols.
 *
 * <p>A dimension is a polynomial with integer coefficients over <em>atoms</em>, kept in one
 * canonical form, so that equal expressions are {@linkplain #equals equal} objects: {@code N + N}
 * is {@code 2*N}. An atom is a symbol, or a floor division, minimum or maximum of two dimensions
 * that the polynomial arithmetic could not resolve.
 *
 * <p>A symbol stands for a size that is bound when inputs are given, and is at least zero. A symbol
 * whose name begins with {@code ?} is <em>unbacked</em>: its value depends on the data of a tensor
 * (ONNX {@code NonZero}), is known only when that tensor is, and may be negative where it stands
 * for an element of an integer tensor instead of a size.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class Dim implements Comparable<Dim> {

  /** Zero. */
  public static final Dim ZERO = new Dim(new TreeMap<>());

  /** One. */
  public static final Dim ONE = of(1);

  private final NavigableMap<DimMonomial, Long> terms;
  private final int hash;

  private Dim(NavigableMap<DimMonomial, Long> terms) {
    this.terms = terms;
    this.hash = terms.hashCode();
  }

  /** The dimension of a fixed size; negative numbers are allowed in arithmetic on shapes. */
  public static Dim of(long value) {
    if (value == 0) {
      return ZERO;
    }
    TreeMap<DimMonomial, Long> terms = new TreeMap<>();
    terms.put(DimMonomial.ONE, value);
    return new Dim(terms);
  }

  /**
   * The dimension named {@code name}.
   *
   * @param name a letter or one of {@code _ ?}, then letters, digits or {@code _ .}
   * @throws IllegalArgumentException if the name has another form
   */
  public static Dim symbol(String name) {
    if (!DimParser.isSymbolName(name)) {
      throw new IllegalArgumentException(
          "'"
              + name
              + "' cannot name a dimension; use letters, digits, '_' and '.', a letter first");
    }
    return ofAtom(new DimAtom.Symbol(name));
  }

  /**
   * Reads what {@link #toString} writes, and ordinary arithmetic: {@code 2*N+1}, {@code
   * floordiv(N+1, 2)}, {@code min(N, 5)}.
   *
   * @throws IllegalArgumentException if the text is not a dimension
   */
  public static Dim parse(String text) {
    return DimParser.parse(text);
  }

  /**
   * Reads dimensions separated by commas, as {@link Shape#toString} writes them between brackets.
   *
   * @throws IllegalArgumentException if one cannot be read
   */
  public static List<Dim> parseList(String text) {
    List<Dim> dims = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == ',' && depth == 0) {
        dims.add(parse(text.substring(start, i).strip()));
        start = i + 1;
      }
    }
    String last = text.substring(start).strip();
    if (!last.isEmpty() || !dims.isEmpty()) {
      dims.add(parse(last));
    }
    return dims;
  }

  private static Dim ofAtom(DimAtom atom) {
    TreeMap<DimMonomial, Long> terms = new TreeMap<>();
    terms.put(DimMonomial.of(List.of(atom)), 1L);
    return new Dim(terms);
  }

  /** True if this is a number. */
  public boolean isFixed() {
    return terms.isEmpty() || (terms.size() == 1 && terms.firstKey().factors().isEmpty());
  }

  /** True if this is the number {@code value}. */
  public boolean is(long value) {
    return isFixed() && value() == value;
  }

  /**
   * The number this is.
   *
   * @throws IllegalStateException if it is not {@linkplain #isFixed fixed}
   */
  public long value() {
    if (!isFixed()) {
      throw new IllegalStateException("dimension '" + this + "' is not a fixed size");
    }
    return terms.isEmpty() ? 0 : terms.firstEntry().getValue();
  }

  /** True if this is one symbol alone. */
  public boolean isSymbol() {
    return symbolOrNull() != null;
  }

  /**
   * The name of the symbol this is.
   *
   * @throws IllegalStateException if it is not a {@linkplain #isSymbol symbol}
   */
  public String symbolName() {
    DimAtom.Symbol symbol = symbolOrNull();
    if (symbol == null) {
      throw new IllegalStateException("dimension '" + this + "' is not a symbol");
    }
    return symbol.name();
  }

  private DimAtom.@Nullable Symbol symbolOrNull() {
    return atomOrNull() instanceof DimAtom.Symbol symbol ? symbol : null;
  }

  /** The atom this is alone; null for numbers, sums and products. */
  private @Nullable DimAtom atomOrNull() {
    if (terms.size() != 1 || terms.firstEntry().getValue() != 1) {
      return null;
    }
    List<DimAtom> factors = terms.firstKey().factors();
    return factors.size() == 1 ? factors.get(0) : null;
  }

  /** The names of all symbols in this expression, sorted. */
  public Set<String> symbols() {
    Set<String> names = new TreeSet<>();
    collectSymbols(names);
    return names;
  }

  void collectSymbols(Set<String> into) {
    for (DimMonomial monomial : terms.keySet()) {
      for (DimAtom atom : monomial.factors()) {
        atom.collectSymbols(into);
      }
    }
  }

  /** True if the value depends on the data of a tensor (a symbol whose name begins with '?'). */
  public boolean isUnbacked() {
    for (String name : symbols()) {
      if (name.startsWith("?")) {
        return true;
      }
    }
    return false;
  }

  /**
   * True if this is at least zero whatever sizes its symbols are bound to; false if that is
   * unknown.
   */
  public boolean isNonNegative() {
    for (Map.Entry<DimMonomial, Long> term : terms.entrySet()) {
      if (term.getValue() < 0) {
        return false;
      }
      for (DimAtom atom : term.getKey().factors()) {
        if (!isNonNegative(atom)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean isNonNegative(DimAtom atom) {
    return switch (atom) {
      case DimAtom.Symbol symbol -> !symbol.name().startsWith("?");
      case DimAtom.Call call ->
          switch (call.function()) {
            case FLOORDIV -> call.left().isNonNegative() && call.right().isNonNegative();
            case MIN -> call.left().isNonNegative() && call.right().isNonNegative();
            case MAX -> call.left().isNonNegative() || call.right().isNonNegative();
          };
    };
  }

  /** The sum. */
  public Dim plus(Dim other) {
    if (other.terms.isEmpty()) {
      return this;
    }
    TreeMap<DimMonomial, Long> sum = new TreeMap<>(terms);
    for (Map.Entry<DimMonomial, Long> term : other.terms.entrySet()) {
      addTerm(sum, term.getKey(), term.getValue());
    }
    return new Dim(sum);
  }

  /** The sum with a number. */
  public Dim plus(long other) {
    return plus(of(other));
  }

  /** The difference. */
  public Dim minus(Dim other) {
    return plus(other.times(of(-1)));
  }

  /** The product. */
  public Dim times(Dim other) {
    TreeMap<DimMonomial, Long> product = new TreeMap<>();
    for (Map.Entry<DimMonomial, Long> a : terms.entrySet()) {
      for (Map.Entry<DimMonomial, Long> b : other.terms.entrySet()) {
        addTerm(
            product, a.getKey().times(b.getKey()), Math.multiplyExact(a.getValue(), b.getValue()));
      }
    }
    return new Dim(product);
  }

  /** The product with a number. */
  public Dim times(long other) {
    return times(of(other));
  }

  private static void addTerm(Map<DimMonomial, Long> into, DimMonomial monomial, long coefficient) {
    long sum = Math.addExact(into.getOrDefault(monomial, 0L), coefficient);
    if (sum == 0) {
      into.remove(monomial);
    } else {
      into.put(monomial, sum);
    }
  }

  /**
   * The quotient rounded towards negative infinity.
   *
   * @throws ArithmeticException if the divisor is the number zero
   */
  public Dim floorDiv(Dim divisor) {
    if (divisor.isFixed()) {
      long d = divisor.value();
      if (d == 0) {
        throw new ArithmeticException("dimension '" + this + "' is divided by zero");
      }
      if (isFixed()) {
        return of(divide(value(), d));
      }
      return floorDivByNumber(d);
    }
    if (equals(divisor)) {
      return ONE;
    }
    Dim exact = divideExactlyOrNull(divisor);
    return exact != null
        ? exact
        : ofAtom(new DimAtom.Call(DimAtom.Function.FLOORDIV, this, divisor));
  }

  /** The quotient by a number, rounded towards negative infinity. */
  public Dim floorDiv(long divisor) {
    return floorDiv(of(divisor));
  }

  /** The quotient by a number, rounded towards positive infinity. */
  public Dim ceilDiv(long divisor) {
    return plus(divisor - 1).floorDiv(divisor);
  }

  static long divide(long a, long b) {
    if (b == 0) {
      throw new ArithmeticException("a dimension is divided by zero");
    }
    return Math.floorDiv(a, b);
  }

  private Dim floorDivByNumber(long d) {
    // floor((d*q + r) / d) = q + floor(r / d): whole multiples leave the division.
    TreeMap<DimMonomial, Long> quotient = new TreeMap<>();
    TreeMap<DimMonomial, Long> rest = new TreeMap<>();
    for (Map.Entry<DimMonomial, Long> term : terms.entrySet()) {
      long whole = Math.floorDiv(term.getValue(), d);
      long left = Math.floorMod(term.getValue(), d);
      if (term.getKey().factors().isEmpty() || left == 0) {
        addTerm(quotient, term.getKey(), whole);
        addTerm(rest, term.getKey(), left);
      } else {
        addTerm(rest, term.getKey(), term.getValue());
      }
    }
    Dim remainder = new Dim(rest);
    Dim result = new Dim(quotient);
    if (remainder.isFixed()) {
      return result.plus(Math.floorDiv(remainder.value(), d));
    }
    return result.plus(ofAtom(new DimAtom.Call(DimAtom.Function.FLOORDIV, remainder, of(d))));
  }

  /**
   * The quotient if {@code divisor} is one term that divides every term of this, or equals a
   * factor; null if it is not known to divide.
   */
  public @Nullable Dim divideExactlyOrNull(Dim divisor) {
    if (divisor.terms.isEmpty()) {
      return null;
    }
    if (equals(divisor)) {
      return ONE;
    }
    if (divisor.terms.size() != 1) {
      return divideByPolynomial(divisor);
    }
    Map.Entry<DimMonomial, Long> by = divisor.terms.firstEntry();
    TreeMap<DimMonomial, Long> quotient = new TreeMap<>();
    for (Map.Entry<DimMonomial, Long> term : terms.entrySet()) {
      List<DimAtom> factors = new ArrayList<>(term.getKey().factors());
      for (DimAtom atom : by.getKey().factors()) {
        if (!factors.remove(atom)) {
          return null;
        }
      }
      if (term.getValue() % by.getValue() != 0) {
        return null;
      }
      addTerm(quotient, DimMonomial.of(factors), term.getValue() / by.getValue());
    }
    return new Dim(quotient);
  }

  /** Long division with the first terms leading; null where a remainder stays. */
  private @Nullable Dim divideByPolynomial(Dim divisor) {
    Dim rest = this;
    Dim quotient = ZERO;
    Dim lead = leading(divisor);
    for (int step = 0; step < 16 && !rest.terms.isEmpty(); step++) {
      Dim part = leading(rest).divideExactlyOrNull(lead);
      if (part == null) {
        return null;
      }
      quotient = quotient.plus(part);
      rest = rest.minus(part.times(divisor));
    }
    return rest.terms.isEmpty() ? quotient : null;
  }

  private static Dim leading(Dim dim) {
    TreeMap<DimMonomial, Long> lead = new TreeMap<>();
    lead.put(dim.terms.firstKey(), dim.terms.firstEntry().getValue());
    return new Dim(lead);
  }

  /** The smaller of the two. */
  public Dim min(Dim other) {
    if (other.minus(this).isNonNegative()) {
      return this;
    }
    if (minus(other).isNonNegative()) {
      return other;
    }
    Dim absorbed = absorbOrNull(DimAtom.Function.MIN, DimAtom.Function.MAX, other);
    return absorbed != null ? absorbed : ofAtom(ordered(DimAtom.Function.MIN, this, other));
  }

  /** The larger of the two. */
  public Dim max(Dim other) {
    if (other.minus(this).isNonNegative()) {
      return other;
    }
    if (minus(other).isNonNegative()) {
      return this;
    }
    Dim absorbed = absorbOrNull(DimAtom.Function.MAX, DimAtom.Function.MIN, other);
    return absorbed != null ? absorbed : ofAtom(ordered(DimAtom.Function.MAX, this, other));
  }

  /** {@code f(f(a, b), b) = f(a, b)} and {@code f(g(a, b), b) = b} for minimum and maximum. */
  private @Nullable Dim absorbOrNull(DimAtom.Function function, DimAtom.Function dual, Dim other) {
    if (isCallWith(function, other) || other.isCallWith(dual, this)) {
      return this;
    }
    return isCallWith(dual, other) || other.isCallWith(function, this) ? other : null;
  }

  private boolean isCallWith(DimAtom.Function function, Dim part) {
    return atomOrNull() instanceof DimAtom.Call call
        && call.function() == function
        && (call.left().equals(part) || call.right().equals(part));
  }

  private static DimAtom.Call ordered(DimAtom.Function function, Dim a, Dim b) {
    return a.compareTo(b) <= 0
        ? new DimAtom.Call(function, a, b)
        : new DimAtom.Call(function, b, a);
  }

  /**
   * The value for the given sizes of its symbols.
   *
   * @throws IllegalArgumentException if a symbol has no size
   * @throws ArithmeticException on overflow or division by zero
   */
  public long evaluate(Map<String, Long> bindings) {
    long sum = 0;
    for (Map.Entry<DimMonomial, Long> term : terms.entrySet()) {
      long product = term.getValue();
      for (DimAtom atom : term.getKey().factors()) {
        product = Math.multiplyExact(product, atom.evaluate(bindings));
      }
      sum = Math.addExact(sum, product);
    }
    return sum;
  }

  /**
   * The value in another arithmetic, such as one that makes the nodes of another format: terms and
   * factors are taken in the order of {@link #toString}.
   */
  public <T> T compute(DimArithmetic<T> arithmetic) {
    if (isFixed()) {
      return arithmetic.number(value());
    }
    @Nullable T sum = null;
    for (Map.Entry<DimMonomial, Long> term : terms.entrySet()) {
      @Nullable T product = null;
      for (DimAtom atom : term.getKey().factors()) {
        T factor = atom.compute(arithmetic);
        product = product == null ? factor : arithmetic.times(product, factor);
      }
      T coefficient = arithmetic.number(term.getValue());
      T whole =
          product == null
              ? coefficient
              : term.getValue() == 1 ? product : arithmetic.times(product, coefficient);
      sum = sum == null ? whole : arithmetic.plus(sum, whole);
    }
    return Objects.requireNonNull(sum);
  }

  /** This with symbols replaced; those without a replacement stay. */
  public Dim substitute(Map<String, Dim> bindings) {
    if (isFixed()) {
      return this;
    }
    Dim sum = ZERO;
    for (Map.Entry<DimMonomial, Long> term : terms.entrySet()) {
      Dim product = of(term.getValue());
      for (DimAtom atom : term.getKey().factors()) {
        product = product.times(atom.substitute(bindings));
      }
      sum = sum.plus(product);
    }
    return sum;
  }

  @Override
  public int compareTo(Dim other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Dim that && hash == that.hash && terms.equals(that.terms));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** The expression in the form that {@link #parse} reads. */
  @Override
  public String toString() {
    if (terms.isEmpty()) {
      return "0";
    }
    StringBuilder text = new StringBuilder();
    for (Map.Entry<DimMonomial, Long> term : terms.entrySet()) {
      long coefficient = term.getValue();
      String monomial = term.getKey().text();
      if (!text.isEmpty()) {
        text.append(coefficient < 0 ? " - " : " + ");
      } else if (coefficient < 0) {
        text.append('-');
      }
      // Long.MIN_VALUE has no positive twin; its digits after the sign are taken from its text.
      String digits = Long.toString(coefficient).replace("-", "");
      if (monomial.isEmpty()) {
        text.append(digits);
      } else if (digits.equals("1")) {
        text.append(monomial);
      } else {
        text.append(digits).append('*').append(monomial);
      }
    }
    return text.toString();
  }
}
