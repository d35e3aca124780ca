package dev.lathe.frontend.layers;

import dev.lathe.ir.Value;
import java.util.List;
import java.util.Optional;

/**
 * What a recurrent layer does at each step, its weights declared.
 *
 * <p>The part of a step that depends on the input alone is separate, so that it is computed for all
 * steps at once.
 */
interface RecurrentCell {

  /**
   * What a step gives.
   *
   * @param output {@code [batch, …]}
   * @param states those after the step, in Keras's order: the hidden one first
   */
  record Step(Value output, List<Value> states) {}

  /** The contribution of the input: {@code [..., features]} to {@code [..., gates]}. */
  Value project(Value x);

  /**
   * One step.
   *
   * @param projected what {@link #project} gives of the step's input
   * @param states those before the step
   */
  Step step(Value projected, List<Value> states);

  /** States of zeros for an input {@code [batch, time, …]} or {@code [batch, …]}. */
  List<Value> zeros(Value x);

  /** This as weights of one op for all steps; empty if there is no op with its activations. */
  default Optional<FusedCell> fused() {
    return Optional.empty();
  }
}
