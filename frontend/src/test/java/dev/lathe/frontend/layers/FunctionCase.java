package dev.lathe.frontend.layers;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.runtime.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What Keras 3 or NumPy computed with one function: {@code {"case": name, "function": name,
 * "arguments": {…}, "inputs": […], "outputs": […]}} with arrays as in {@link KerasCase}.
 *
 * <p>An input may be {@code {"number": 2}}, a number written in the model. An array's {@code dims}
 * are its dimensions where some are symbolic: {@code ["N", 3]}; strings such as {@code "dim:N"}
 * among the arguments are symbolic sizes.
 */
record FunctionCase(
    String name,
    String function,
    Map<String, @Nullable Object> arguments,
    List<Input> inputs,
    List<Tensor> outputs) {

  /** A tensor with the type it has in the model, or a number. */
  record Input(Optional<Tensor> tensor, TensorType type, @Nullable Object number) {}

  /** Reads the cases of a file, which is a list of them. */
  static List<FunctionCase> allOfJson(InputStream json) throws IOException {
    return JSON.std.listFrom(json).stream().map(each -> ofJson(KerasCase.map(each))).toList();
  }

  private static FunctionCase ofJson(Map<String, Object> all) {
    Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
    KerasCase.map(all.get("arguments"))
        .forEach((argument, value) -> arguments.put(argument, written(value)));
    return new FunctionCase(
        (String) all.get("case"),
        (String) all.get("function"),
        arguments,
        KerasCase.list(all.get("inputs")).stream().map(each -> input(KerasCase.map(each))).toList(),
        KerasCase.list(all.get("outputs")).stream()
            .map(each -> KerasCase.tensor(KerasCase.map(each)))
            .toList());
  }

  private static Input input(Map<String, Object> json) {
    if (json.containsKey("number")) {
      Object number = KerasConfig.written(json.get("number"));
      return new Input(Optional.empty(), TensorType.parse("f32[]"), number);
    }
    Tensor tensor = KerasCase.tensor(json);
    TensorType type = tensor.type();
    if (json.containsKey("dims")) {
      List<Dim> dims =
          KerasCase.list(json.get("dims")).stream().map(dim -> Dim.parse(dim.toString())).toList();
      type = type.withShape(new Shape(dims));
    }
    return new Input(Optional.of(tensor), type, null);
  }

  private static @Nullable Object written(@Nullable Object json) {
    if (json instanceof String text && text.startsWith("dim:")) {
      return Dim.parse(text.substring(4));
    }
    if (json instanceof List<?> list) {
      List<@Nullable Object> elements = new ArrayList<>();
      list.forEach(element -> elements.add(written(element)));
      return elements;
    }
    return KerasConfig.written(json);
  }
}
