package dev.lathe.cli;

import dev.lathe.CompileOptions;
import dev.lathe.cli.Comparison.Tolerance;
import dev.lathe.compiler.Compilation;
import dev.lathe.compiler.Models;
import dev.lathe.frontend.ImportException;
import dev.lathe.frontend.onnx.OnnxTensors;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.runtime.InvalidTensorException;
import dev.lathe.runtime.Model;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Signature;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.TensorSpec;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder in the format of ONNX's backend tests: {@code model.onnx}, and folders {@code
 * test_data_set_*} with {@code input_*.pb} and the {@code output_*.pb} that they shall give.
 *
 * @param name how results call it
 * @param folder where it lies
 */
record ModelTest(String name, Path folder) {
  static final String MODEL = "model.onnx";
  private static final String DATA_SET = "test_data_set_";

  /** Models of more nodes than this are nets and not cases of an op; see {@link Tolerance}. */
  private static final int LARGEST_CASE = 16;

  private static final List<String> PRODUCTS = List.of("conv", "conv_transpose", "matmul");

  /** Inputs of at most so many elements may be axes or sizes. */
  private static final long MOST_AXES = 16;

  /** How a test ended. */
  enum Status {
    PASSED,
    FAILED,
    SKIPPED
  }

  /**
   * The result of a test.
   *
   * @param reason why it did not pass, in one line; empty if it did
   */
  record Result(String name, Status status, String reason) {}

  /**
   * Runs the test.
   *
   * @param jarFolder where a compiled jar is written, which then is run; null to run in memory
   */
  Result run(CompileOptions options, @Nullable Path jarFolder) {
    try {
      List<Path> sets = dataSets();
      if (sets.isEmpty()) {
        return new Result(name, Status.SKIPPED, "there is no " + DATA_SET + "*");
      }
      String reason = run(options, sets, jarFolder);
      return new Result(name, reason.isEmpty() ? Status.PASSED : Status.FAILED, reason);
    } catch (ImportException e) {
      return new Result(
          name, e.isUnsupported() ? Status.SKIPPED : Status.FAILED, ErrorHandler.message(e));
    } catch (UnsupportedOperationException e) {
      return new Result(name, Status.SKIPPED, ErrorHandler.message(e));
    } catch (InvalidTensorException e) {
      // Some of ONNX's own tests have such data.
      String reason = "the test data contradicts the model: " + ErrorHandler.message(e);
      return new Result(name, Status.SKIPPED, reason);
    } catch (IOException
        | RuntimeException
        | StackOverflowError
        | OutOfMemoryError
        | AssertionError
        | InternalError e) {
      return new Result(name, Status.FAILED, ErrorHandler.message(e));
    }
  }

