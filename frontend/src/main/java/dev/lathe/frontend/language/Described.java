package dev.lathe.frontend.language;

import dev.lathe.frontend.layers.Written;
import dev.lathe.ir.Value;
import java.util.List;

/** Says what a value is, in messages. */
final class Described {
  private Described() {}

  /** A value with an article, such as {@code the integer 3}. */
  static String of(Object value) {
    return switch (value) {
      case Callable.OfKind kind ->
          (kind.isFunction() ? "the function " : "the layer ") + kind.name();
      case Callable.OfLayer layer -> "the layer " + layer.name() + " without its input";
      case Callable.OfBlock block -> "the block " + block.name();
      case Callable.OfPartial block -> "the block " + block.name() + " without its input";
      case Callable.OfShared shared -> "the shared layer " + shared.name();
      case Callable.OfImport imported -> "the model " + imported.name();
      case Callable callable -> "the function " + callable.name();
      case Unit unit -> "the file " + unit;
      case List<?> list when list.stream().anyMatch(each -> each instanceof Value) ->
          "a list of " + list.size() + " tensors";
      default -> Written.described(value);
    };
  }
}
