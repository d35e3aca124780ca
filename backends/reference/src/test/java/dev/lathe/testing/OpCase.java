package dev.lathe.testing;

import dev.lathe.ir.Graph;
import dev.lathe.runtime.Tensor;
import java.util.List;

/**
 * A small graph with inputs, the same at every call of its generator.
 *
 * @param name unique in the suite: family, op and what is particular, such as {@code
 *     conv/3x3_stride2}
 * @param graph a verified graph with one function
 * @param inputs a tensor for each input, in order
 * @param tolerance the greatest difference of a float from the reference, as a part of the largest
 *     expected magnitude of that output (at least 1); of an integer, the greatest difference
 */
public record OpCase(String name, Graph graph, List<Tensor> inputs, double tolerance) {
  public OpCase {
    inputs = List.copyOf(inputs);
  }

  @Override
  public String toString() {
    return name;
  }
}
