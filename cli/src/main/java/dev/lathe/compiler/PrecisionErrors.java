package dev.lathe.compiler;

import dev.lathe.CompileOptions;
import dev.lathe.ir.ElementType;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Signature;
import dev.lathe.runtime.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How far the outputs of a model of reduced precision are from those in f32, on one set of inputs.
 *
 * @param inputs what the inputs were, for people
 * @param outputs an entry for each float output, in order
 */
public record PrecisionErrors(String inputs, List<Output> outputs) {
  /** Keeps a copy of the list. */
  public PrecisionErrors {
    outputs = List.copyOf(outputs);
  }

  /**
   * The error of one output.
   *
   * @param maximum the greatest difference, as a part of the range of the output in f32
   * @param rms the root of the mean squared difference, as a part of the root of the mean square
   */
  public record Output(String name, double maximum, double rms) {}

  /**
   * Runs a model in both precisions.
   *
   * @param given inputs by name; if there are none, the test data beside the model are taken, and
   *     if there are none of these, random numbers
   * @throws BadInputException if inputs have to be made up whose sizes are open
   * @throws UnsupportedOperationException if this machine cannot run it in the reduced precision
   */
  public static PrecisionErrors measure(
      Path source, CompileOptions options, Map<String, Tensor> given, Consumer<String> progress) {
    try (Arena arena = Arena.ofShared();
        Model reduced = Compilation.of(source, options, progress).toModel();
        Model wide =
            Compilation.of(source, options.precision(ElementType.F32), progress).toModel()) {
      SampleInputs inputs = SampleInputs.of(source, wide.signature(), given, arena);
      try (Session exact = wide.newSession();
          Session rounded = reduced.newSession()) {
        progress.accept("measuring the error of " + reduced.name());
        Tensor[] tensors = inputs.tensors().toArray(Tensor[]::new);
        Tensor[] expected = exact.run(tensors);
        Tensor[] actual = rounded.run(tensors);
        PrecisionErrors errors = of(inputs.title(), wide.signature(), expected, actual);
        Arrays.stream(expected).forEach(Tensor::close);
        Arrays.stream(actual).forEach(Tensor::close);
        return errors;
      } finally {
        inputs.tensors().forEach(Tensor::close);
      }
    }
  }

  /**
   * The errors of outputs.
   *
   * @param inputs what they were computed from, for people
   */
  static PrecisionErrors of(String inputs, Signature signature, Tensor[] exact, Tensor[] rounded) {
    return new PrecisionErrors(inputs, compare(signature, exact, rounded));
  }

  private static List<Output> compare(Signature signature, Tensor[] exact, Tensor[] rounded) {
    List<Output> outputs = new ArrayList<>();
    for (int i = 0; i < exact.length; i++) {
      if (exact[i].elementType().isFloat() && exact[i].hasShape(rounded[i].shape())) {
        outputs.add(compare(signature.outputs().get(i).name(), exact[i], rounded[i]));
      }
    }
    return outputs;
  }

  private static Output compare(String name, Tensor exact, Tensor rounded) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    double most = 0;
    double squares = 0;
    double errors = 0;
    for (long i = 0; i < exact.elementCount(); i++) {
      double value = exact.getDouble(i);
      double error = Math.abs(rounded.getDouble(i) - value);
      low = Math.min(low, value);
      high = Math.max(high, value);
      most = Math.max(most, error);
      squares += value * value;
      errors += error * error;
    }
    double range = low < high ? high - low : Math.abs(high);
    return new Output(name, ratio(most, range), ratio(Math.sqrt(errors), Math.sqrt(squares)));
  }

  private static double ratio(double error, double size) {
    return error == 0 ? 0 : error / size;
  }

  /** The greatest RMS error of any output; 0 without any. */
  public double worst() {
    return outputs.stream().mapToDouble(Output::rms).max().orElse(0);
  }

  /** For people, a line an output. */
  public List<String> lines(ElementType precision) {
    return outputs.stream()
        .map(
            output ->
                String.format(
                    Locale.ROOT,
                    "%s against f32 on %s: %s is off by %.2g of its range at most, by %.2g of its"
                        + " size on average (RMS)",
                    precision,
                    inputs,
                    output.name(),
                    output.maximum(),
                    output.rms()))
        .toList();
  }

  /** For JSON. */
  public Map<String, Object> json() {
    Map<String, Object> errors = new LinkedHashMap<>();
    for (Output output : outputs) {
      errors.put(
          output.name(), Map.of("max_of_range", output.maximum(), "rms_relative", output.rms()));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("inputs", inputs);
    json.put("errors", errors);
    return json;
  }
}
