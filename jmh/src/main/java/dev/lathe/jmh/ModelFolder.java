package dev.lathe.jmh;

import dev.lathe.frontend.onnx.OnnxTensors;
import dev.lathe.runtime.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder in the format of the ONNX backend tests: {@code model.onnx}, and inputs in {@code
 * test_data_set_0/input_N.pb}.
 *
 * @param path the folder
 */
record ModelFolder(Path path) {

  /** Every folder directly below {@code root} that has a model, sorted by name. */
  static List<ModelFolder> below(Path root) {
    try (Stream<Path> children = Files.list(root)) {
      return children
          .filter(p -> Files.exists(p.resolve("model.onnx")))
          .sorted()
          .map(ModelFolder::new)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + root, e);
    }
  }

  /**
   * The folder of a model among others.
   *
   * @throws IllegalArgumentException if it has no model
   */
  static ModelFolder in(String folder, String name) {
    ModelFolder model = new ModelFolder(Path.of(folder, name));
    if (folder.isEmpty() || !Files.exists(model.model())) {
      throw new IllegalArgumentException(
          "there is no " + model.model() + "; give the folder of the models with --models FOLDER");
    }
    return model;
  }

  String name() {
    return String.valueOf(path.getFileName());
  }

  Path model() {
    return path.resolve("model.onnx");
  }

  /** The inputs of a batch in order, in memory of {@code arena}. */
  List<Tensor> inputs(Batch batch, Arena arena) {
    return batch.apply(inputs(arena), arena);
  }

  /** The inputs of the test data in order, in memory of {@code arena}. */
  List<Tensor> inputs(Arena arena) {
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; ; i++) {
      Path file = path.resolve("test_data_set_0").resolve("input_" + i + ".pb");
      if (!Files.exists(file)) {
        return tensors;
      }
      tensors.add(Tensor.of(OnnxTensors.read(file, arena)));
    }
  }
}
