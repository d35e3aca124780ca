package dev.lathe.frontend.onnx;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lathe.frontend.ImportException;
import dev.lathe.frontend.onnx.proto.OnnxReader;
import dev.lathe.ir.Block;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.Verifier;
import dev.lathe.ir.op.CreationOp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssertAlternative;

/** Imports models that tests write, and tells what came out in few words. */
final class ImportFixture {

  private ImportFixture() {}

  /** The forward function of a file's graph, verified. */
  static Function forward(byte[] file) {
    return graph(file).forward();
  }

  /** A file's graph, verified. */
  static Graph graph(byte[] file) {
    MemorySegment bytes = MemorySegment.ofArray(file);
    Graph graph =
        OnnxImporter.lower(
            OnnxReader.readModel(bytes, "test.onnx", Arena.ofAuto()),
            "test.onnx",
            ImportOptions.NONE);
    Verifier.verify(graph);
    return graph;
  }

  /** The ops of a file's graph in order, constants and parameters left out. */
  static List<String> ops(byte[] file) {
    return ops(forward(file).body());
  }

  /** The ops of a block in order, constants and parameters left out. */
  static List<String> ops(Block block) {
    List<String> names = new ArrayList<>();
    for (Node node : block.nodes()) {
      if (!(node.op() instanceof CreationOp.Constant)
          && !(node.op() instanceof CreationOp.Parameter)) {
        names.add(node.op().mnemonic());
      }
    }
    return names;
  }

  /** The types of the outputs of a file's graph. */
  static List<String> types(byte[] file) {
    return forward(file).outputs().stream().map(value -> value.type().toString()).toList();
  }

  /** The first op of a kind in a file's graph. */
  static <T> T find(byte[] file, Class<T> kind) {
    for (Node node : forward(file).body().nodes()) {
      if (kind.isInstance(node.op())) {
        return kind.cast(node.op());
      }
    }
    throw new AssertionError("no " + kind.getSimpleName() + " in " + ops(file));
  }

  /** Expects the import to be refused. */
  static ThrowableAssertAlternative<ImportException> refuses(byte[] file) {
    return assertThatExceptionOfType(ImportException.class).isThrownBy(() -> graph(file));
  }
}
