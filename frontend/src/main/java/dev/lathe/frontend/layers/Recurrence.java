package dev.lathe.frontend.layers;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.RecurrentOp.Direction;
import dev.lathe.ir.op.ShapeOp.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A cell applied to all steps of a tensor {@code [batch, time, …]}.
 *
 * @param sequence writes the outputs of all steps, in the order in which they were taken
 * @param last the output of the last step taken
 * @param states those after it
 */
record Recurrence(Supplier<Value> sequence, Value last, List<Value> states) {
  /** A sequence that is longer is taken for a mistake where each step is written out. */
  private static final long MOST_STEPS = 4096;

  /**
   * Applies a cell, by one op where there is one, else by writing each step out.
   *
   * @param backwards whether the last step comes first
   * @throws LayerException if steps would have to be written out and their number is not known
   */
  static Recurrence of(
      LayerScope scope, RecurrentCell cell, Value x, List<Value> initial, boolean backwards) {
    Optional<FusedCell> fused = x.type().rank() == 3 ? cell.fused() : Optional.empty();
    return fused.isPresent()
        ? ofOp(scope.emit(), fused.get(), x, initial, backwards)
        : unrolled(scope, cell, x, initial, backwards);
  }

  private static Recurrence ofOp(
      Emitter emit, FusedCell cell, Value x, List<Value> initial, boolean backwards) {
    Direction direction = backwards ? Direction.REVERSE : Direction.FORWARD;
    List<Value> results = cell.add(emit, direction, x, initial);
    Supplier<Value> sequence =
        () -> {
          Value inOrder = direction(emit, results.get(0), 0);
          return backwards ? flipped(emit, inOrder) : inOrder;
        };
    List<Value> states =
        results.subList(1, results.size()).stream().map(state -> emit.squeeze(state, 0)).toList();
    return new Recurrence(sequence, states.get(0), states);
  }

  /** One direction of all hidden states {@code [time, D, batch, H]} as {@code [batch, time, H]}. */
  private static Value direction(Emitter emit, Value all, int index) {
    Value one =
        all.type().dim(1).is(1)
            ? all
            : emit.slice(all, 1, emit.longs(index), emit.longs(index + 1));
    return emit.transpose(emit.squeeze(one, 1), List.of(1, 0, 2));
  }

  /** The second axis in the other direction. */
  static Value flipped(Emitter emit, Value x) {
    return emit.add(
        new Slice(List.of(1)), x, emit.longs(-1), emit.longs(Long.MIN_VALUE), emit.longs(-1));
  }

  private static Recurrence unrolled(
      LayerScope scope, RecurrentCell cell, Value x, List<Value> initial, boolean backwards) {
    Emitter emit = scope.emit();
    Dim time = x.type().dim(1);
    if (!time.isFixed() || time.value() > MOST_STEPS || time.is(0)) {
      throw new LayerException(
              scope.name()
                  + "() writes each step out, as no one op has this cell with these activations,"
                  + " and the time axis of "
                  + x.type()
                  + (time.isFixed() ? " has no number of steps for that" : " is open"),
              time.isFixed()
                  ? "let it have from 1 to " + MOST_STEPS + " steps"
                  : "give "
                      + time
                      + " a number in the model's inputs"
                      + (x.type().rank() == 3
                          ? ", or use lstm(), gru() or simple_rnn() with their own activations"
                          : ""))
          .aboutInput(0);
    }
    int steps = (int) time.value();
    Value projected = cell.project(x);
    List<Value> states = initial;
    List<Value> outputs = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      int t = backwards ? steps - 1 - i : i;
      Value at = emit.slice(projected, 1, emit.longs(t), emit.longs(t + 1));
      RecurrentCell.Step step = cell.step(emit.squeeze(at, 1), states);
      outputs.add(step.output());
      states = step.states();
    }
    Supplier<Value> sequence =
        () -> emit.concat(1, outputs.stream().map(each -> emit.unsqueeze(each, 1)).toList());
    return new Recurrence(sequence, outputs.getLast(), states);
  }

  /**
   * Two cells in two directions by one op.
   *
   * @return that forward, and that backward with its sequence in the order of time
   */
  static List<Recurrence> pair(
      Emitter emit,
      FusedCell forward,
      FusedCell backward,
      Value x,
      List<Value> initial,
      List<Value> backwardInitial) {
    List<Value> results = forward.addPair(emit, backward, x, initial, backwardInitial);
    List<Recurrence> both = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      int index = i;
      List<Value> states =
          results.subList(1, results.size()).stream()
              .map(
                  state ->
                      emit.squeeze(
                          emit.slice(state, 0, emit.longs(index), emit.longs(index + 1)), 0))
              .toList();
      both.add(new Recurrence(() -> direction(emit, results.get(0), index), states.get(0), states));
    }
    return both;
  }
}
