package dev.lathe.frontend.layers;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The primitive tensor functions, by the names of {@code keras.ops}: kinds of layers without
 * weights.
 *
 * <p>Inputs and arguments stand in the order of {@code keras.ops}, inputs first; those of a kind
 * that takes {@linkplain LayerKind#variadic any number} of tensors may be one list. Inputs may be
 * numbers that {@link Arithmetic#number} made, which take the element type of what they meet.
 * Element types meet and shapes broadcast as in Keras and NumPy; indices that functions give are
 * i32, as Keras's are.
 */
public final class Functions {
  private static final Map<String, LayerKind> KINDS = index();

  private Functions() {}

  private static Map<String, LayerKind> index() {
    LayerIndex index = new LayerIndex();
    MathFunctions.register(index);
    CompositeFunctions.register(index);
    ReductionFunctions.register(index);
    NormFunctions.register(index);
    ShapeFunctions.register(index);
    TransformFunctions.register(index);
    IndexFunctions.register(index);
    CreationFunctions.register(index);
    LinearFunctions.register(index);
    ActivationFunctions.register(index);
    return index.kinds();
  }

  /** The functions by name, in the order of the reference. */
  public static Map<String, LayerKind> all() {
    return KINDS;
  }

  /** The function of a name; null if there is none. */
  public static @Nullable LayerKind find(String name) {
    return KINDS.get(name);
  }

  /** A function of one tensor. */
  static LayerKind of(String name, LayerRule rule, Argument<?>... arguments) {
    return LayerKind.of(name, "ops." + name, rule, arguments).withInputs(1, "x");
  }

  /** A function of two tensors. */
  static LayerKind ofTwo(String name, LayerRule rule, Argument<?>... arguments) {
    return LayerKind.of(name, "ops." + name, rule, arguments).withInputs(2, "x1", "x2");
  }

  /** A function of any number of tensors, at least so many. */
  static LayerKind ofMany(String name, int fewest, LayerRule rule, Argument<?>... arguments) {
    return LayerKind.merging(name, "ops." + name, fewest, rule, arguments);
  }

  /** A function by another name. */
  static LayerKind alias(String name, LayerKind kind) {
    return new LayerKind(
        new Signature(name, kind.signature().arguments()),
        "ops." + name,
        kind.inputs(),
        kind.fewestInputs(),
        kind.variadic(),
        kind.rule());
  }
}
