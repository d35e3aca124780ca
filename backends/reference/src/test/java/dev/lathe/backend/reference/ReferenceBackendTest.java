package dev.lathe.backend.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.BlockBuilder;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.IndexingOp;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.ir.op.ShapeOp;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.spi.Backend;
import dev.lathe.runtime.spi.Executable;
import dev.lathe.runtime.spi.Execution;
import dev.lathe.runtime.spi.KernelProfile;
import dev.lathe.runtime.spi.LoadOptions;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class ReferenceBackendTest {
  private static final Dim N = Dim.symbol("N");

  /** {@code relu(x w + 1)} for x of N rows. */
  private static Graph linear() {
    Graph graph = new Graph("linear");
    graph.parameter("w", ConstantData.ofFloats(Shape.of(2, 2), 1, 2, 3, -4));
    BlockBuilder builder = graph.newBlock().from("layer");
    Value x = builder.argument("x", new TensorType(ElementType.F32, Shape.of(N, Dim.of(2))));
    Value w = builder.add(new CreationOp.Parameter("w", TensorType.of(ElementType.F32, 2, 2)));
    Value product = builder.add(new MatMul(false, false), x, w);
    Value one = builder.scalar(ElementType.F32, 1);
    Value sum = builder.add(new Binary(BinaryFunction.ADD), product, one);
    Value y = builder.add(new Unary(UnaryFunction.RELU), sum);
    return graph.add(
        new Function(Graph.FORWARD, builder.finish(List.of(y)), List.of("x"), List.of("y")));
  }

  private static Tensor[] run(Graph graph, Tensor... inputs) {
    try (Executable executable = new ReferenceBackend().load(graph, new LoadOptions(2));
        Execution execution = executable.newExecution()) {
      Tensor[] outputs = new Tensor[graph.forward().outputs().size()];
      execution.run(inputs, outputs);
      return outputs;
    }
  }

  @Test
  void isFoundAsAService() {
    assertThat(ServiceLoader.load(Backend.class).stream().map(p -> p.get().name()))
        .contains("reference");
  }

  @Test
  void runsOneGraphAtSeveralSizes() {
    assertThat(run(linear(), Tensor.of(new float[] {1, 1}, 1, 2))[0].toFloats())
        .containsExactly(5, 0);
    Tensor two = run(linear(), Tensor.of(new float[] {1, 0, 0, 1}, 2, 2))[0];
    assertThat(two.hasShape(2, 2)).isTrue();
    assertThat(two.toFloats()).containsExactly(2, 3, 4, 0);
    assertThat(run(linear(), Tensor.of(new float[0], 0, 2))[0].hasShape(0, 2)).isTrue();
  }

  @Test
  void writesToTheOutputThatStandsThereAndReplacesOneThatDoesNotFit() {
    try (Executable executable = new ReferenceBackend().load(linear(), new LoadOptions(1));
        Execution execution = executable.newExecution();
        Tensor input = Tensor.of(new float[] {1, 1}, 1, 2);
        Tensor place = Tensor.allocate(ElementType.F32, 1, 2);
        Tensor wrong = Tensor.allocate(ElementType.F32, 7)) {
      assertThat(execution.activationBytes()).isZero();
      Tensor[] outputs = {place};
      execution.run(new Tensor[] {input}, outputs);
      assertThat(outputs[0]).isSameAs(place);
      assertThat(place.toFloats()).containsExactly(5, 0);
      outputs[0] = wrong;
      execution.run(new Tensor[] {input}, outputs);
      assertThat(outputs[0]).isNotSameAs(wrong);
      assertThat(outputs[0].toFloats()).containsExactly(5, 0);
      assertThat(execution.activationBytes()).isPositive();
      assertThat(execution.liveActivationBytes()).isEqualTo(execution.activationBytes());
    }
  }

  @Test
  void refusesInputsThatDoNotFitByName() {
    assertThatThrownBy(() -> run(linear(), Tensor.of(new float[3], 1, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("input 'x'")
        .hasMessageContaining("axis 1 must be 2");
    assertThatThrownBy(() -> run(linear(), Tensor.of(new double[2], 1, 2)))
        .hasMessageContaining("the element type must be f32");
    assertThatThrownBy(() -> run(linear(), Tensor.of(new float[2], 2)))
        .hasMessageContaining("the rank must be 2");
    assertThatThrownBy(() -> run(linear())).hasMessageContaining("takes 1 inputs [x], not 0");
  }

  @Test
  void refusesAWrongNumberOfOutputPlaces() {
    try (Executable executable = new ReferenceBackend().load(linear(), new LoadOptions(1));
        Execution execution = executable.newExecution();
        Tensor input = Tensor.of(new float[] {1, 1}, 1, 2)) {
      assertThatThrownBy(() -> execution.run(new Tensor[] {input}, new Tensor[2]))
          .hasMessage("forward gives 1 outputs [y], but there are 2 places for them");
    }
  }

  @Test
  void profilesEachNode() {
    try (Executable executable = new ReferenceBackend().load(linear(), new LoadOptions(1));
        Execution execution = executable.newExecution();
        Tensor input = Tensor.of(new float[] {1, 1}, 1, 2)) {
      List<KernelProfile> profiles = execution.profile(new Tensor[] {input}, 3);
      assertThat(profiles.stream().map(KernelProfile::name))
          .containsExactly("parameter", "matmul", "constant", "add", "relu");
      assertThat(profiles.get(1).layouts()).isEqualTo("f32[N, 2],f32[2, 2]->f32[N, 2]");
      assertThat(profiles.get(1).flops()).isEqualTo(2 * 2 * 2);
      assertThat(profiles.get(1).sources()).containsExactly("layer");
      assertThatThrownBy(() -> execution.profile(new Tensor[] {input}, 0))
          .hasMessage("the number of iterations must be at least 1, not 0");
    }
  }

  @Test
  void runsShapesThatDependOnData() {
    Graph graph = new Graph("dynamic");
    BlockBuilder builder = graph.newBlock();
    Value x = builder.argument("x", new TensorType(ElementType.F32, Shape.of(N)));
    Value places = builder.add(new IndexingOp.NonZero(), x);
    Value flat = builder.add(new ShapeOp.Reshape(false), places, builder.longs(-1));
    Value found = builder.add(new IndexingOp.Gather(0), x, flat);
    Value doubled = builder.add(new Binary(BinaryFunction.ADD), found, found);
    Value dims = builder.dims(List.of(N, N.plus(1)));
    graph.add(
        new Function(
            Graph.FORWARD,
            builder.finish(List.of(doubled, dims)),
            List.of("x"),
            List.of("y", "sizes")));
    Tensor[] outputs = run(graph, Tensor.of(new float[] {0, 3, 0, 0, 5}, 5));
    assertThat(outputs[0].toFloats()).containsExactly(6, 10);
    assertThat(outputs[1].toLongs()).containsExactly(5, 6);
    assertThat(run(graph, Tensor.of(new float[4], 4))[0].hasShape(0)).isTrue();
  }

  @Test
  void saysWhichNodeFailed() {
    Graph graph = new Graph("broken");
    BlockBuilder builder = graph.newBlock().from("/embed/Gather");
    Value x = builder.argument("x", TensorType.of(ElementType.F32, 3));
    Value i = builder.argument("i", TensorType.of(ElementType.I64, 1));
    Value y = builder.add(new IndexingOp.Gather(0), x, i);
    graph.add(
        new Function(Graph.FORWARD, builder.finish(List.of(y)), List.of("x", "i"), List.of("y")));
    assertThatThrownBy(() -> run(graph, Tensor.of(new float[3], 3), Tensor.of(new long[] {3}, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "gather (from /embed/Gather) of [f32[3], i64[1]]: index 3 is out of range for axis 0 of"
                + " size 3");
  }
}
