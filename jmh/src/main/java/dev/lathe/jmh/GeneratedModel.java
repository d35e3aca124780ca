package dev.lathe.jmh;

import static dev.lathe.frontend.builder.NamedArgument.activation;

import dev.lathe.frontend.builder.ModelBuilder;
import dev.lathe.frontend.builder.SymbolicTensor;
import dev.lathe.frontend.onnx.export.OnnxExporter;
import dev.lathe.ir.ElementType;
import dev.lathe.runtime.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;

/** Models so small that the way to the kernels costs more than the kernels. */
public enum GeneratedModel {
  /** Three layers, 784-64-10, with ReLU and softmax: 51,000 multiplications for a sample. */
  MLP(784) {
    @Override
    SymbolicTensor apply(SymbolicTensor x) {
      return x.dense(64, activation("relu")).dense(10, activation("softmax"));
    }
  },

  /** Gives what it takes. */
  IDENTITY(16) {
    @Override
    SymbolicTensor apply(SymbolicTensor x) {
      return x;
    }
  };

  private static final long SEED = 4;

  private final int features;

  GeneratedModel(int features) {
    this.features = features;
  }

  /** What the model computes of its input {@code f32[N, features]}. */
  abstract SymbolicTensor apply(SymbolicTensor x);

  /** Writes the model as an ONNX file, with input {@code x} and output {@code y}. */
  void write(Path file) {
    ModelBuilder model = new ModelBuilder(name());
    model.output("y", apply(model.input("x", ElementType.F32, "N", features)));
    try (Arena arena = Arena.ofShared()) {
      OnnxExporter.export(model.build().withWeights(Map.of(), arena), file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write a model", e);
    }
  }

  /** One sample: the same numbers every time. */
  Tensor input(Arena arena) {
    Random random = new Random(SEED);
    Tensor tensor = Tensor.allocate(arena, ElementType.F32, 1, features);
    for (long i = 0; i < tensor.elementCount(); i++) {
      tensor.setDouble(i, random.nextFloat());
    }
    return tensor;
  }
}
