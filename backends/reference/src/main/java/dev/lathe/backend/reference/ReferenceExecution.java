package dev.lathe.backend.reference;

import dev.lathe.ir.Dim;
import dev.lathe.ir.Function;
import dev.lathe.ir.Node;
import dev.lathe.ir.Specializer;
import dev.lathe.ir.Value;
import dev.lathe.ir.analysis.FlopCounter;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.spi.Execution;
import dev.lathe.runtime.spi.KernelProfile;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Interprets the forward function. */
final class ReferenceExecution implements Execution {
  private final Function function;
  private final Map<String, Tensor> parameters;
  private final Workers workers;
  private final ActivationMemory memory = new ActivationMemory(Arena.ofShared());
  private long activationBytes;

  ReferenceExecution(Function function, Map<String, Tensor> parameters, Workers workers) {
    this.function = function;
    this.parameters = parameters;
    this.workers = workers;
  }

  @Override
  public void run(Tensor[] inputs, @Nullable Tensor[] outputs) {
    if (outputs.length != function.outputs().size()) {
      throw new IllegalArgumentException(
          function.name()
              + " gives "
              + function.outputs().size()
              + " outputs "
              + function.outputNames()
              + ", but there are "
              + outputs.length
              + " places for them");
    }
    try {
      List<Tensor> results = interpreter(inputs).run(function.body(), List.of(inputs));
      for (int i = 0; i < outputs.length; i++) {
        outputs[i] = write(results.get(i), outputs[i]);
      }
    } finally {
      activationBytes = memory.peakBytes();
      memory.reset();
    }
  }

  private Interpreter interpreter(Tensor[] inputs) {
    return new Interpreter(parameters, bind(inputs), workers, memory);
  }

  private Map<String, Long> bind(Tensor[] inputs) {
    return Specializer.bind(function, Arrays.stream(inputs).map(Tensor::type).toList());
  }

  private static Tensor write(Tensor result, @Nullable Tensor place) {
    boolean fits =
        place != null
            && place.elementType() == result.elementType()
            && place.hasShape(result.shape());
    Tensor output =
        fits && place != null
            ? place
            : Tensor.allocate(Arena.ofAuto(), result.elementType(), result.shape());
    output.segment().copyFrom(result.segment());
    return output;
  }

  /**
   * Nodes of nested blocks count as parts of the node that holds them; operations whose number
   * depends on data count as none.
   */
  @Override
  public List<KernelProfile> profile(Tensor[] inputs, int iterations) {
    if (iterations < 1) {
      throw new IllegalArgumentException(
          "the number of iterations must be at least 1, not " + iterations);
    }
    Map<Node, long[]> nanos = new LinkedHashMap<>();
    for (int i = 0; i < iterations; i++) {
      int iteration = i;
      Interpreter interpreter = interpreter(inputs);
      interpreter.observe(
          (node, time) -> nanos.computeIfAbsent(node, n -> new long[iterations])[iteration] = time);
      try {
        interpreter.run(function.body(), List.of(inputs));
      } finally {
        activationBytes = memory.peakBytes();
        memory.reset();
      }
    }
    Map<String, Long> sizes = bind(inputs);
    List<KernelProfile> profiles = new ArrayList<>();
    nanos.forEach((node, times) -> profiles.add(profile(node, times, sizes)));
    return profiles;
  }

  private static KernelProfile profile(Node node, long[] times, Map<String, Long> sizes) {
    Arrays.sort(times);
    Dim flops = FlopCounter.of(node);
    boolean isKnown = sizes.keySet().containsAll(flops.symbols());
    return new KernelProfile(
        node.op().mnemonic(),
        ReferenceBackend.NAME,
        types(node.operands()) + "->" + types(node.results()),
        times[times.length / 2],
        isKnown ? flops.evaluate(sizes) : 0,
        node.provenance(),
        true,
        false);
  }

  private static String types(List<Value> values) {
    return String.join(",", values.stream().map(value -> value.type().toString()).toList());
  }

  @Override
  public long activationBytes() {
    return activationBytes;
  }

  /** All of them: memory of results is given back as soon as nothing needs them. */
  @Override
  public long liveActivationBytes() {
    return activationBytes;
  }

  @Override
  public void close() {
    memory.close();
  }
}
