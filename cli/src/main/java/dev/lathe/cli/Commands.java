package dev.lathe.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.lathe.compiler.BadInputException;
import dev.lathe.frontend.onnx.OnnxTensors;
import dev.lathe.ir.file.AtomicFile;
import dev.lathe.runtime.Npy;
import dev.lathe.runtime.Session;
import dev.lathe.runtime.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** What several commands share. */
final class Commands {
  private Commands() {}

  /** The spec that picocli has injected. */
  static CommandSpec require(@Nullable CommandSpec spec) {
    if (spec == null) {
      throw new IllegalStateException("a command runs only from its command line");
    }
    return spec;
  }

  /** Indented JSON with a line feed at its end. */
  static String json(Object value) throws IOException {
    return JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(value) + "\n";
  }

  /** Writes a text file, which appears whole or not at all. */
  static void writeText(Path file, String text) throws IOException {
    AtomicFile.write(
        file,
        channel ->
            AtomicFile.writeFully(channel, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
  }

  /** A number of bytes for people: {@code 13.4 MB}. */
  static String bytes(long count) {
    if (count < 1000) {
      return count + " bytes";
    }
    return scaled(count) + "B";
  }

  /**
   * What the activations of the last run took, for people: {@code 6.0 MB planned, 5.8 MB alive at
   * most (1.03)}.
   */
  static String activations(Session session) {
    long planned = session.activationBytes();
    long alive = session.liveActivationBytes();
    return String.format(
        Locale.ROOT,
        "%s planned, %s alive at most (%.2f)",
        bytes(planned),
        bytes(alive),
        alive == 0 ? 1 : (double) planned / alive);
  }

  /** A large number for people: {@code 25.6 M}. */
  static String scaled(long count) {
    String[] units = {"", "k", "M", "G", "T", "P", "E"};
    double value = count;
    int unit = 0;
    while (value >= 999.95) {
      value /= 1000;
      unit++;
    }
    return unit == 0
        ? Long.toString(count)
        : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }

  /**
   * Reads the tensors of {@code --input NAME=FILE} options.
   *
   * @param arena owns the memory of tensors from {@code .pb} files
   * @throws BadInputException if an option makes no sense, or a file holds no tensor
   */
  static Map<String, Tensor> inputs(List<String> options, Arena arena) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    boolean done = false;
    try {
      for (String option : options) {
        int equals = option.lastIndexOf('=');
        if (equals < 1) {
          throw new BadInputException("--input takes NAME=FILE, not '" + option + "'");
        }
        String name = option.substring(0, equals);
        Tensor before = inputs.put(name, tensor(Path.of(option.substring(equals + 1)), arena));
        if (before != null) {
          before.close();
          throw new BadInputException("input '" + name + "' is given twice");
        }
      }
      done = true;
      return inputs;
    } finally {
      if (!done) {
        inputs.values().forEach(Tensor::close);
      }
    }
  }

  private static Tensor tensor(Path file, Arena arena) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".pb")) {
      return Tensor.of(OnnxTensors.read(file, arena));
    }
    if (!name.endsWith(".npy")) {
      throw new BadInputException(file + ": inputs are read from .npy and .pb files");
    }
    try {
      return Npy.read(file);
    } catch (NoSuchFileException e) {
      throw new BadInputException(file + ": there is no such file", e);
    } catch (IOException e) {
      throw new BadInputException(String.valueOf(e.getMessage()), e);
    }
  }
}
