package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.CommonArguments.ACTIVATION;
import static dev.lathe.frontend.layers.CommonArguments.BIAS_CONSTRAINT;
import static dev.lathe.frontend.layers.CommonArguments.BIAS_INITIALIZER;
import static dev.lathe.frontend.layers.CommonArguments.BIAS_REGULARIZER;
import static dev.lathe.frontend.layers.CommonArguments.KERNEL_CONSTRAINT;
import static dev.lathe.frontend.layers.CommonArguments.KERNEL_INITIALIZER;
import static dev.lathe.frontend.layers.CommonArguments.KERNEL_REGULARIZER;
import static dev.lathe.frontend.layers.CommonArguments.USE_BIAS;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.frontend.layers.FusedCell.Kind;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.ir.op.RecurrentOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The cells of recurrent layers on vectors. */
final class RecurrentCells {

  private RecurrentCells() {}

  /**
   * The weights of a cell, and what is done with them alike in all.
   *
   * @param scope of the cell, its first input {@code [..., features]}
   * @param gates their number in the kernel
   */
  private record Weights(
      LayerScope scope,
      Emitter emit,
      int gates,
      long units,
      Value kernel,
      Value recurrent,
      Optional<Value> bias) {

    static Weights of(LayerScope scope, int gates, List<Dim> biasShape, Initializer biases) {
      Value x = scope.floatInput();
      long units = scope.get(RecurrentArguments.UNITS);
      Dim width = Dim.of(gates * units);
      Dim features = Dim.of(scope.fixed(x.type().rank() - 1));
      Value kernel =
          scope.weight(
              "kernel",
              KERNEL_INITIALIZER,
              KERNEL_REGULARIZER,
              KERNEL_CONSTRAINT,
              x,
              List.of(features, width));
      Value recurrent =
          scope.weight(
              "recurrent_kernel",
              RecurrentArguments.RECURRENT_INITIALIZER,
              RecurrentArguments.RECURRENT_REGULARIZER,
              RecurrentArguments.RECURRENT_CONSTRAINT,
              x,
              List.of(Dim.of(units), width));
      Optional<Value> bias = Optional.empty();
      if (scope.get(USE_BIAS)) {
        bias =
            Optional.of(
                scope.weight(
                    "bias",
                    biases,
                    BIAS_REGULARIZER,
                    BIAS_CONSTRAINT,
                    x.type().elementType(),
                    biasShape));
      }
      return new Weights(scope, scope.emit(), gates, units, kernel, recurrent, bias);
    }

    /** {@code x} times the kernel, plus a bias of the input. */
    Value project(Value x, Optional<Value> inputBias) {
      Value product = emit.add(new MatMul(false, false), x, kernel);
      return inputBias.map(b -> emit.plus(product, b)).orElse(product);
    }

    /** Gates {@code from} to {@code to - 1} of what has them side by side on the last axis. */
    Value gates(Value all, int from, int to) {
      int last = all.type().rank() - 1;
      return emit.slice(all, last, emit.longs(from * units), emit.longs(to * units));
    }

    Value gate(Value all, int index) {
      return gates(all, index, index + 1);
    }

    Value activated(Value x) {
      return applied(scope.find(ACTIVATION), x);
    }

    Value recurrentlyActivated(Value x) {
      return applied(scope.find(RecurrentArguments.RECURRENT_ACTIVATION), x);
    }

    private Value applied(Optional<Activation> activation, Value x) {
      return activation.map(function -> function.apply(scope, x)).orElse(x);
    }

    Value zeros(Value x) {
      return RecurrentArguments.zeros(emit, x, List.of(Dim.of(units)));
    }

    /** A kernel {@code [in, gates*H]} as {@code [1, gates*H, in]}, with the gates in an order. */
    Value turned(Value matrix, int... order) {
      return emit.unsqueeze(emit.transpose(ordered(matrix, order), List.of(1, 0)), 0);
    }

    private Value ordered(Value x, int... order) {
      boolean same = IntStream.range(0, order.length).allMatch(i -> order[i] == i);
      return same
          ? x
          : emit.concat(
              x.type().rank() - 1, IntStream.of(order).mapToObj(i -> gate(x, i)).toList());
    }

    /** A bias {@code [gates*H]} as {@code [1, 2*gates*H]}, that of the recurrence 0. */
    Value inputBias(int... order) {
      Value none = emit.expand(emit.scalarLike(kernel, 0), emit.longs(gates * units));
      Value ordered = bias.map(b -> ordered(b, order)).orElse(none);
      return emit.unsqueeze(emit.concat(0, List.of(ordered, none)), 0);
    }

    /** The op with activations of the layer; empty if one is missing there. */
    Optional<FusedCell> fused(
        Kind kind, Value biases, List<Argument<Activation>> activations, int... order) {
      List<RecurrentOp.Activation> found = new ArrayList<>();
      for (Argument<Activation> argument : activations) {
        FusedCell.activation(scope.find(argument)).ifPresent(found::add);
      }
      if (found.size() < activations.size()) {
        return Optional.empty();
      }
      int hidden = Math.toIntExact(units);
      Value w = turned(kernel, order);
      return Optional.of(new FusedCell(kind, hidden, found, w, turned(recurrent, order), biases));
    }
  }

