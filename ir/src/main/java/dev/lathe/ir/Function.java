package dev.lathe.ir;

import java.util.List;

/**
 * A named block with named inputs and outputs, such as {@code forward}.
 *
 * @param name unique in its graph
 * @param body the block; its arguments are the inputs
 * @param inputNames a name for each argument, without repetition
 * @param outputNames a name for each result, without repetition
 */
public record Function(String name, Block body, List<String> inputNames, List<String> outputNames) {
  /**
   * @throws IllegalArgumentException if names are too many, too few or repeated
   */
  public Function {
    inputNames = List.copyOf(inputNames);
    outputNames = List.copyOf(outputNames);
    check(name, "inputs", inputNames, body.arguments().size());
    check(name, "outputs", outputNames, body.results().size());
  }

  private static void check(String function, String what, List<String> names, int count) {
    if (names.size() != count) {
      throw new IllegalArgumentException(
          "function "
              + function
              + " has "
              + count
              + " "
              + what
              + " but "
              + names.size()
              + " names for them");
    }
    if (names.stream().distinct().count() != count) {
      throw new IllegalArgumentException(
          "function " + function + " names two " + what + " alike: " + names);
    }
  }

  /** The values that come in. */
  public List<Value> inputs() {
    return body.arguments();
  }

  /** The values that go out. */
  public List<Value> outputs() {
    return body.results();
  }

  /**
   * The input with the given name.
   *
   * @throws IllegalArgumentException if there is none; the message lists the names there are
   */
  public Value input(String inputName) {
    int index = inputNames.indexOf(inputName);
    if (index < 0) {
      throw new IllegalArgumentException(
          "there is no input '" + inputName + "'; the inputs are " + inputNames);
    }
    return inputs().get(index);
  }
}
