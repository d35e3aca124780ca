package dev.lathe.backend.onednn.jit;

import static dev.lathe.backend.onednn.jit.RecurrentCode.FREE;
import static dev.lathe.backend.onednn.jit.RecurrentCode.FREE_2;
import static dev.lathe.backend.onednn.jit.RecurrentCode.FREE_3;
import static dev.lathe.backend.onednn.jit.RecurrentCode.LAST;
import static dev.lathe.backend.onednn.jit.RecurrentCode.OWN;
import static dev.lathe.backend.onednn.jit.RecurrentCode.STATE;
import static dev.lathe.backend.onednn.jit.RecurrentCode.STATE_BEFORE;

/**
 * {@code h = candidate + update * (h - candidate)}, where the candidate multiplies {@code reset *
 * h}. Between the phases, that is where the last state will be, and the update gate where the new
 * state will be.
 */
final class GruCell extends CellCode {
  private static final int RESET = 1;

  GruCell(RecurrentShape shape, Assembler a) {
    super(shape, a);
  }

  @Override
  void begin(int place, int direction) {
    operand(OWN, LAST, place);
  }

  private static boolean isFirst(Group group) {
    return group.phase().first() == 0;
  }

  @Override
  void source(Group group, int to) {
    a.mov(to, isFirst(group) ? STATE_BEFORE : OWN);
  }

  @Override
  void finish(Group group) {
    here(FREE, STATE_BEFORE);
    here(FREE_2, STATE);
    if (isFirst(group)) {
      reset(group);
    } else {
      tanh(0, group.sums(), group.sums());
      each(group, (row, v) -> state(group, row, v));
    }
  }

  private void reset(Group group) {
    int free = group.sums();
    sigmoid(0, free, free);
    here(FREE_3, OWN);
    each(
        group,
        (row, v) -> {
          int reset = group.sum(RESET, row, v);
          store(FREE_2, group.sum(0, row, v), group, row, v);
          load(free, FREE, group, row, v);
          a.vmulps(reset, reset, free);
          store(FREE_3, reset, group, row, v);
        });
  }

  private void state(Group group, int row, int vector) {
    int candidate = group.sum(0, row, vector);
    int update = group.sums();
    int before = update + 1;
    load(update, FREE_2, group, row, vector);
    load(before, FREE, group, row, vector);
    a.vsubps(before, before, candidate);
    a.vfmadd231ps(candidate, update, before);
    store(FREE_2, candidate, group, row, vector);
  }
}
