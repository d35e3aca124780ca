package dev.lathe.frontend.builder;

import dev.lathe.frontend.layers.LayerException;
import dev.lathe.frontend.layers.Signature;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Java's values as arguments of layers take them. */
final class ArgumentValues {
  private ArgumentValues() {}

  /** Arguments by name; those without one are in the signature's order. */
  static Map<String, @Nullable Object> of(Signature signature, Object... arguments) {
    Map<String, @Nullable Object> given = new LinkedHashMap<>();
    int position = 0;
    for (Object argument : arguments) {
      if (argument instanceof NamedArgument named) {
        if (given.containsKey(named.name())) {
          throw new LayerException(
              "'" + named.name() + "' of " + signature.name() + "() is given twice", "remove one");
        }
        given.put(named.name(), written(named.value()));
      } else if (position < signature.arguments().size()) {
        given.put(signature.arguments().get(position++).name(), written(argument));
      } else {
        throw new LayerException(
            signature.name() + "() takes at most " + position + " arguments", signature.text());
      }
    }
    return given;
  }

  private static @Nullable Object written(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Byte number -> number.longValue();
      case Short number -> number.longValue();
      case Integer number -> number.longValue();
      case Float number -> number.doubleValue();
      case List<?> list -> {
        List<@Nullable Object> elements = new ArrayList<>();
        list.forEach(each -> elements.add(written(each)));
        yield elements;
      }
      case Object array when array.getClass().isArray() -> {
        List<@Nullable Object> elements = new ArrayList<>();
        for (int i = 0; i < Array.getLength(array); i++) {
          elements.add(written(Array.get(array, i)));
        }
        yield elements;
      }
      default -> value;
    };
  }
}
