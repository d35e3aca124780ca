package dev.lathe.runtime;

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
import dev.lathe.runtime.spi.Backend;
import dev.lathe.runtime.spi.Executable;
import dev.lathe.runtime.spi.Execution;
import dev.lathe.runtime.spi.KernelProfile;
import dev.lathe.runtime.spi.LoadOptions;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A backend for tests of the runtime: it knows one graph, {@code sum = x + y + bias}. */
public final class AddBackend implements Backend {
  /** What an execution does in the middle of a run, by the name of the graph. */
  static final Map<String, Runnable> DURING_RUN = new ConcurrentHashMap<>();

  /** A graph of {@code sum = x + y + bias} with {@code x: f32[N, 2]} and {@code y: f32[N, 2]}. */
  public static Graph graph(String name, float... bias) {
    Graph graph = new Graph(name);
    TensorType type =
        new TensorType(ElementType.F32, Shape.of(Dim.symbol("N"), Dim.of(bias.length)));
    graph.parameter("bias", ConstantData.ofFloats(bias));
    BlockBuilder b = graph.newBlock();
    Value x = b.argument("x", type);
    Value y = b.argument("y", type);
    Value parameter =
        b.add(new CreationOp.Parameter("bias", TensorType.of(ElementType.F32, bias.length)));
    Value sum = b.add(new Binary(BinaryFunction.ADD), x, y);
    Value result = b.add(new Binary(BinaryFunction.ADD), sum, parameter);
    return graph.add(
        new Function(Graph.FORWARD, b.finish(List.of(result)), List.of("x", "y"), List.of("sum")));
  }

  @Override
  public String name() {
    return "add";
  }

  @Override
  public Executable load(Graph graph, LoadOptions options) {
    ConstantData bias = graph.parameters().get("bias");
    if (bias == null) {
      throw new UnsupportedOperationException("the test backend only adds");
    }
    return new Executable() {
      @Override
      public Execution newExecution() {
        return new Adder(bias, DURING_RUN.get(graph.name()));
      }

      @Override
      public void close() {}
    };
  }

  private record Adder(ConstantData bias, @Nullable Runnable during) implements Execution {
    @Override
    public void run(Tensor[] inputs, @Nullable Tensor[] outputs) {
      if (during != null) {
        during.run();
      }
      Tensor given = outputs[0];
      Tensor sum;
      if (given != null && given.dim(0) == inputs[0].dim(0)) {
        sum = given;
      } else {
        sum = Tensor.allocate(java.lang.foreign.Arena.ofAuto(), ElementType.F32, inputs[0].shape());
        outputs[0] = sum;
      }
      long columns = inputs[0].dim(1);
      for (long i = 0; i < inputs[0].dim(0) * columns; i++) {
        float value =
            inputs[0].segment().getAtIndex(ValueLayout.JAVA_FLOAT, i)
                + inputs[1].segment().getAtIndex(ValueLayout.JAVA_FLOAT, i)
                + bias.segment().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i % columns);
        sum.segment().setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
      }
    }

    @Override
    public List<KernelProfile> profile(Tensor[] inputs, int iterations) {
      return List.of(
          new KernelProfile("add", "test", "ab,ab->ab", 1, 0, List.of("Add_0"), false, false));
    }

    @Override
    public long activationBytes() {
      return 0;
    }

    @Override
    public long liveActivationBytes() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
