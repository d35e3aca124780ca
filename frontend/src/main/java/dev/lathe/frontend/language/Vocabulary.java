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

  private static final String NO_PREFIX = "layers and functions stand by themselves: ";

  /** The names below which others keep layers and functions. */
  private static final Set<String> PREFIXES =
      Set.of(
          "keras",
          "layers",
          "tf",
          "tensorflow",
          "torch",
          "nn",
          "np",
          "numpy",
          "jnp",
          "F",
          "K",
          "self",
          "math",
          "this");

  /** Names of other languages and libraries, and what to do instead. */
  private static final Map<String, String> FOREIGN =
      Map.ofEntries(
          Map.entry("True", "write 'true'"),
          Map.entry("False", "write 'false'"),
          Map.entry("TRUE", "write 'true'"),
          Map.entry("FALSE", "write 'false'"),
          Map.entry("None", "write 'none'"),
          Map.entry("null", "write 'none'"),
          Map.entry("print", "remove it; 'lathe check' shows what goes in and out of a model"),
          Map.entry("Linear", "write 'dense'"),
          Map.entry("Input", "inputs are declared: model Name(x: f32[N, 10]) -> (y) { … }"),
          Map.entry("Model", "models are declared: model Name(x: f32[N, 10]) -> (y) { … }"),
          Map.entry("Sequential", "layers are piped: x |> flatten |> dense(10)"),
          Map.entry("max_pool1d", "write 'max_pooling1d'"),
          Map.entry("max_pool2d", "write 'max_pooling2d'"),
          Map.entry("max_pool3d", "write 'max_pooling3d'"),
          Map.entry("MaxPool2d", "write 'max_pooling2d'"),
          Map.entry("avg_pool2d", "write 'average_pooling2d'"),
          Map.entry("AvgPool2d", "write 'average_pooling2d'"),
          Map.entry("BatchNorm2d", "write 'batch_normalization'"),
          Map.entry("batch_norm", "write 'batch_normalization'"),
          Map.entry("LayerNorm", "write 'layer_normalization'"),
          Map.entry("layer_norm", "write 'layer_normalization'"),
          Map.entry("cat", "write 'concatenate'"),
          Map.entry("concat", "write 'concatenate'"),
          Map.entry("view", "write 'reshape'"));

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
    if (foreign != null) {
      return foreign;
    }
    if (PREFIXES.contains(name)) {
      return NO_PREFIX + "write 'dense', not '" + name + ".dense'";
    }
    String type = Types.foreign(name);
    if (type != null) {
      return "write '" + type + "'";
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

  /** Where {@code keras.layers.Dense} begins with a name that means nothing; else null. */
  static Syntax.@Nullable Reference prefix(Syntax.Member member) {
    Syntax.Expression target = member.target();
    while (target instanceof Syntax.Member inner) {
      target = inner.target();
    }
    return target instanceof Syntax.Reference root && PREFIXES.contains(root.name()) ? root : null;
  }

  /** What to write instead of {@code keras.layers.Dense}. */
  static String prefixHelp(Syntax.Member member) {
    String name = member.name().text();
    if (find(name) != null) {
      return NO_PREFIX + "write '" + name + "'";
    }
    String help = help(name, Set.of());
    return help.isEmpty() ? NO_PREFIX + "write 'dense', not 'layers.dense'" : help;
  }
}
