package dev.lathe.backend.onednn.jit;

import static dev.lathe.backend.onednn.jit.RecurrentCode.FREE;
import static dev.lathe.backend.onednn.jit.RecurrentCode.FREE_2;
import static dev.lathe.backend.onednn.jit.RecurrentCode.FREE_3;
import static dev.lathe.backend.onednn.jit.RecurrentCode.STATE;

/** {@code c = forget * c + input * tanh(cell); h = output * tanh(c)}. */
final class LstmCell extends CellCode {
  private static final int CELL = RecurrentCode.OWN;
  private static final int CELL_BEFORE = RecurrentCode.OWN_2;
  private static final int OUTPUT = 1;
  private static final int FORGET = 2;
  private static final int CANDIDATE = 3;

  LstmCell(RecurrentShape shape, Assembler a) {
    super(shape, a);
  }

  @Override
  void begin(int place, int direction) {
    operand(CELL_BEFORE, OPERANDS, place);
    operand(CELL, OPERANDS + 1, place);
  }

  @Override
  void next() {
    a.mov(CELL_BEFORE, CELL);
  }

  @Override
  void finish(Group group) {
    int free = group.sums();
    int gate = group.gate();
    sigmoid(0, CANDIDATE * gate, free);
    tanh(CANDIDATE * gate, free, free);
    here(FREE, CELL_BEFORE);
    here(FREE_2, CELL);
    here(FREE_3, STATE);
    each(
        group,
        (row, v) -> {
          int cell = group.sum(FORGET, row, v);
          load(free, FREE, group, row, v);
          a.vmulps(cell, cell, free);
          a.vfmadd231ps(cell, group.sum(0, row, v), group.sum(CANDIDATE, row, v));
          store(FREE_2, cell, group, row, v);
        });
    tanh(FORGET * gate, CANDIDATE * gate, free);
    each(
        group,
        (row, v) -> {
          int state = group.sum(OUTPUT, row, v);
          a.vmulps(state, state, group.sum(FORGET, row, v));
          store(FREE_3, state, group, row, v);
        });
  }
}
