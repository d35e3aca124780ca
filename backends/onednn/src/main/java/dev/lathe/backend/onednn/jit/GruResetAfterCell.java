package dev.lathe.backend.onednn.jit;

import static dev.lathe.backend.onednn.jit.RecurrentCode.FREE;
import static dev.lathe.backend.onednn.jit.RecurrentCode.FREE_2;
import static dev.lathe.backend.onednn.jit.RecurrentCode.STATE;
import static dev.lathe.backend.onednn.jit.RecurrentCode.STATE_BEFORE;

/**
 * {@code h = candidate + update * (h - candidate)}, where the candidate has {@code reset} times
 * what the state gives to it.
 */
final class GruResetAfterCell extends CellCode {
  private static final int BIAS = RecurrentCode.OWN;
  private static final int RESET = 1;
  private static final int CANDIDATE = 2;

  GruResetAfterCell(RecurrentShape shape, Assembler a) {
    super(shape, a);
  }

  @Override
  void begin(int place, int direction) {
    a.imul(direction, direction, shape.vectors() * VECTOR);
    operand(BIAS, OPERANDS, direction);
  }

  @Override
  void start(Group group) {
    here(FREE_2, BIAS);
    each(
        group,
        (row, v) -> {
          loadGiven(group.sum(0, row, v), group, 0, row, v);
          loadGiven(group.sum(RESET, row, v), group, RESET, row, v);
          a.loadVector(group.sum(CANDIDATE, row, v), FREE_2, v * VECTOR, Assembler.UNMASKED);
        });
  }

  @Override
  void finish(Group group) {
    int free = group.sums();
    sigmoid(0, CANDIDATE * group.gate(), free);
    each(
        group,
        (row, v) -> {
          int reset = group.sum(RESET, row, v);
          int candidate = group.sum(CANDIDATE, row, v);
          a.vmulps(candidate, candidate, reset);
          loadGiven(reset, group, CANDIDATE, row, v);
          a.vaddps(candidate, candidate, reset);
        });
    tanh(CANDIDATE * group.gate(), free, free);
    here(FREE, STATE_BEFORE);
    here(FREE_2, STATE);
    each(
        group,
        (row, v) -> {
          int candidate = group.sum(CANDIDATE, row, v);
          load(free, FREE, group, row, v);
          a.vsubps(free, free, candidate);
          a.vfmadd231ps(candidate, group.sum(0, row, v), free);
          store(FREE_2, candidate, group, row, v);
        });
  }
}
