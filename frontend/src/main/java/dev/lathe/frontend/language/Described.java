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
          list.size() == 1 ? "a list of one tensor" : "a list of " + list.size() + " tensors";
      default -> Written.described(value);
    };
  }

  /** What is there where several values are wanted. */
  static String values(Object value) {
    return value instanceof List<?> list && list.size() <= 8
        ? (list.size() == 1 ? "one value" : list.size() + " values")
        : of(value);
  }

  /** What to do where a list is wanted to go through. */
  static String listHelp(Object instead) {
    return switch (instead) {
      case Long n -> "write range(" + n + ")";
      case Value _ ->
          "layers and functions take whole tensors; for some slices, write: for i in range(3)"
              + " { … x[:, i] … }";
      default -> "";
    };
  }

  /** What to do where a tensor is wanted. */
  static String tensorHelp(Object instead) {
    return switch (instead) {
      case Callable.OfLayer layer -> "give it its input: " + layer.name() + "(x, …)";
      case Callable.OfPartial block -> "give it its input: " + block.name() + "(x, …)";
      case Callable.OfKind kind -> "give it its input: " + kind.name() + "(x)";
      case Callable.OfBlock block -> "give it its input: " + block.name() + "(x)";
      case Callable.OfShared shared -> "give it its input: " + shared.name() + "(x)";
      case List<?> list when list.stream().anyMatch(Value.class::isInstance) ->
          "take one of them: …[0], or give each a name: a, b = …";
      case Long n -> "full([1], " + n + ") makes a tensor of it";
      default -> "";
    };
  }
}
