package dev.lathe.frontend.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A kind of layer.
 *
 * @param signature its name, such as {@code conv2d}, and its arguments; weights of unnamed layers
 *     are found under the name
 * @param kerasName its name in Keras, such as {@code Conv2D}
 * @param inputs the names of its tensor inputs, in order
 * @param fewestInputs how many of them must be given
 * @param variadic whether any number of inputs may be given, as inputs or as one list
 * @param rule writes its ops
 */
public record LayerKind(
    Signature signature,
    String kerasName,
    List<String> inputs,
    int fewestInputs,
    boolean variadic,
    LayerRule rule) {

  public LayerKind {
    inputs = List.copyOf(inputs);
  }

  /** A kind of layer of one input. */
  public static LayerKind of(
      String name, String kerasName, LayerRule rule, Argument<?>... arguments) {
    return new LayerKind(
        Signature.of(name, arguments), kerasName, List.of("inputs"), 1, false, rule);
  }

  /** A kind of layer of any number of inputs, at least so many. */
  public static LayerKind merging(
      String name, String kerasName, int fewest, LayerRule rule, Argument<?>... arguments) {
    return new LayerKind(
        Signature.of(name, arguments), kerasName, List.of("inputs"), fewest, true, rule);
  }

  /** This with other inputs, of which the first so many must be given. */
  public LayerKind withInputs(int fewest, String... names) {
    return new LayerKind(signature, kerasName, List.of(names), fewest, false, rule);
  }

  /** Its name. */
  public String name() {
    return signature.name();
  }

  /**
   * The layer with arguments as they are written.
   *
   * @throws LayerException if they do not fit, for the first that does not
   */
  public Layer bind(Map<String, ? extends @Nullable Object> given) {
    List<LayerException> problems = new ArrayList<>();
    Bound bound = signature.bind(given, problems);
    if (!problems.isEmpty()) {
      throw problems.get(0);
    }
    return new Layer(this, bound);
  }

  @Override
  public String toString() {
    return name();
  }
}
