package dev.lathe.frontend.layers;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.lathe.ir.ElementType;
import dev.lathe.runtime.Npy;
import dev.lathe.runtime.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * What Keras 3 computed with one layer: its class and configuration, inputs, weights by path, and
 * outputs.
 *
 * <p>A case is a folder with {@code layer.json}, {@code input_N.npy}, {@code output_N.npy} and
 * {@code weights.npz}, or one {@code .json} file with all of it, arrays as {@code {"dtype":
 * "float32", "shape": […], "data": […]}}.
 */
record KerasCase(
    String name,
    String className,
    Map<String, Object> config,
    List<Tensor> inputs,
    Map<String, Tensor> weights,
    List<Tensor> outputs) {

  /** Reads a case from a folder. */
  static KerasCase ofFolder(Path folder, Path scratch) throws IOException {
    Map<String, Object> layer = JSON.std.mapFrom(Files.readString(folder.resolve("layer.json")));
    return new KerasCase(
        folder.getFileName().toString(),
        (String) layer.get("class_name"),
        map(layer.get("config")),
        arrays(folder, "input_"),
        npz(folder.resolve("weights.npz"), scratch),
        arrays(folder, "output_"));
  }

  private static List<Tensor> arrays(Path folder, String prefix) throws IOException {
    List<Tensor> arrays = new ArrayList<>();
    for (int i = 0; Files.exists(folder.resolve(prefix + i + ".npy")); i++) {
      arrays.add(Npy.read(folder.resolve(prefix + i + ".npy")));
    }
    return arrays;
  }

  private static Map<String, Tensor> npz(Path file, Path scratch) throws IOException {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    if (!Files.exists(file)) {
      return weights;
    }
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path copy = Files.createTempFile(scratch, "weight", ".npy");
        Files.write(copy, zip.readAllBytes());
        weights.put(entry.getName().replaceFirst("\\.npy$", ""), Npy.read(copy));
      }
    }
    return weights;
  }

  /** Reads a case from a file. */
  static KerasCase ofJson(String name, InputStream json) throws IOException {
    Map<String, Object> all = JSON.std.mapFrom(json);
    Map<String, Tensor> weights = new LinkedHashMap<>();
    map(all.get("weights")).forEach((path, array) -> weights.put(path, tensor(map(array))));
    return new KerasCase(
        name,
        (String) all.get("class_name"),
        map(all.get("config")),
        list(all.get("inputs")).stream().map(array -> tensor(map(array))).toList(),
        weights,
        list(all.get("outputs")).stream().map(array -> tensor(map(array))).toList());
  }

  static Tensor tensor(Map<String, Object> array) {
    ElementType type = KerasTypes.named((String) array.get("dtype")).orElseThrow();
    long[] shape =
        list(array.get("shape")).stream().mapToLong(size -> ((Number) size).longValue()).toArray();
    Tensor tensor = Tensor.allocate(type, shape);
    List<Object> data = list(array.get("data"));
    for (int i = 0; i < data.size(); i++) {
      switch (data.get(i)) {
        case Boolean flag -> tensor.setLong(i, flag ? 1 : 0);
        case Number number when type.isFloat() -> tensor.setDouble(i, number.doubleValue());
        case Number number -> tensor.setLong(i, number.longValue());
        case String special -> tensor.setDouble(i, Double.parseDouble(special));
        default -> throw new IllegalArgumentException(name(array) + ": " + data.get(i));
      }
    }
    return tensor;
  }

  private static String name(Map<String, Object> array) {
    return array.get("dtype") + " " + array.get("shape");
  }

  @SuppressWarnings("unchecked") // JSON objects have string keys.
  static Map<String, Object> map(Object json) {
    return json == null ? Map.of() : (Map<String, Object>) json;
  }

  @SuppressWarnings("unchecked") // JSON arrays are lists of anything.
  static List<Object> list(Object json) {
    return (List<Object>) json;
  }
}
