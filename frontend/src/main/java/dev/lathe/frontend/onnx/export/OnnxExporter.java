package dev.lathe.frontend.onnx.export;

import dev.lathe.frontend.onnx.proto.ExternalData;
import dev.lathe.frontend.onnx.proto.ModelProto;
import dev.lathe.frontend.onnx.proto.OnnxWriter;
import dev.lathe.frontend.onnx.proto.TensorProto;
import dev.lathe.ir.Graph;
import dev.lathe.ir.file.AtomicFile;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes graphs as ONNX models: opset 21, IR version 10, operators of ONNX's own domain alone.
 *
 * <p>Any portable graph can be written, as a frontend makes it and as passes leave it. Inputs,
 * outputs and symbols of their dimensions keep their names (an expression such as {@code 2*N}
 * becomes a name of its own, being ONNX's only way), parameters become initialisers under theirs,
 * nodes are named by the source nodes they came from, and nested blocks become graphs that see the
 * values around them. Only {@code forward} is written. Ops without an operator in ONNX, or with
 * none for their element type, are composed of others that compute the same.
 *
 * <p>The methods keep no state and may be called by any number of threads at once; the same graph
 * gives the same bytes.
 */
public final class OnnxExporter {
  /** The version of ONNX's operators that models are written in. */
  public static final int OPSET = 21;

  /** The version of the file format that models are written in. */
  public static final int IR_VERSION = 10;

  /** Weights of more bytes than this in all go to a file of their own; protobuf ends at 2 GB. */
  static final long MOST_INSIDE = 1_500_000_000;

  /** Tensors of fewer bytes stay in the model, whatever the others do. */
  private static final long SMALL = 1024;

  private OnnxExporter() {}

  /**
   * Writes a graph as an ONNX model. Weights of more than 1.5 GB go to a file beside it with {@code
   * .data} added to its name, each at a multiple of 4096 bytes. Files appear whole or not at all.
   *
   * @param target the file to write
   * @return the files written: the model, and the data if it has a file of its own
   * @throws ExportException if the graph uses what ONNX cannot say; nothing is written then
   * @throws IOException if a file cannot be written; the message names it
   */
  public static List<Path> export(Graph graph, Path target) throws IOException {
    return export(graph, target, MOST_INSIDE);
  }

  static List<Path> export(Graph graph, Path target, long mostInside) throws IOException {
    ModelProto model = new ModelExport(graph).write();
    List<TensorProto> tensors = model.graph().initializers();
    long inside = tensors.stream().mapToLong(tensor -> tensor.data().byteSize()).sum();
    if (inside <= mostInside) {
      write(model, ExternalData.none(), target);
      return List.of(target);
    }
    Path data = target.resolveSibling(target.getFileName() + ".data");
    ExternalData external =
        ExternalData.of(
            String.valueOf(data.getFileName()),
            tensors.stream().filter(tensor -> tensor.data().byteSize() >= SMALL).toList());
    AtomicFile.write(
        data,
        channel -> {
          for (TensorProto tensor : external.tensors()) {
            // What is skipped reads as zeros.
            channel.position(ExternalData.align(channel.position()));
            AtomicFile.writeFully(channel, tensor.data());
          }
        });
    write(model, external, target);
    return List.of(target, data);
  }

  private static void write(ModelProto model, ExternalData external, Path target)
      throws IOException {
    AtomicFile.write(
        target, channel -> OnnxWriter.write(model, external, Channels.newOutputStream(channel)));
  }
}
