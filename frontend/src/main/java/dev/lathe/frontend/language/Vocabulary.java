package dev.lathe.frontend.language;

import dev.lathe.frontend.layers.Functions;
import dev.lathe.frontend.layers.Initializers;
import dev.lathe.frontend.layers.LayerKind;
import dev.lathe.frontend.layers.Layers;
import dev.lathe.frontend.layers.Penalties;
import dev.lathe.frontend.layers.Signature;
import dev.lathe.frontend.layers.Suggestions;
import dev.lathe.ir.ElementType;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What names mean that no file defines. */
final class Vocabulary {
  /** The namespace of the tensor functions, for those whose names are layers' too. */
  static final String OPS = "ops";

  /** What {@link #OPS} stands for. */
  record Namespace() {}

  private static final Map<String, String> FOREIGN =
      Map.of(
          "True", "true",
          "False", "false",
          "None", "none",
          "null", "none",
          "self", "",
          "print", "");

  private Vocabulary() {}

  /** What a name means; null if nothing. */
  static @Nullable Object find(String name) {
    LayerKind layer = Layers.find(name);
    if (layer != null) {
      return new Callable.OfKind(layer, false);
    }
    // What is decided at compile time has the shorter name: a tensor function of the same name is
    // found below ops, and where the arguments can mean nothing else.
    Signature initializer = Initializers.signatures().get(name);
    if (initializer != null) {
      return new Callable.OfSignature(initializer, true);
    }
    Signature penalty = Penalties.signatures().get(name);
    if (penalty != null) {
      return new Callable.OfSignature(penalty, false);
    }
    Builtins.Builtin builtin = Builtins.all().get(name);
    if (builtin != null) {
      return new Callable.OfBuiltin(builtin);
    }
    Object function = function(name);
    if (function != null) {
      return function;
    }
    ElementType type = Elaborator.elementType(name);
    if (type != null) {
      return type;
    }
    return switch (name) {
      case OPS -> new Namespace();
      case "newaxis" -> Nothing.NONE;
      case "pi" -> Math.PI;
      case "inf" -> Double.POSITIVE_INFINITY;
      default -> null;
    };
  }

  /** The tensor function of a name; null if there is none. */
  static Callable.@Nullable OfKind function(String name) {
    LayerKind function = Functions.find(name);
    return function == null ? null : new Callable.OfKind(function, true);
  }

  /** What a reader may have meant by an unknown name. */
  static String help(String name, Collection<String> local) {
    String foreign = FOREIGN.get(name);
    if (foreign != null && !foreign.isEmpty()) {
      return "write '" + foreign + "'";
    }
    Set<String> known = new LinkedHashSet<>(local);
    known.addAll(Layers.all().keySet());
    known.addAll(Functions.all().keySet());
    known.addAll(Initializers.signatures().keySet());
    known.addAll(Penalties.signatures().keySet());
    known.addAll(Builtins.all().keySet());
    LayerKind layer = Layers.alias(name);
    if (layer != null) {
      return "write '" + layer.name() + "'";
    }
    String help = Suggestions.help(name, known);
    return help.startsWith("did you mean") ? help : "";
  }
}
