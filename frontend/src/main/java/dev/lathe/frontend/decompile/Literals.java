package dev.lathe.frontend.decompile;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import java.util.ArrayList;
import java.util.List;

/** Writes numbers. */
final class Literals {
  private Literals() {}

  /** A 0-d constant. */
  static String scalar(ConstantData data) {
    return element(data, 0);
  }

  /** A number. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      throw new Unsaid("a constant that is not a number");
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    return Double.toString(value);
  }

  private static String element(ConstantData data, long index) {
    ElementType type = data.type().elementType();
    if (type == ElementType.BOOL) {
      return data.getLong(index) != 0 ? "true" : "false";
    }
    if (type == ElementType.F32) {
      float value = (float) data.getDouble(index);
      boolean isPlain = !Float.isNaN(value) && !Float.isInfinite(value);
      return isPlain ? Float.toString(value) : number(value);
    }
    return type.isFloat() ? number(data.getDouble(index)) : Long.toString(data.getLong(index));
  }

  /** A constant as nested lists. */
  static String list(ConstantData data) {
    return list(data, data.type().shape().dims(), new long[1]);
  }

  private static String list(ConstantData data, List<Dim> dims, long[] next) {
    if (dims.isEmpty()) {
      return element(data, next[0]++);
    }
    List<String> elements = new ArrayList<>();
    for (long i = 0; i < dims.get(0).value(); i++) {
      elements.add(list(data, dims.subList(1, dims.size()), next));
    }
    return "[" + String.join(", ", elements) + "]";
  }
}
