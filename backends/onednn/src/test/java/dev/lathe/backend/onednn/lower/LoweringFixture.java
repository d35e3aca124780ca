package dev.lathe.backend.onednn.lower;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lathe.backend.onednn.binding.Engine;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.program.ConstantPool;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Specializer;
import dev.lathe.ir.TensorType;
import dev.lathe.runtime.Tensor;
import dev.lathe.testing.OpCase;
import dev.lathe.testing.OpCases;
import java.util.List;
import java.util.Map;

/** Lowers cases for two threads and AVX-512, without which tests that need it are skipped. */
public final class LoweringFixture implements AutoCloseable {
  private final Engine engine = Engine.cpu();
  private final Target target = new Target(engine, 2, new ConstantPool());

  LoweringFixture() {
    if (!OneDnn.hasAvx512()) {
      engine.close();
    }
    assumeTrue(OneDnn.hasAvx512(), "the code is for AVX-512");
  }

  Target target() {
    return target;
  }

  /** The graph of a case for the shapes of its inputs. */
  public static Graph fixed(OpCase each) {
    List<TensorType> types = each.inputs().stream().map(Tensor::type).toList();
    Graph graph = each.graph();
    return Specializer.specialize(graph, Specializer.bind(graph.forward(), types), Map.of());
  }

  static OpCase named(String name) {
    return OpCases.all().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no case " + name));
  }

  /** The names of the kernels of a case, in order. */
  List<String> kernels(OpCase each) {
    try (LoweredFunction lowered = Lowering.lower(target, each.graph())) {
      return lowered.program().instructions().stream().map(i -> i.info().name()).toList();
    }
  }

  @Override
  public void close() {
    engine.close();
  }
}
