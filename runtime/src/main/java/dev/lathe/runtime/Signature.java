package dev.lathe.runtime;

import dev.lathe.ir.Function;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a model takes and gives, in order.
 *
 * @param inputs the inputs
 * @param outputs the outputs
 */
public record Signature(List<TensorSpec> inputs, List<TensorSpec> outputs) {
  /** Copies the lists. */
  public Signature {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** The signature of a function of a graph. */
  public static Signature of(Function function) {
    return new Signature(
        specs(function.inputNames(), function.inputs()),
        specs(function.outputNames(), function.outputs()));
  }

  private static List<TensorSpec> specs(List<String> names, List<Value> values) {
    List<TensorSpec> specs = new ArrayList<>(values.size());
    for (int i = 0; i < values.size(); i++) {
      specs.add(new TensorSpec(names.get(i), values.get(i).type()));
    }
    return specs;
  }

  /**
   * The position of an input.
   *
   * @throws InvalidTensorException if there is none of that name; the message lists those there are
   */
  public int inputIndex(String name) {
    for (int i = 0; i < inputs.size(); i++) {
      if (inputs.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new InvalidTensorException(
        "there is no input '" + name + "'; the model takes " + list(inputs));
  }

  /** The specs for messages: {@code a: f32[N], b: i64[]}. */
  static String list(List<TensorSpec> specs) {
    return specs.isEmpty()
        ? "none"
        : specs.stream().map(TensorSpec::toString).collect(Collectors.joining(", "));
  }

  /** {@code (image: f32[N, 3]) -> (probs: f32[N, 10])}. */
  @Override
  public String toString() {
    return "("
        + inputs.stream().map(TensorSpec::toString).collect(Collectors.joining(", "))
        + ") -> ("
        + outputs.stream().map(TensorSpec::toString).collect(Collectors.joining(", "))
        + ")";
  }
}
