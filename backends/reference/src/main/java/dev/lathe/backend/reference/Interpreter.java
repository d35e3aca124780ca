package dev.lathe.backend.reference;

import dev.lathe.ir.Block;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ControlFlowOp;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.Op;
import dev.lathe.runtime.Tensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs blocks: one node after another, each tensor released after its last use.
 *
 * <p>Every result is checked against the type that the graph declares for it, so that a wrong shape
 * inference is found where it happens.
 */
final class Interpreter {
  private final Map<String, Tensor> parameters;
  private final Workers workers;
  private final ActivationMemory memory;
  private Map<String, Long> sizes;
  private int depth;
  private @Nullable BiConsumer<Node, Long> observer;

  /**
   * @param parameters the weights by name
   * @param sizes the sizes of the symbols of dimensions
   * @param memory gives the memory of all tensors that blocks compute
   */
  Interpreter(
      Map<String, Tensor> parameters,
      Map<String, Long> sizes,
      Workers workers,
      ActivationMemory memory) {
    this.parameters = parameters;
    this.sizes = sizes;
    this.workers = workers;
    this.memory = memory;
  }

  /** Calls {@code observer} with each node of the outermost block and its nanoseconds. */
  void observe(BiConsumer<Node, Long> newObserver) {
    observer = newObserver;
  }

  Workers workers() {
    return workers;
  }

  /** The sizes of symbols, those that data gave included. */
  Map<String, Long> sizes() {
    return sizes;
  }

  /** The weight of the given name. */
  Tensor parameter(String name) {
    Tensor parameter = parameters.get(name);
    if (parameter == null) {
      throw new IllegalArgumentException("parameter " + name + " has no data");
    }
    return parameter;
  }

  /** A scalar for a block to read, which the caller releases. */
  Tensor scalar(ElementType elementType, long value) {
    Tensor scalar = Tensor.allocate(memory, elementType);
    scalar.setLong(0, value);
    return scalar;
  }

  /** Gives back the memory of a tensor from {@link #run} or {@link #scalar}. */
  void release(Tensor tensor) {
    memory.release(tensor);
  }

  /**
   * Computes the results of a block.
   *
   * @return new tensors, which the caller releases
   */
  List<Tensor> run(Block block, List<Tensor> arguments) {
    Map<String, Long> outerSizes = sizes;
    sizes = new HashMap<>(outerSizes);
    depth++;
    try {
      return new Frame(block, arguments).run();
    } finally {
      depth--;
      sizes = outerSizes;
    }
  }

  /** One execution of a block. */
  private final class Frame {
    private final Block block;
    private final Map<Value, Tensor> tensors = new HashMap<>();
    private final Map<Value, Integer> uses = new HashMap<>();

    Frame(Block block, List<Tensor> arguments) {
      this.block = block;
      for (int i = 0; i < arguments.size(); i++) {
        tensors.put(block.arguments().get(i), arguments.get(i));
      }
      for (Node node : block.nodes()) {
        node.operands().forEach(this::countUse);
      }
      block.results().forEach(this::countUse);
    }

    private void countUse(Value value) {
      uses.merge(value, 1, Integer::sum);
    }

    List<Tensor> run() {
      for (Node node : block.nodes()) {
        List<Tensor> operands = new ArrayList<>(node.operands().size());
        for (Value operand : node.operands()) {
          operands.add(tensor(operand));
        }
        long start = System.nanoTime();
        List<Tensor> results = evaluate(node, operands);
        if (observer != null && depth == 1) {
          observer.accept(node, System.nanoTime() - start);
        }
        for (int i = 0; i < results.size(); i++) {
          Value result = node.results().get(i);
          checkDeclared(node, result.type(), results.get(i));
          tensors.put(result, results.get(i));
          if (!uses.containsKey(result)) {
            release(results.get(i));
          }
        }
        node.operands().forEach(this::used);
      }
      List<Tensor> results = new ArrayList<>();
      for (Value value : block.results()) {
        // Always a copy, since a value may be an argument, a constant, or go out twice.
        Tensor tensor = tensor(value);
        Tensor copy = Tensor.allocate(memory, tensor.elementType(), tensor.shape());
        copy.segment().copyFrom(tensor.segment());
        results.add(copy);
        used(value);
      }
      return results;
    }

    private Tensor tensor(Value value) {
      Tensor tensor = tensors.get(value);
      if (tensor == null) {
        throw new IllegalStateException("value " + value + " is used before it is defined");
      }
      return tensor;
    }

    private void used(Value value) {
      boolean last = uses.merge(value, -1, Integer::sum) == 0;
      if (last && value.producer() != null) {
        release(tensor(value));
      }
    }
  }

  private List<Tensor> evaluate(Node node, List<Tensor> operands) {
    try {
      // Weights are read where they lie.
      if (node.op() instanceof CreationOp.Constant constant) {
        return List.of(Tensor.of(constant.data()));
      }
      if (node.op() instanceof CreationOp.Parameter parameter) {
        return List.of(parameter(parameter.name()));
      }
      return evaluate(node.op(), operands, memory);
    } catch (IllegalArgumentException | ArithmeticException e) {
      boolean nested = node.op() instanceof ControlFlowOp && e.getCause() != null;
      throw nested ? e : new IllegalArgumentException(where(node, operands) + e.getMessage(), e);
    }
  }

  private static String where(Node node, List<Tensor> operands) {
    String from =
        node.provenance().isEmpty() ? "" : " (from " + String.join(", ", node.provenance()) + ")";
    return node.op().mnemonic() + from + " of " + operands + ": ";
  }

  /** Computes the results of one op in memory of {@code arena}; see {@link ReferenceEvaluator}. */
  List<Tensor> evaluate(Op op, List<Tensor> operands, Arena arena) {
    List<TensorType> types = op.infer(ConcreteOperands.of(operands));
    return Kernels.evaluate(op, new Call(operands, types, arena, this));
  }

  /** Refuses a result of another type than the graph declares; binds sizes that data decides. */
  private void checkDeclared(Node node, TensorType declared, Tensor actual) {
    boolean fits =
        declared.elementType() == actual.elementType() && declared.rank() == actual.rank();
    for (int i = 0; fits && i < declared.rank(); i++) {
      fits = fits(declared.dim(i), actual.dim(i));
    }
    if (!fits) {
      throw new IllegalStateException(
          where(node, List.of())
              + "the graph declares the result "
              + declared
              + ", but it is "
              + actual
              + " where "
              + sizes
              + "; the shape inference of this op is wrong");
    }
  }

  private boolean fits(Dim declared, long actual) {
    if (declared.isSymbol() && !sizes.containsKey(declared.symbolName())) {
      sizes.put(declared.symbolName(), actual);
      return true;
    }
    // An expression of sizes that were never bound says nothing; that of an axis that turned out
    // to be empty may be off by what broadcasting it against 1 means.
    return actual == 0
        || !sizes.keySet().containsAll(declared.symbols())
        || declared.evaluate(sizes) == actual;
  }
}
