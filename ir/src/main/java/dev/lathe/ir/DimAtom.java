package dev.lathe.ir;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** An indivisible factor of a term of a {@link Dim}. */
sealed interface DimAtom {
  long evaluate(Map<String, Long> bindings);

  Dim substitute(Map<String, Dim> bindings);

  void collectSymbols(Set<String> into);

  <T> T compute(DimArithmetic<T> arithmetic);

  record Symbol(String name) implements DimAtom {
    @Override
    public long evaluate(Map<String, Long> bindings) {
      Long value = bindings.get(name);
      if (value == null) {
        throw new IllegalArgumentException("dimension '" + name + "' is not bound to a size");
      }
      return value;
    }

    @Override
    public Dim substitute(Map<String, Dim> bindings) {
      Dim value = bindings.get(name);
      return value == null ? Dim.symbol(name) : value;
    }

    @Override
    public void collectSymbols(Set<String> into) {
      into.add(name);
    }

    @Override
    public <T> T compute(DimArithmetic<T> arithmetic) {
      return arithmetic.symbol(name);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  enum Function {
    FLOORDIV,
    MIN,
    MAX
  }

  record Call(Function function, Dim left, Dim right) implements DimAtom {
    @Override
    public long evaluate(Map<String, Long> bindings) {
      long a = left.evaluate(bindings);
      long b = right.evaluate(bindings);
      return switch (function) {
        case FLOORDIV -> Dim.divide(a, b);
        case MIN -> Math.min(a, b);
        case MAX -> Math.max(a, b);
      };
    }

    @Override
    public Dim substitute(Map<String, Dim> bindings) {
      Dim a = left.substitute(bindings);
      Dim b = right.substitute(bindings);
      return switch (function) {
        case FLOORDIV -> a.floorDiv(b);
        case MIN -> a.min(b);
        case MAX -> a.max(b);
      };
    }

    @Override
    public void collectSymbols(Set<String> into) {
      left.collectSymbols(into);
      right.collectSymbols(into);
    }

    @Override
    public <T> T compute(DimArithmetic<T> arithmetic) {
      T a = left.compute(arithmetic);
      T b = right.compute(arithmetic);
      return switch (function) {
        case FLOORDIV -> {
          boolean natural = left.isNonNegative() && right.isNonNegative();
          yield arithmetic.floorDiv(a, b, natural);
        }
        case MIN -> arithmetic.min(a, b);
        case MAX -> arithmetic.max(a, b);
      };
    }

    @Override
    public String toString() {
      return function.name().toLowerCase(Locale.ROOT) + "(" + left + ", " + right + ")";
    }
  }
}