  private List<Path> dataSets() throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children
          .filter(child -> child.getFileName().toString().startsWith(DATA_SET))
          .filter(Files::isDirectory)
          .sorted()
          .toList();
    }
  }

  private String run(CompileOptions options, List<Path> sets, @Nullable Path jarFolder)
      throws IOException {
    try {
      return run(options, sets, jarFolder, Map.of());
    } catch (ImportException e) {
      if (!e.isUnsupported()) {
        throw e;
      }
      // Axes that are inputs must be known beforehand, and tests give theirs.
      for (Path set : sets) {
        try (Arena arena = Arena.ofShared()) {
          Map<String, ConstantData> known = known(set, arena, e);
          String reason = run(options, List.of(set), jarFolder, known);
          if (!reason.isEmpty()) {
            return reason;
          }
        }
      }
      return "";
    }
  }

  /**
   * The small inputs but the first, by name; where there are none, {@code unsupported} is final.
   */
  private Map<String, ConstantData> known(Path set, Arena arena, ImportException unsupported) {
    List<String> names = Models.onnxInputs(folder.resolve(MODEL), arena);
    Map<String, ConstantData> known = new HashMap<>();
    for (int i = 1; i < names.size(); i++) {
      Path file = file(set, "input", i);
      try {
        ConstantData data = Files.exists(file) ? OnnxTensors.read(file, arena) : null;
        if (data != null && data.elementCount() <= MOST_AXES) {
          known.put(names.get(i), data);
        }
      } catch (ImportException e) {
        // A sequence, say; it is no axis, and that the model needs it was said before.
        throw unsupported;
      }
    }
    if (known.isEmpty()) {
      throw unsupported;
    }
    return known;
  }

  private String run(
      CompileOptions options,
      List<Path> sets,
      @Nullable Path jarFolder,
      Map<String, ConstantData> known)
      throws IOException {
    Compilation compilation =
        Compilation.of(folder.resolve(MODEL), options, known, stage -> {}, graph -> {});
    Tolerance tolerance = tolerance(compilation);
    if (jarFolder == null) {
      try (Model model = compilation.toModel()) {
        return compare(model, sets, tolerance);
      }
    }
    Path jar = jarFolder.resolve("model.jar");
    try (compilation) {
      compilation.writeJar(jar);
    }
    try (Model model = Models.load(jar, options, stage -> {})) {
      return compare(model, sets, tolerance);
    } finally {
      Files.delete(jar);
    }
  }

  private static Tolerance tolerance(Compilation compilation) {
    Map<String, Integer> ops = compilation.before().ops();
    if (compilation.reduced() > 0) {
      return Tolerance.REDUCED;
    }
    if (ops.values().stream().mapToInt(Integer::intValue).sum() <= LARGEST_CASE) {
      return PRODUCTS.stream().mapToInt(op -> ops.getOrDefault(op, 0)).sum() > 1
          ? Tolerance.CHAIN
          : Tolerance.CASE;
    }
    return ops.containsKey("dynamic_quantize_linear")
        ? Tolerance.DYNAMICALLY_QUANTIZED
        : Tolerance.NET;
  }

  /** What is wrong with the outputs; empty if nothing is. */
  private static String compare(Model model, List<Path> sets, Tolerance tolerance) {
    Signature signature = model.signature();
    for (Path set : sets) {
      try (Arena arena = Arena.ofShared();
          Session session = model.newSession()) {
        List<Tensor> inputs = tensors(set, "input", signature.inputs(), arena);
        List<Tensor> expected = tensors(set, "output", signature.outputs(), arena);
        if (expected.size() != signature.outputs().size()) {
          return set.getFileName()
              + " has "
              + expected.size()
              + " outputs, but the model "
              + signature.outputs().size();
        }
        Tensor[] actual = session.run(inputs.toArray(Tensor[]::new));
        for (int i = 0; i < actual.length; i++) {
          String difference = Comparison.difference(expected.get(i), actual[i], tolerance);
          if (difference != null) {
            return set.getFileName()
                + ": output '"
                + signature.outputs().get(i).name()
                + "' "
                + difference;
          }
        }
      }
    }
    return "";
  }

  private static Path file(Path set, String kind, int index) {
    return set.resolve(kind + "_" + index + ".pb");
  }

  private static List<Tensor> tensors(Path set, String kind, List<TensorSpec> specs, Arena arena) {
    List<Tensor> tensors = new ArrayList<>();
    while (true) {
      Path file = file(set, kind, tensors.size());
      if (!Files.exists(file)) {
        return tensors;
      }
      Tensor tensor = Tensor.of(OnnxTensors.read(file, arena));
      boolean bits =
          tensors.size() < specs.size()
              && tensor.elementType() == ElementType.U16
              && specs.get(tensors.size()).type().elementType() == ElementType.BF16;
      // ONNX's tests up to 1.16 keep bf16 as its bits, since NumPy has no such type.
      tensors.add(bits ? Tensor.wrap(tensor.segment(), ElementType.BF16, tensor.shape()) : tensor);
    }
  }
}
