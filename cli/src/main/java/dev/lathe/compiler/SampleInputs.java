package dev.lathe.compiler;

import dev.lathe.frontend.onnx.OnnxTensors;
import dev.lathe.runtime.Signature;
import dev.lathe.runtime.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Inputs that a model is tried with.
 *
 * @param title what they are, for people
 * @param tensors one for each input
 */
record SampleInputs(String title, List<Tensor> tensors) {
  private static final String TEST_DATA = "test_data_set_0";

  /**
   * The inputs given; else the test data beside the model, or random numbers.
   *
   * @param source the model's file, or null if it comes from none
   * @param given inputs by name, or none
   * @param arena owns the memory of test data
   * @throws BadInputException if inputs have to be made up whose sizes are open
   */
  static SampleInputs of(
      @Nullable Path source, Signature signature, Map<String, Tensor> given, Arena arena) {
    Map<String, Tensor> known = new LinkedHashMap<>(given);
    String title = given.isEmpty() ? "random inputs" : "the given inputs";
    if (given.isEmpty() && source != null && testData(source, signature, arena, known)) {
      title = "the model's " + TEST_DATA;
    }
    return new SampleInputs(title, List.of(RandomInputs.of(signature, known)));
  }

  /** Adds the test data beside a model; false if there are none, or not for every input. */
  private static boolean testData(
      Path source, Signature signature, Arena arena, Map<String, Tensor> inputs) {
    Path folder = source.resolveSibling(TEST_DATA);
    for (int i = 0; i < signature.inputs().size(); i++) {
      if (!Files.exists(folder.resolve("input_" + i + ".pb"))) {
        return false;
      }
    }
    for (int i = 0; i < signature.inputs().size(); i++) {
      Tensor tensor = Tensor.of(OnnxTensors.read(folder.resolve("input_" + i + ".pb"), arena));
      inputs.put(signature.inputs().get(i).name(), tensor);
    }
    return true;
  }
}
