package dev.lathe.frontend.layers;

import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is written in models, told as it is written. */
public final class Written {

  private Written() {}

  /** A value as source text. */
  public static String text(@Nullable Object written) {
    return switch (written) {
      case null -> "none";
      case String string -> '"' + string + '"';
      case List<?> list -> {
        StringBuilder text = new StringBuilder("[");
        for (Object element : list) {
          text.append(text.length() == 1 ? "" : ", ").append(text(element));
        }
        yield text.append("]").toString();
      }
      case Layer layer -> layer.kind().name() + "(…)";
      case Value value -> "a tensor " + value.type();
      default -> String.valueOf(written);
    };
  }

  /** What kind of thing a value is, such as {@code the string "same"}. */
  public static String described(@Nullable Object written) {
    return switch (written) {
      case null -> "none";
      case Long integer -> "the integer " + integer;
      case Double number -> "the number " + number;
      case Boolean flag -> flag.toString();
      case String string -> "the string " + text(string);
      case List<?> list -> "the list " + text(list);
      case Dim dim -> "the symbolic size " + dim;
      case ElementType type -> "the type " + type;
      case Layer layer -> "the layer " + layer.kind().name();
      case Value value -> "a tensor " + value.type();
      default -> text(written);
    };
  }
}
