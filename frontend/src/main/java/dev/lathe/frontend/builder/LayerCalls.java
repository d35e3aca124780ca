package dev.lathe.frontend.builder;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the methods of a tensor that apply layers are made of. */
interface LayerCalls {

  /**
   * Applies a layer of one input and one output.
   *
   * @param name such as {@code conv2d}
   * @param arguments in Keras's order, those by name last
   */
  SymbolicTensor layer(String name, Object... arguments);

  /**
   * Applies a layer to this and another tensor.
   *
   * @param name such as {@code add}
   * @param arguments in Keras's order, those by name last
   */
  SymbolicTensor merge(String name, SymbolicTensor other, Object... arguments);

  /** Arguments by position, then those by name. */
  static Object[] all(NamedArgument[] named, Object... positional) {
    List<Object> arguments = new ArrayList<>(Arrays.asList(positional));
    arguments.addAll(Arrays.asList(named));
    return arguments.toArray();
  }
}
