package dev.lathe.testing;

import dev.lathe.backend.reference.ReferenceBackend;
import dev.lathe.ir.Graph;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.spi.Backend;
import dev.lathe.runtime.spi.Executable;
import dev.lathe.runtime.spi.Execution;
import dev.lathe.runtime.spi.LoadOptions;
import java.util.Arrays;
import java.util.List;

/** Runs cases and compares what comes out. */
public final class CaseRunner {
  private CaseRunner() {}

  /** The outputs of a graph for the inputs of a case, computed by two threads. */
  public static List<Tensor> run(Backend backend, Graph graph, List<Tensor> inputs) {
    return run(backend, graph, inputs, 2);
  }

  /** The outputs of a graph for the inputs of a case. */
  public static List<Tensor> run(Backend backend, Graph graph, List<Tensor> inputs, int threads) {
    try (Executable executable = backend.load(graph, new LoadOptions(threads));
        Execution execution = executable.newExecution()) {
      Tensor[] outputs = new Tensor[graph.forward().outputs().size()];
      execution.run(inputs.toArray(Tensor[]::new), outputs);
      return List.of(outputs);
    }
  }

  /**
   * Fails unless a backend gives what the reference gives for a case.
   *
   * @throws AssertionError naming the case, the output, the element and both numbers
   */
  public static void assertMatches(Backend backend, OpCase each) {
    assertMatches(backend, each.graph(), each);
  }

  /**
   * Fails unless a backend gives for another form of a case's graph (optimised, or printed and
   * parsed) what the reference gives for the graph itself.
   *
   * @throws AssertionError naming the case, the output, the element and both numbers
   */
  public static void assertMatches(Backend backend, Graph form, OpCase each) {
    List<Tensor> expected = run(new ReferenceBackend(), each.graph(), each.inputs());
    List<Tensor> actual = run(backend, form, each.inputs());
    for (int i = 0; i < expected.size(); i++) {
      String output = each.name() + ", output " + each.graph().forward().outputNames().get(i);
      assertClose(output, actual.get(i), expected.get(i), each.tolerance());
    }
  }

  /**
   * Fails unless two tensors have one type and shape and close elements; NaN is close to NaN alone,
   * an infinity to itself.
   *
   * @param what names the tensor in the message
   * @param tolerance see {@link OpCase#tolerance}
   */
  public static void assertClose(String what, Tensor actual, Tensor expected, double tolerance) {
    if (actual.elementType() != expected.elementType() || !actual.hasShape(expected.shape())) {
      throw new AssertionError(what + ": expected " + expected + ", got " + actual);
    }
    double allowed = tolerance * magnitude(expected);
    for (long i = 0; i < expected.elementCount(); i++) {
      double a = actual.getDouble(i);
      double e = expected.getDouble(i);
      boolean same = a == e || (Double.isNaN(a) && Double.isNaN(e));
      if (!same && !(Math.abs(a - e) <= allowed)) {
        throw new AssertionError(
            what
                + ": element "
                + i
                + " of "
                + Arrays.toString(expected.shape())
                + " is "
                + a
                + ", expected "
                + e
                + " within "
                + allowed);
      }
    }
  }

  private static double magnitude(Tensor expected) {
    double magnitude = 1;
    for (long i = 0; expected.elementType().isFloat() && i < expected.elementCount(); i++) {
      double value = Math.abs(expected.getDouble(i));
      magnitude = Double.isFinite(value) ? Math.max(magnitude, value) : magnitude;
    }
    return magnitude;
  }
}
