package dev.lathe.cli;

import dev.lathe.CompileOptions;
import dev.lathe.compiler.BadInputException;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that compiles a model. */
final class SourceOptions {
  @Option(
      names = "--shape",
      paramLabel = "NAME=SHAPE",
      description = {
        "The shape of an input, for example image=1x3x224x224. Sizes that are left open are chosen"
            + " at run time; those given here are fixed, which may run faster."
      })
  private List<String> shapes = new ArrayList<>();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute one run. Default: all processors.")
  private int threads;

  @Option(
      names = {"-O", "--optimize"},
      paramLabel = "LEVEL",
      defaultValue = "2",
      description = "0 leaves the graph as it is, 1 simplifies it, 2 also fuses. Default: 2.")
  private int level;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      defaultValue = "f32",
      description =
          "What convolutions and matrix products multiply: f32, as the model says; bf16 or f16, in"
              + " half the memory and about half the time, with 8 or 11 significant bits. Sums,"
              + " inputs and outputs stay as they are. Default: f32.")
  private String precision = "f32";

  @Option(
      names = "--precision-error",
      paramLabel = "LIMIT",
      defaultValue = "0.01",
      description =
          "How far outputs of a reduced --precision may be from those of f32, as a part of their"
              + " size (RMS). It is measured on the test data beside the model, else on random"
              + " numbers; while it is more, products are taken back to f32. 1 accepts all."
              + " Default: 0.01.")
  private double precisionError = CompileOptions.DEFAULT_PRECISION_ERROR;

  @Option(
      names = "--dump-ir",
      paramLabel = "DIR",
      description = "Write the IR before the first pass and after each into a folder.")
  private @Nullable Path dumpIr;

  @Option(
      names = "--stop-after-rewrite",
      paramLabel = "N",
      description = "Stop optimising after N rewrites, to find a wrong one by bisection.")
  private long stopAfterRewrite = -1;

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description =
          "The weights of a .lathe model: .npz, .safetensors or .weights.h5. Default: what the"
              + " initializers of its layers make.")
  private @Nullable Path weights;

  /** These as options of the compiler. */
  CompileOptions toOptions() {
    CompileOptions options = CompileOptions.defaults();
    options = weights == null ? options : options.weights(weights);
    for (String text : shapes) {
      int equals = text.lastIndexOf('=');
      if (equals < 1) {
        throw new BadInputException("--shape takes NAME=SHAPE, not '" + text + "'");
      }
      options = options.shape(text.substring(0, equals), shape(text.substring(equals + 1)));
    }
    try {
      options = options.optimizationLevel(level);
      options = options.precision(precision(precision)).precisionError(precisionError);
      options = threads == 0 ? options : options.threads(threads);
      options = stopAfterRewrite == -1 ? options : options.stopAfterRewrites(stopAfterRewrite);
    } catch (IllegalArgumentException e) {
      throw new BadInputException(String.valueOf(e.getMessage()), e);
    }
    return dumpIr == null ? options : options.dumpIr(dumpIr);
  }

  private static ElementType precision(String text) {
    try {
      return ElementType.parse(text);
    } catch (IllegalArgumentException e) {
      throw new BadInputException("--precision must be f32, bf16 or f16, not '" + text + "'", e);
    }
  }

  /** Reads {@code 1x3x224x224}; an empty text is the shape of a scalar, a name is a symbol. */
  static Shape shape(String text) {
    List<Dim> dims = new ArrayList<>();
    if (!text.isEmpty()) {
      for (String part : text.split("[x,]", -1)) {
        dims.add(dim(part, text));
      }
    }
    return new Shape(dims);
  }

  private static Dim dim(String part, String whole) {
    try {
      long size = Long.parseLong(part);
      if (size >= 0) {
        return Dim.of(size);
      }
    } catch (NumberFormatException e) {
      if (part.matches("[A-Za-wyz_][A-Za-wyz_0-9]*")) {
        return Dim.symbol(part);
      }
    }
    throw new BadInputException(
        "'" + whole + "' is no shape; give one such as 1x3x224x224, with names for open sizes");
  }
}
