package dev.lathe.backend.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.ir.BlockBuilder;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ShapeOp.Reshape;
import dev.lathe.runtime.Signature;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.spi.Execution;
import dev.lathe.runtime.spi.LoadOptions;
import dev.lathe.runtime.spi.ModelSource;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs whose shapes elements of an input decided are kept, and found for those elements. */
class KeptDecisionsTest {
  @TempDir private Path folder;

  /** {@code y = reshape(x, n)}, and whether its graph has been asked for. */
  private static final class Reshaping implements ModelSource {
    private final Graph graph;
    private boolean asked;

    Reshaping(Dim size) {
      graph = new Graph("reshaping");
      BlockBuilder b = graph.newBlock();
      Value x = b.argument("x", new TensorType(ElementType.F32, Shape.of(size)));
      Value n = b.argument("n", TensorType.of(ElementType.I64, 2));
      Value y = b.add(new Reshape(false), x, n);
      graph.add(new Function(Graph.FORWARD, b.finish(List.of(y)), List.of("x", "n"), List.of("y")));
    }

    @Override
    public String identity() {
      return "reshaping";
    }

    @Override
    public Signature signature() {
      return Signature.of(graph.forward());
    }

    @Override
    public MemorySegment weights() {
      return MemorySegment.NULL;
    }

    @Override
    public Graph graph() {
      asked = true;
      return graph;
    }
  }

  /** Loads the model anew, as another process does, runs it, and says whether it was lowered. */
  private boolean lowersFor(Dim size, long... shape) {
    Reshaping model = new Reshaping(size);
    try (OneDnnExecutable executable = new OneDnnExecutable(model, folder, LoadOptions.defaults());
        Execution execution = executable.newExecution();
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 6);
        Tensor n = Tensor.of(shape, 2)) {
      executable.loadIfFixed();
      @Nullable Tensor[] outputs = new Tensor[1];
      execution.run(new Tensor[] {x, n}, outputs);
      Tensor y = outputs[0];
      assertThat(y).isNotNull();
      assertThat(y.shape()).isEqualTo(shape);
      assertThat(y.toFloats()).containsExactly(1, 2, 3, 4, 5, 6);
    }
    return model.asked;
  }

  private List<Path> kept() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("programs"))) {
      return files.toList();
    }
  }

  @Test
  void areFoundForTheSameElements() throws IOException {
    Dim open = Dim.symbol("N");
    assertThat(lowersFor(open, 2, 3)).isTrue();
    assertThat(lowersFor(open, 2, 3)).isFalse();
    assertThat(lowersFor(open, 3, 2)).isTrue();
    assertThat(lowersFor(open, 3, 2)).isFalse();
    assertThat(lowersFor(open, 2, 3)).isFalse();
    assertThat(kept()).hasSize(2);
  }

  @Test
  void areFoundWhereAllShapesOfInputsAreFixed() {
    Dim fixed = Dim.of(6);
    assertThat(lowersFor(fixed, 2, 3)).isTrue();
    assertThat(lowersFor(fixed, 2, 3)).isFalse();
    assertThat(lowersFor(fixed, 6, 1)).isTrue();
  }

  @Test
  void areMadeAnewWhereTheFileIsDamaged() throws IOException {
    Dim open = Dim.symbol("N");
    assertThat(lowersFor(open, 2, 3)).isTrue();
    Path file = kept().getFirst();
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    assertThat(lowersFor(open, 2, 3)).isTrue();
    assertThat(lowersFor(open, 2, 3)).isFalse();
  }
}
