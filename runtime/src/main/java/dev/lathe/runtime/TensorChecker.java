package dev.lathe.runtime;

import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Checks tensors against a signature without allocating, as it happens before every run. Used by
 * one thread at a time.
 */
final class TensorChecker {
  private final Signature signature;
  private final Rule[] inputs;
  private final Rule[] outputs;

  /** The sizes of symbols in the run that is being checked, by their slot; -1 where not bound. */
  private final long[] sizes;

  /** The names of the symbols that stand alone in an input's dimension, by slot. */
  private final List<String> symbols = new ArrayList<>();

  /** What is required of one tensor. */
  private static final class Rule {
    final ElementType elementType;

    /** For each axis the slot of its symbol, or -1. */
    final int[] slots;

    /** For each axis its size, or -1. */
    final long[] fixed;

    Rule(TensorType type) {
      elementType = type.elementType();
      slots = new int[type.rank()];
      fixed = new long[type.rank()];
    }
  }

  TensorChecker(Signature signature) {
    this.signature = signature;
    this.inputs = rules(signature.inputs(), true);
    // Outputs bind nothing: their symbols are those of inputs, or depend on data.
    this.outputs = rules(signature.outputs(), false);
    this.sizes = new long[symbols.size()];
  }

  private Rule[] rules(List<TensorSpec> specs, boolean binds) {
    Rule[] rules = new Rule[specs.size()];
    for (int i = 0; i < rules.length; i++) {
      TensorType type = specs.get(i).type();
      Rule rule = new Rule(type);
      for (int axis = 0; axis < type.rank(); axis++) {
        Dim dim = type.dim(axis);
        rule.fixed[axis] = dim.isFixed() ? dim.value() : -1;
        rule.slots[axis] = binds && dim.isSymbol() ? slot(dim.symbolName()) : -1;
      }
      rules[i] = rule;
    }
    return rules;
  }

  private int slot(String symbol) {
    if (!symbols.contains(symbol)) {
      symbols.add(symbol);
    }
    return symbols.indexOf(symbol);
  }

  /**
   * @throws InvalidTensorException if there are too many or too few, or one does not fit
   */
  void checkInputs(Tensor[] tensors) {
    if (tensors.length != inputs.length) {
      throw new InvalidTensorException(
          "the model takes "
              + count(inputs.length, "input")
              + " ("
              + Signature.list(signature.inputs())
              + "), but "
              + count(tensors.length, "tensor")
              + (tensors.length == 1 ? " is given" : " are given"));
    }
    Arrays.fill(sizes, -1);
    for (int i = 0; i < tensors.length; i++) {
      Tensor tensor = tensors[i];
      if (tensor == null) {
        throw new InvalidTensorException(
            "input " + signature.inputs().get(i) + " is missing: null is given");
      }
      checkType("input", signature.inputs().get(i), inputs[i], tensor);
      checkAlive("input", signature.inputs().get(i), tensor);
      bind(i, tensor);
    }
    for (int i = 0; i < tensors.length; i++) {
      checkExpressions(i, tensors[i]);
    }
  }

