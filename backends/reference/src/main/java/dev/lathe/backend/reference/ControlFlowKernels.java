package dev.lathe.backend.reference;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.op.ControlFlowOp.If;
import dev.lathe.ir.op.ControlFlowOp.Loop;
import dev.lathe.runtime.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Ops with nested blocks. The interpreter owns what a block gives back; it is copied to the memory
 * of results and released.
 */
final class ControlFlowKernels {
  private ControlFlowKernels() {}

  static List<Tensor> branch(If op, Call call) {
    boolean taken = call.scalar(0) != 0;
    List<Tensor> arguments = call.operands().subList(1, call.size());
    return handOver(
        call.interpreter().run(taken ? op.thenBlock() : op.elseBlock(), arguments), call);
  }

  private static List<Tensor> handOver(List<Tensor> tensors, Call call) {
    List<Tensor> results = new ArrayList<>();
    for (Tensor tensor : tensors) {
      results.add(CreationKernels.copyOf(tensor, call));
      call.interpreter().release(tensor);
    }
    return results;
  }

  static List<Tensor> loop(Loop op, Call call) {
    Interpreter interpreter = call.interpreter();
    int carried = op.carried();
    long trips = call.scalar(0);
    boolean condition = call.scalar(1) != 0;
    List<Tensor> captured = call.operands().subList(2 + carried, call.size());
    List<Tensor> states = new ArrayList<>(call.operands().subList(2, 2 + carried));
    boolean statesAreOwned = false;
    List<List<Tensor>> collected = new ArrayList<>();
    for (int i = 1 + carried; i < op.body().results().size(); i++) {
      collected.add(new ArrayList<>());
    }
    for (long trip = 0; condition && (trips < 0 || trip < trips); trip++) {
      List<Tensor> arguments = new ArrayList<>();
      arguments.add(interpreter.scalar(ElementType.I64, trip));
      arguments.add(interpreter.scalar(ElementType.BOOL, 1));
      arguments.addAll(states);
      arguments.addAll(captured);
      List<Tensor> results = interpreter.run(op.body(), arguments);
      interpreter.release(arguments.get(0));
      interpreter.release(arguments.get(1));
      if (statesAreOwned) {
        states.forEach(interpreter::release);
      }
      condition = results.get(0).getLong(0) != 0;
      interpreter.release(results.get(0));
      states = new ArrayList<>(results.subList(1, 1 + carried));
      statesAreOwned = true;
      for (int i = 0; i < collected.size(); i++) {
        collected.get(i).add(results.get(1 + carried + i));
      }
    }
    List<Tensor> results = new ArrayList<>();
    for (Tensor state : states) {
      results.add(CreationKernels.copyOf(state, call));
      if (statesAreOwned) {
        interpreter.release(state);
      }
    }
    for (int i = 0; i < collected.size(); i++) {
      results.add(stack(collected.get(i), op.body().results().get(1 + carried + i).type(), call));
    }
    return results;
  }

  /** Joins tensors along a new first axis; without any, unknown dimensions are empty. */
  private static Tensor stack(List<Tensor> tensors, TensorType type, Call call) {
    long[] shape = new long[type.rank() + 1];
    shape[0] = tensors.size();
    for (int i = 1; i < shape.length; i++) {
      if (!tensors.isEmpty()) {
        shape[i] = tensors.get(0).dim(i - 1);
      } else if (type.dim(i - 1).isFixed()) {
        shape[i] = type.dim(i - 1).value();
      }
    }
    Tensor result = call.allocate(type.elementType(), shape);
    long[] part = Arrays.copyOfRange(shape, 1, shape.length);
    for (int i = 0; i < tensors.size(); i++) {
      Tensor tensor = tensors.get(i);
      if (!tensor.hasShape(part)) {
        throw new IllegalArgumentException(
            "trip " + i + " collects " + tensor + " but the first " + tensors.get(0));
      }
      long[] strides = Strided.strides(part);
      Strided.copy(
          Strided.View.of(tensor),
          new Strided.View(result, i * Strided.count(part), strides),
          part);
      call.interpreter().release(tensor);
    }
    return result;
  }
}
