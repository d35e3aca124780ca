package dev.lathe.frontend.decompile;

import dev.lathe.ir.DimArithmetic;
import java.util.Map;

/** Writes sizes as expressions. */
record Sizes(Map<String, String> symbols) implements DimArithmetic<String> {
  @Override
  public String number(long value) {
    return Long.toString(value);
  }

  @Override
  public String symbol(String name) {
    String known = symbols.get(name);
    if (known == null) {
      throw new Unsaid("a size that depends on data");
    }
    return known;
  }

  @Override
  public String plus(String a, String b) {
    return "(" + a + " + " + b + ")";
  }

  @Override
  public String times(String a, String b) {
    return a + " * " + b;
  }

  @Override
  public String floorDiv(String a, String b, boolean natural) {
    return "floor_div(" + a + ", " + b + ")";
  }

  @Override
  public String min(String a, String b) {
    throw new Unsaid("a size that is the smaller of two");
  }

  @Override
  public String max(String a, String b) {
    throw new Unsaid("a size that is the larger of two");
  }
}