  private static String count(int count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  private static void checkType(String what, TensorSpec spec, Rule rule, Tensor tensor) {
    if (tensor.elementType() != rule.elementType) {
      throw mismatch(what, spec, tensor, "the element type must be " + rule.elementType);
    }
    if (tensor.rank() != rule.fixed.length) {
      throw mismatch(what, spec, tensor, "the rank must be " + rule.fixed.length);
    }
    for (int axis = 0; axis < rule.fixed.length; axis++) {
      if (rule.fixed[axis] >= 0 && tensor.dim(axis) != rule.fixed[axis]) {
        throw mismatch(what, spec, tensor, "axis " + axis + " must be " + rule.fixed[axis]);
      }
    }
  }

  private static void checkAlive(String what, TensorSpec spec, Tensor tensor) {
    if (!tensor.segment().scope().isAlive()) {
      throw new InvalidTensorException(
          what
              + " '"
              + spec.name()
              + "' is a tensor whose memory was freed; close it after the run");
    }
    if (!tensor.segment().isAccessibleBy(Thread.currentThread())) {
      throw new InvalidTensorException(
          what
              + " '"
              + spec.name()
              + "' lies in memory of an arena that is confined to another thread; use a shared"
              + " arena");
    }
  }

  private static InvalidTensorException mismatch(
      String what, TensorSpec spec, Tensor tensor, String why) {
    return new InvalidTensorException(
        what
            + " '"
            + spec.name()
            + "' must be "
            + spec.type()
            + ", but is "
            + tensor.type()
            + ": "
            + why);
  }

  private void bind(int index, Tensor tensor) {
    int[] slots = inputs[index].slots;
    for (int axis = 0; axis < slots.length; axis++) {
      int slot = slots[axis];
      if (slot < 0) {
        continue;
      }
      if (sizes[slot] < 0) {
        sizes[slot] = tensor.dim(axis);
      } else if (sizes[slot] != tensor.dim(axis)) {
        throw mismatch(
            "input",
            signature.inputs().get(index),
            tensor,
            "axis "
                + axis
                + " must be "
                + sizes[slot]
                + ", as another dimension "
                + symbols.get(slot)
                + " is");
      }
    }
  }

  /** Checks dimensions such as {@code 2*N}, which inputs rarely have: this allocates. */
  private void checkExpressions(int index, Tensor tensor) {
    Rule rule = inputs[index];
    for (int axis = 0; axis < rule.fixed.length; axis++) {
      if (rule.fixed[axis] >= 0 || rule.slots[axis] >= 0) {
        continue;
      }
      Dim dim = signature.inputs().get(index).type().dim(axis);
      TreeMap<String, Long> bindings = new TreeMap<>();
      for (int slot = 0; slot < sizes.length; slot++) {
        bindings.put(symbols.get(slot), sizes[slot]);
      }
      if (!bindings.keySet().containsAll(dim.symbols())) {
        continue;
      }
      long expected = dim.evaluate(bindings);
      if (expected != tensor.dim(axis)) {
        throw mismatch(
            "input",
            signature.inputs().get(index),
            tensor,
            "axis " + axis + " must be " + expected + " (" + dim + ")");
      }
    }
  }

  /**
   * @throws InvalidTensorException if there are too many or too few places, or a tensor in one does
   *     not fit, cannot be written, or overlaps another
   */
  void checkOutputs(Tensor[] given, @Nullable Tensor[] tensors) {
    if (tensors.length != outputs.length) {
      throw new InvalidTensorException(
          "the model gives "
              + count(outputs.length, "output")
              + " ("
              + Signature.list(signature.outputs())
              + "), but there "
              + (tensors.length == 1 ? "is " : "are ")
              + count(tensors.length, "place"));
    }
    for (int i = 0; i < tensors.length; i++) {
      Tensor tensor = tensors[i];
      if (tensor == null) {
        continue;
      }
      TensorSpec spec = signature.outputs().get(i);
      checkType("output", spec, outputs[i], tensor);
      checkAlive("output", spec, tensor);
      if (tensor.segment().isReadOnly()) {
        throw new InvalidTensorException("output '" + spec.name() + "' lies in read-only memory");
      }
      for (int j = 0; j < given.length; j++) {
        checkApart(spec, tensor, "input", signature.inputs().get(j), given[j]);
      }
      for (int j = 0; j < i; j++) {
        Tensor other = tensors[j];
        if (other != null) {
          checkApart(spec, tensor, "output", signature.outputs().get(j), other);
        }
      }
    }
  }

  private static void checkApart(
      TensorSpec spec, Tensor output, String what, TensorSpec otherSpec, Tensor other) {
    long start = output.segment().address();
    long otherStart = other.segment().address();
    if (start < otherStart + other.segment().byteSize()
        && otherStart < start + output.segment().byteSize()) {
      throw new InvalidTensorException(
          "output '"
              + spec.name()
              + "' shares memory with "
              + what
              + " '"
              + otherSpec.name()
              + "'; give it memory of its own");
    }
  }

  /**
   * @throws IllegalStateException if a run left an output empty
   */
  void checkComplete(@Nullable Tensor[] results) {
    for (int i = 0; i < results.length; i++) {
      if (results[i] == null) {
        throw new IllegalStateException(
            "the backend left output '" + signature.outputs().get(i).name() + "' empty");
      }
    }
  }
}
