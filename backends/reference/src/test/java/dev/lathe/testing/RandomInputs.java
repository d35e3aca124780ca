package dev.lathe.testing;

import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Graph;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.runtime.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Inputs of whole models, the same each time. */
public final class RandomInputs {
  private RandomInputs() {}

  /**
   * A tensor for every input: normally distributed numbers, or integers below 100.
   *
   * @param sizes those of open dimensions by name
   */
  public static List<Tensor> of(Graph graph, Map<String, Long> sizes) {
    Random random = new Random(5);
    List<Tensor> inputs = new ArrayList<>();
    for (Value input : graph.forward().inputs()) {
      TensorType type = input.type();
      long[] shape =
          type.shape().dims().stream().mapToLong((Dim dim) -> dim.evaluate(sizes)).toArray();
      Tensor tensor = Tensor.allocate(type.elementType(), shape);
      for (long i = 0; i < tensor.elementCount(); i++) {
        if (type.elementType().isFloat()) {
          tensor.setDouble(i, random.nextGaussian());
        } else {
          tensor.setLong(i, random.nextInt(type.elementType() == ElementType.BOOL ? 2 : 100));
        }
      }
      inputs.add(tensor);
    }
    return inputs;
  }
}
