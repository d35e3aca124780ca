package dev.lathe.compiler;

import dev.lathe.frontend.decompile.LatheDecompiler;
import dev.lathe.frontend.onnx.export.OnnxExporter;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Graph;
import dev.lathe.ir.analysis.GraphStatistics;
import dev.lathe.ir.file.AtomicFile;
import dev.lathe.ir.text.IrPrinter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes graphs in the forms that models are given away in. */
public enum Conversion {
  /** An ONNX model, with a file of data beside it where the weights are large. */
  ONNX(".onnx", "ONNX opset " + OnnxExporter.OPSET) {
    @Override
    public List<Path> write(Graph graph, Path target) throws IOException {
      return OnnxExporter.export(graph, target);
    }
  },

  /** A source in the Lathe language, with its weights beside it as {@code X.safetensors}. */
  LATHE(".lathe", "the Lathe language") {
    @Override
    public List<Path> write(Graph graph, Path target) throws IOException {
      LatheDecompiler.Result result = LatheDecompiler.decompile(graph);
      byte[] text = result.source().getBytes(StandardCharsets.UTF_8);
      List<Path> written = new ArrayList<>(List.of(target));
      if (!result.weights().isEmpty()) {
        String name = String.valueOf(target.getFileName());
        Path weights = target.resolveSibling(name.substring(0, name.length() - 6) + ".safetensors");
        SafetensorsWriter.write(result.weights(), weights);
        written.add(weights);
      }
      AtomicFile.write(target, channel -> AtomicFile.writeFully(channel, ByteBuffer.wrap(text)));
      return written;
    }
  },

  /** Textual IR with all data, which Lathe reads back as the same graph. */
  IR(".ir", "textual IR") {
    @Override
    public List<Path> write(Graph graph, Path target) throws IOException {
      GraphStatistics statistics = GraphStatistics.of(graph);
      // What is the same throughout is printed once.
      long uniform =
          graph.parameters().values().stream()
              .filter(ConstantData::isUniform)
              .mapToLong(data -> data.type().byteSize())
              .sum();
      long bytes = statistics.parameterBytes() + statistics.constantBytes() - uniform;
      // Data is printed in base64, four characters for three bytes.
      if (bytes > Sources.LONGEST_TEXT / 4 * 3) {
        throw new BadInputException(
            target
                + ": weights of "
                + bytes
                + " bytes take more than the "
                + Sources.LONGEST_TEXT
                + " characters of text that Lathe reads back; convert to .onnx, or print the graph"
                + " without them by 'lathe inspect --ir'");
      }
      byte[] text = IrPrinter.print(graph).getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(target, channel -> AtomicFile.writeFully(channel, ByteBuffer.wrap(text)));
      return List.of(target);
    }
  };

  private final String suffix;
  private final String title;

  Conversion(String suffix, String title) {
    this.suffix = suffix;
    this.title = title;
  }

  /**
   * The form that a file's name asks for.
   *
   * @throws BadInputException if it asks for none of these
   */
  public static Conversion of(Path target) {
    String name = target.toString().toLowerCase(Locale.ROOT);
    for (Conversion conversion : values()) {
      if (name.endsWith(conversion.suffix)) {
        return conversion;
      }
    }
    throw new BadInputException(
        target
            + ": cannot tell what to convert to; name a file that ends in .onnx (an ONNX model),"
            + " .lathe (the Lathe language) or .ir (textual IR)");
  }

  /** What files of this form are, for people. */
  public String title() {
    return title;
  }

  /**
   * Writes a graph; files appear whole or not at all.
   *
   * @return the files written, that named first
   * @throws IOException if one cannot be written; the message names it
   * @throws BadInputException if the graph is too large for the form
   * @throws dev.lathe.frontend.decompile.DecompileException if the Lathe language has no words for
   *     what the graph does
   * @throws dev.lathe.frontend.onnx.export.ExportException if the form cannot say what the graph
   *     does
   */
  public abstract List<Path> write(Graph graph, Path target) throws IOException;
}
