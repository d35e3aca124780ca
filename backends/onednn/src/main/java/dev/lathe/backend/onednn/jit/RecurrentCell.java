package dev.lathe.backend.onednn.jit;

import java.util.List;

/** What a recurrent layer does in a step, the gates in ONNX's order. */
public enum RecurrentCell {
  /** Long short-term memory: input, output, forget, cell. */
  LSTM(4),

  /** Gated recurrent unit: update, reset, candidate, which reads the state that was reset. */
  GRU(3),

  /** The same, but what the candidate gets from the state is reset. */
  GRU_RESET_AFTER(3);

  private final int gates;

  RecurrentCell(int gates) {
    this.gates = gates;
  }

  /**
   * A part of a step that needs all of what was before it.
   *
   * @param first the first of the gates that are multiplied
   * @param gates how many they are
   */
  record Phase(int first, int gates) {}

  /** The gates. */
  public int gates() {
    return gates;
  }

  List<Phase> phases() {
    return this == GRU ? List.of(new Phase(0, 2), new Phase(2, 1)) : List.of(new Phase(0, gates));
  }

  /** How often in a step what one thread computes is needed by others. */
  public int phaseCount() {
    return phases().size();
  }

  /** The most gates that are multiplied at a time. */
  int together() {
    return phases().stream().mapToInt(Phase::gates).max().orElseThrow();
  }
}
