package dev.lathe.frontend.layers;

import dev.lathe.ir.ElementType;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Names as Keras writes them. */
final class KerasTypes {
  private static final Map<String, ElementType> TYPES =
      Map.ofEntries(
          Map.entry("float16", ElementType.F16),
          Map.entry("bfloat16", ElementType.BF16),
          Map.entry("float32", ElementType.F32),
          Map.entry("float64", ElementType.F64),
          Map.entry("int8", ElementType.I8),
          Map.entry("int16", ElementType.I16),
          Map.entry("int32", ElementType.I32),
          Map.entry("int64", ElementType.I64),
          Map.entry("uint8", ElementType.U8),
          Map.entry("uint16", ElementType.U16),
          Map.entry("uint32", ElementType.U32),
          Map.entry("uint64", ElementType.U64),
          Map.entry("bool", ElementType.BOOL));

  private KerasTypes() {}

  /** The element type of a name such as {@code float32} or {@code f32}. */
  static Optional<ElementType> named(String name) {
    for (ElementType type : ElementType.values()) {
      if (type.toString().equals(name)) {
        return Optional.of(type);
      }
    }
    return Optional.ofNullable(TYPES.get(name));
  }

  /** All names of element types. */
  static java.util.Collection<String> names() {
    java.util.List<String> names = new java.util.ArrayList<>();
    for (ElementType type : ElementType.values()) {
      names.add(type.toString());
    }
    names.addAll(TYPES.keySet());
    return names;
  }

  /**
   * {@code GlorotUniform} as {@code glorot_uniform} and {@code L1L2} as {@code l1_l2}; what is in
   * snake case already stays.
   */
  static String snake(String name) {
    StringBuilder snake = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean starts =
          Character.isUpperCase(c)
              && i > 0
              && (Character.isLowerCase(name.charAt(i - 1))
                  || Character.isDigit(name.charAt(i - 1)));
      snake.append(starts ? "_" : "").append(c);
    }
    return snake.toString().toLowerCase(Locale.ROOT);
  }
}
