package dev.lathe.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is known of the elements of a small integer tensor before it is computed, each a dimension
 * expression (ONNX calls this data propagation). It makes the shapes that {@code Shape}/{@code
 * Gather}/{@code Concat} chains describe known when the graph is built.
 *
 * @param scalar true for a 0-d tensor, which has one element; false for a 1-d tensor
 * @param elements the elements; unknown ones are {@linkplain Dim#isUnbacked unbacked} symbols
 */
public record PropagatedData(boolean scalar, List<Dim> elements) {
  /** Tensors with more elements than this are not tracked. */
  public static final int MAX_ELEMENTS = 64;

  /**
   * @throws IllegalArgumentException if a scalar has not one element
   */
  public PropagatedData {
    elements = List.copyOf(elements);
    if (scalar && elements.size() != 1) {
      throw new IllegalArgumentException("a scalar has one element, not " + elements.size());
    }
  }

  /** The data of a 0-d tensor. */
  public static PropagatedData scalar(Dim element) {
    return new PropagatedData(true, List.of(element));
  }

  /** The data of a 1-d tensor. */
  public static PropagatedData vector(List<Dim> elements) {
    return new PropagatedData(false, elements);
  }

  /** True if every element is a number. */
  public boolean isFixed() {
    return elements.stream().allMatch(Dim::isFixed);
  }

  /** True if an element depends on the data of a tensor. */
  public boolean isUnbacked() {
    return elements.stream().anyMatch(Dim::isUnbacked);
  }

  /**
   * The elements as numbers.
   *
   * @throws IllegalStateException if one is not fixed
   */
  public long[] values() {
    return elements.stream().mapToLong(Dim::value).toArray();
  }

  /** This with symbols replaced. */
  public PropagatedData substitute(Map<String, Dim> bindings) {
    List<Dim> result = new ArrayList<>(elements.size());
    for (Dim element : elements) {
      result.add(element.substitute(bindings));
    }
    return new PropagatedData(scalar, result);
  }

  /** The shape of the tensor itself: scalar, or one dimension. */
  public Shape shape() {
    return scalar ? Shape.SCALAR : Shape.of(elements.size());
  }
}