  /** {@code SimpleRNNCell} (Elman 1990): {@code h' = f(x W + h U + b)}. */
  record Simple(Weights weights) implements RecurrentCell {
    static Simple of(LayerScope scope) {
      List<Dim> bias = List.of(Dim.of(scope.get(RecurrentArguments.UNITS)));
      return new Simple(Weights.of(scope, 1, bias, scope.get(BIAS_INITIALIZER)));
    }

    @Override
    public Value project(Value x) {
      return weights.project(x, weights.bias);
    }

    @Override
    public Step step(Value projected, List<Value> states) {
      Emitter emit = weights.emit;
      Value product = emit.add(new MatMul(false, false), states.get(0), weights.recurrent);
      Value h = weights.activated(emit.plus(projected, product));
      return new Step(h, List.of(h));
    }

    @Override
    public List<Value> zeros(Value x) {
      return List.of(weights.zeros(x));
    }

    @Override
    public Optional<FusedCell> fused() {
      return weights.fused(Kind.RNN, weights.inputBias(0), List.of(ACTIVATION), 0);
    }
  }

  /**
   * {@code LSTMCell} (Hochreiter and Schmidhuber 1997), gates in the order input, forget, cell,
   * output: {@code c' = f c + i g(z)}, {@code h' = o g(c')}.
   */
  record LongShortTerm(Weights weights) implements RecurrentCell {
    static LongShortTerm of(LayerScope scope) {
      long units = scope.get(RecurrentArguments.UNITS);
      Initializer biases = scope.get(BIAS_INITIALIZER);
      if (scope.get(RecurrentArguments.UNIT_FORGET_BIAS)) {
        biases = new Initializer.UnitForget(biases);
      }
      return new LongShortTerm(Weights.of(scope, 4, List.of(Dim.of(4 * units)), biases));
    }

    @Override
    public Value project(Value x) {
      return weights.project(x, weights.bias);
    }

    @Override
    public Step step(Value projected, List<Value> states) {
      Emitter emit = weights.emit;
      Value product = emit.add(new MatMul(false, false), states.get(0), weights.recurrent);
      Value all = emit.plus(projected, product);
      Value input = weights.recurrentlyActivated(weights.gate(all, 0));
      Value forget = weights.recurrentlyActivated(weights.gate(all, 1));
      Value news = weights.activated(weights.gate(all, 2));
      Value output = weights.recurrentlyActivated(weights.gate(all, 3));
      Value c = emit.plus(emit.times(forget, states.get(1)), emit.times(input, news));
      Value h = emit.times(output, weights.activated(c));
      return new Step(h, List.of(h, c));
    }

    @Override
    public List<Value> zeros(Value x) {
      return List.of(weights.zeros(x), weights.zeros(x));
    }

    @Override
    public Optional<FusedCell> fused() {
      // The op has input, output, forget, cell.
      return weights.fused(
          Kind.LSTM,
          weights.inputBias(0, 3, 1, 2),
          List.of(RecurrentArguments.RECURRENT_ACTIVATION, ACTIVATION, ACTIVATION),
          0,
          3,
          1,
          2);
    }
  }

