package dev.lathe.jmh;

import dev.lathe.CompileOptions;
import dev.lathe.compiler.Models;
import dev.lathe.compiler.PrecisionErrors;
import dev.lathe.ir.ElementType;
import dev.lathe.runtime.Tensor;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a model in reduced precision and in f32, and prints how far the worst of its outputs is off:
 * the bits of a double, the root of the mean squared difference by that of the mean square.
 */
public final class RoundingError {
  private RoundingError() {}

  /** Runs {@code ENGINE MODEL FOLDER THREADS BATCH PRECISION} in this process. */
  public static void main(String[] args) {
    Path model = Path.of(args[1]);
    try (Arena arena = Arena.ofShared()) {
      List<Tensor> tensors = new ModelFolder(Path.of(args[2])).inputs(Batch.parse(args[4]), arena);
      Map<String, Tensor> inputs = new LinkedHashMap<>();
      List<String> names = Models.onnxInputs(model, arena);
      for (int i = 0; i < names.size(); i++) {
        inputs.put(names.get(i), tensors.get(i));
      }
      CompileOptions options =
          CompileOptions.defaults()
              .threads(Integer.parseInt(args[3]))
              .precision(ElementType.parse(args[5]));
      double error = PrecisionErrors.measure(model, options, inputs, ignored -> {}).worst();
      System.out.println(EngineProcess.ANSWER + " " + Double.doubleToRawLongBits(error));
    }
  }

  /** The error in an answer of {@link #main}. */
  static double parse(long[] answer) {
    return Double.longBitsToDouble(answer[0]);
  }
}