  /**
   * {@code GRUCell} (Cho et al. 2014), gates in the order update, reset, hidden: {@code h' = z h +
   * (1 - z) g(…)}, where the reset gate multiplies the state before the recurrent product, or with
   * {@code reset_after} the product.
   */
  record Gated(Weights weights, boolean resetAfter) implements RecurrentCell {
    static Gated of(LayerScope scope) {
      boolean resetAfter = scope.get(RecurrentArguments.RESET_AFTER);
      Dim width = Dim.of(3 * scope.get(RecurrentArguments.UNITS));
      List<Dim> bias = resetAfter ? List.of(Dim.of(2), width) : List.of(width);
      Initializer biases = scope.get(BIAS_INITIALIZER);
      return new Gated(Weights.of(scope, 3, bias, biases), resetAfter);
    }

    /** The input's bias, or the recurrence's. */
    private Optional<Value> half(int index) {
      Emitter emit = weights.emit;
      return weights.bias.map(
          both -> emit.squeeze(emit.slice(both, 0, emit.longs(index), emit.longs(index + 1)), 0));
    }

    @Override
    public Value project(Value x) {
      return weights.project(x, resetAfter ? half(0) : weights.bias);
    }

    @Override
    public Step step(Value projected, List<Value> states) {
      Emitter emit = weights.emit;
      Value h = states.get(0);
      Value kernel = resetAfter ? weights.recurrent : weights.gates(weights.recurrent, 0, 2);
      Value inner = emit.add(new MatMul(false, false), h, kernel);
      if (resetAfter && weights.bias.isPresent()) {
        inner = emit.plus(inner, half(1).orElseThrow());
      }
      Value update = activatedSum(projected, inner, 0);
      Value reset = activatedSum(projected, inner, 1);
      Value recurrence =
          resetAfter
              ? emit.times(reset, weights.gate(inner, 2))
              : emit.add(
                  new MatMul(false, false),
                  emit.times(reset, h),
                  weights.gate(weights.recurrent, 2));
      Value news = weights.activated(emit.plus(weights.gate(projected, 2), recurrence));
      Value rest = emit.minus(emit.scalarLike(h, 1), update);
      Value next = emit.plus(emit.times(update, h), emit.times(rest, news));
      return new Step(next, List.of(next));
    }

    private Value activatedSum(Value projected, Value inner, int gate) {
      return weights.recurrentlyActivated(
          weights.emit.plus(weights.gate(projected, gate), weights.gate(inner, gate)));
    }

    @Override
    public List<Value> zeros(Value x) {
      return List.of(weights.zeros(x));
    }

    @Override
    public Optional<FusedCell> fused() {
      Value biases =
          resetAfter && weights.bias.isPresent()
              ? weights.emit.reshape(
                  weights.bias.get(), List.of(Dim.ONE, Dim.of(6 * weights.units)))
              : weights.inputBias(0, 1, 2);
      return weights.fused(
          resetAfter ? Kind.GRU_RESET_AFTER : Kind.GRU,
          biases,
          List.of(RecurrentArguments.RECURRENT_ACTIVATION, ACTIVATION),
          0,
          1,
          2);
    }
  }

  /** {@code StackedRNNCells}: each cell takes the output of the one before. */
  record Stacked(List<RecurrentCell> cells, List<Integer> counts) implements RecurrentCell {
    @Override
    public Value project(Value x) {
      return cells.get(0).project(x);
    }

    @Override
    public Step step(Value projected, List<Value> states) {
      List<Value> next = new ArrayList<>();
      int from = 0;
      Step step = null;
      for (int i = 0; i < cells.size(); i++) {
        RecurrentCell cell = cells.get(i);
        Value input = step == null ? projected : cell.project(step.output());
        step = cell.step(input, states.subList(from, from + counts.get(i)));
        next.addAll(step.states());
        from += counts.get(i);
      }
      return new Step(java.util.Objects.requireNonNull(step).output(), next);
    }

    @Override
    public List<Value> zeros(Value x) {
      return cells.stream().flatMap(cell -> cell.zeros(x).stream()).toList();
    }
  }
}
