package dev.lathe.backend.onednn.jit;

import static dev.lathe.backend.onednn.jit.Assembler.R10;
import static dev.lathe.backend.onednn.jit.Assembler.R11;
import static dev.lathe.backend.onednn.jit.Assembler.R12;
import static dev.lathe.backend.onednn.jit.Assembler.R13;
import static dev.lathe.backend.onednn.jit.Assembler.R14;
import static dev.lathe.backend.onednn.jit.Assembler.R15;
import static dev.lathe.backend.onednn.jit.Assembler.R8;
import static dev.lathe.backend.onednn.jit.Assembler.R9;
import static dev.lathe.backend.onednn.jit.Assembler.RAX;
import static dev.lathe.backend.onednn.jit.Assembler.RBP;
import static dev.lathe.backend.onednn.jit.Assembler.RBX;
import static dev.lathe.backend.onednn.jit.Assembler.RCX;
import static dev.lathe.backend.onednn.jit.Assembler.RDI;
import static dev.lathe.backend.onednn.jit.Assembler.RDX;
import static dev.lathe.backend.onednn.jit.Assembler.RSI;
import static dev.lathe.backend.onednn.jit.Assembler.RSP;

import dev.lathe.backend.onednn.jit.Assembler.Label;
import dev.lathe.backend.onednn.jit.CellCode.Group;
import dev.lathe.backend.onednn.jit.CodeSource.Recurrent;
import dev.lathe.backend.onednn.jit.RecurrentCell.Phase;

/**
 * The code of {@link Recurrent}: the steps of some sequences, of each a part of the state for every
 * thread. A step takes some vectors of the state at a time, whose gates stay in registers from the
 * product with the state before to the new state ({@link CellCode}). Every other step reads the
 * weights from their end to their beginning: what was read last is still in the first-level cache.
 *
 * <p>Threads that share a sequence count, each in a cell of its own, the phases that their parts
 * have behind them, and go on when all have got as far. A thread owns a part while it has its cell
 * locked, mostly from the beginning to the end; where a part has no owner, because its thread is
 * late or will not come, whoever is ready computes it. So one thread alone gets done, too.
 */
final class RecurrentCode {
  static final int VECTOR = Assembler.VECTOR;
  private static final int TAIL = 1;
  private static final int LAST_TAIL = 2;

  /** How many numbers of the state before are multiplied in one turn of the loop. */
  private static final int TURN = 2;

  /** What a turn takes of the state: the step from one to the next, negative where they go down. */
  private static final int TURN_BYTES = TURN * Float.BYTES;

  // Where things are while the steps of a unit are taken.
  private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};
  static final int ARRAY = RDI;
  private static final int CELLS = RBX;
  static final int OFFSET = RBP;
  static final int STATE = R12;
  private static final int GIVEN = R13;
  private static final int WEIGHTS = R14;
  static final int STATE_BEFORE = R9;
  private static final int PHASE = R10;

  /** Two that are the cell's, for addresses of its own. */
  static final int OWN = R15;

  static final int OWN_2 = R11;

  /** What is free while no product is being made, beside what the two loops need. */
  static final int FREE = RAX;

  static final int FREE_2 = RCX;
  static final int FREE_3 = RSI;
  private static final int LAST_OFFSET = RDX;
  private static final int PANEL = R8;

  // And on the stack.
  private static final int PART = 0;
  private static final int OTHER = 8;
  private static final int STEPS = 16;
  private static final int STATE_STRIDE = 24;
  private static final int GIVEN_STRIDE = 32;
  private static final int PLACE = 40;
  private static final int TURN_STEP = 48;
  private static final int FRAME = 56;

  // In the cell of a part.
  private static final int LOCK = 0;
  private static final int DONE = 8;

  // The operands that all cells have.
  private static final int INPUT = 0;
  private static final int RECURRENT = 1;
  private static final int FIRST = 2;
  private static final int ALL = 3;
  static final int LAST = 4;

  private final Assembler a = new Assembler();
  private final Label parts = a.label();
  private final RecurrentShape shape;
  private final RecurrentPacking packing;
  private final CellCode cell;
  private final int hiddenBytes;

  private RecurrentCode(RecurrentShape shape) {
    if (!shape.isAddressable()) {
      throw new IllegalArgumentException(shape + " is too large");
    }
    this.shape = shape;
    this.packing = shape.packing();
    this.cell = CellCode.of(shape, a);
    this.hiddenBytes = shape.hidden() * Float.BYTES;
  }

  static byte[] of(Recurrent source) {
    return new RecurrentCode(source.shape()).code();
  }

  private byte[] code() {
    Units.enter(a, SAVED);
    Lanes.tail(a, TAIL, shape.hidden(), RCX);
    Label done = a.label();
    Label unit = a.here();
    Units.take(a, ARRAY, done);
    a.addImmediate(RSP, -FRAME);
    begin();
    int whole = shape.batch() / shape.rows();
    int rest = shape.batch() % shape.rows();
    Label last = a.label();
    Label end = a.label();
    if (whole > 0) {
      a.cmpImmediate(RSI, whole);
      a.jump(Assembler.EQUAL, last);
      sequences(shape.rows());
      a.jump(end);
    }
    a.bind(last);
    if (rest > 0) {
      sequences(rest);
    }
    a.bind(end);
    a.addImmediate(RSP, FRAME);
    a.jump(unit);
    a.bind(done);
    Units.leave(a, SAVED);
    cell.data();
    a.align(Long.BYTES);
    a.bind(parts);
    for (int part = 0; part < shape.parts(); part++) {
      a.data64((long) shape.firstGroup(part) * packing.group() * VECTOR);
      a.data64((shape.firstGroup(part + 1) - 1L) * packing.group() * VECTOR);
    }
    return a.toBytes();
  }

  /** Finds where the sequences of the unit in RAX begin; the number of their block is in RSI. */
  private void begin() {
    int direction = R8;
    if (shape.parts() > 1) {
      divide(shape.sequences());
      a.store(RSP, PART, RAX);
      a.mov(RAX, RDX);
      a.load(CELLS, ARRAY, Units.field(CodeSource.CELLS));
      a.imul(RCX, RAX, shape.parts() * CodeSource.CELL);
      a.add(CELLS, RCX);
    }
    divide(shape.blocks());
    a.mov(direction, RAX);
    a.mov(RSI, RDX);
    a.imul(R10, direction, shape.batch() * hiddenBytes);
    a.imul(RCX, RSI, shape.rows() * hiddenBytes);
    a.add(R10, RCX);
    a.store(RSP, PLACE, R10);
    address(WEIGHTS, RECURRENT, direction, packing.weightBytes());
    address(GIVEN, INPUT, direction, packing.gateBytes());
    int givenRow = shape.directions() * packing.gateBytes();
    a.imul(RCX, RSI, shape.rows() * givenRow);
    a.add(GIVEN, RCX);
    address(STATE_BEFORE, FIRST, R10, 1);
    address(STATE, ALL, R10, 1);
    turn(direction, shape.directions() * shape.batch() * hiddenBytes, shape.batch() * givenRow);
    cell.begin(R10, direction);
    a.movImmediate(RCX, shape.steps());
    a.store(RSP, STEPS, RCX);
  }

  /** Divides RAX, with the remainder in RDX. */
  private void divide(int by) {
    a.xor(RDX, RDX);
    a.movImmediate(RCX, by);
    a.div(RCX);
  }

  /** {@code to} becomes address number {@code index} and some bytes for each of {@code times}. */
  private void address(int to, int index, int times, int bytes) {
    a.load(to, ARRAY, Units.address(index));
    a.imul(RCX, times, bytes);
    a.add(to, RCX);
  }

  /** Begins at the end where the direction is that. */
  private void turn(int direction, int stateStride, int givenStride) {
    Label backwards = a.label();
    Label begun = a.label();
    if (shape.directions() == 2) {
      a.cmpImmediate(direction, 0);
      a.jump(Assembler.NOT_EQUAL, backwards);
    }
    if (!shape.reverse()) {
      strides(stateStride, givenStride);
      a.jump(begun);
    }
    a.bind(backwards);
    if (shape.directions() == 2 || shape.reverse()) {
      a.addImmediate(STATE, (shape.steps() - 1) * stateStride);
      a.addImmediate(GIVEN, (shape.steps() - 1) * givenStride);
      strides(-stateStride, -givenStride);
    }
    a.bind(begun);
  }

  private void strides(int state, int given) {
    a.movImmediate(RCX, state);
    a.store(RSP, STATE_STRIDE, RCX);
    a.movImmediate(RCX, given);
    a.store(RSP, GIVEN_STRIDE, RCX);
  }

  /** All steps of so many sequences. */
  private void sequences(int rows) {
    boolean shared = shape.parts() > 1;
    if (shared) {
      own();
      a.xor(PHASE, PHASE);
    }
    a.movImmediate(RCX, TURN_BYTES);
    a.store(RSP, TURN_STEP, RCX);
    Label step = a.here();
    for (Phase phase : shape.cell().phases()) {
      if (shared) {
        together(phase, rows);
      } else {
        a.xor(RAX, RAX);
        part(phase, rows);
      }
    }
    a.mov(STATE_BEFORE, STATE);
    cell.next();
    a.add(STATE, RSP, STATE_STRIDE);
    a.add(GIVEN, RSP, GIVEN_STRIDE);
    a.load(RCX, RSP, TURN_STEP);
    a.imul(RCX, RCX, -1);
    a.store(RSP, TURN_STEP, RCX);
    a.load(RCX, RSP, STEPS);
    a.addImmediate(RCX, -1);
    a.store(RSP, STEPS, RCX);
    a.cmpImmediate(RCX, 0);
    a.jump(Assembler.NOT_EQUAL, step);
    last(rows);
  }

  /** Copies the states of the last step; of several threads, the first does. */
  private void last(int rows) {
    Label copied = a.label();
    if (shape.parts() > 1) {
      a.load(RCX, RSP, PART);
      a.cmpImmediate(RCX, 0);
      a.jump(Assembler.NOT_EQUAL, copied);
    }
    a.load(RDX, ARRAY, Units.address(LAST));
    a.load(RCX, RSP, PLACE);
    a.add(RDX, RCX);
    int numbers = rows * shape.hidden();
    int vectors = numbers / CodeSource.LANES;
    if (vectors > 0) {
      a.movImmediate(RCX, vectors);
      Label next = a.here();
      a.loadVector(0, STATE_BEFORE, 0, Assembler.UNMASKED);
      a.storeVector(RDX, 0, 0, Assembler.UNMASKED);
      a.addImmediate(STATE_BEFORE, VECTOR);
      a.addImmediate(RDX, VECTOR);
      a.addImmediate(RCX, -1);
      a.jump(Assembler.NOT_EQUAL, next);
    }
    if (numbers % CodeSource.LANES > 0) {
      Lanes.tail(a, LAST_TAIL, numbers, RCX);
      a.loadVector(0, STATE_BEFORE, 0, LAST_TAIL);
      a.storeVector(RDX, 0, 0, LAST_TAIL);
    }
    a.bind(copied);
  }

  // Several threads.

  /** The cell of the part whose number is in RAX; RAX is lost. */
  private void cellOf(int to) {
    a.imul(RAX, RAX, CodeSource.CELL);
    a.mov(to, CELLS);
    a.add(to, RAX);
  }

  /** Locks the cell in RSI, or goes on at {@code locked} where it is. RAX and RCX are lost. */
  private void lock(Label locked) {
    a.xor(RAX, RAX);
    a.movImmediate(RCX, 1);
    a.lockCmpxchg(RSI, LOCK, RCX);
    a.jump(Assembler.NOT_EQUAL, locked);
  }

  /** Waits until the thread's part is its own. */
  private void own() {
    a.load(RAX, RSP, PART);
    cellOf(RSI);
    Label again = a.label();
    Label owned = a.label();
    a.bind(again);
    Label locked = a.label();
    lock(locked);
    a.jump(owned);
    a.bind(locked);
    a.pause();
    a.jump(again);
    a.bind(owned);
  }

  /** Goes on at {@code label} where the part of the cell in RSI has the phase behind it. */
  private void jumpIfDone(Label label) {
    a.cmp(PHASE, RSI, DONE);
    a.jump(Assembler.NOT_ABOVE, label);
  }

  /** Computes the thread's part of a phase, and waits until all have computed theirs. */
  private void together(Phase phase, int rows) {
    Label next = a.label();
    Label wait = a.label();
    Label poll = a.label();
    Label compute = a.label();
    Label unlocked = a.label();
    Label ready = a.label();
    a.addImmediate(PHASE, 1);
    a.load(RAX, RSP, PART);
    a.store(RSP, OTHER, RAX);
    cellOf(RSI);
    jumpIfDone(ready);
    a.jump(compute);

    a.bind(next);
    cellOf(RSI);
    a.jump(poll);
    a.bind(wait);
    a.pause();
    a.bind(poll);
    jumpIfDone(ready);
    a.load(RAX, RSI, LOCK);
    a.cmpImmediate(RAX, 0);
    a.jump(Assembler.NOT_EQUAL, wait);
    lock(wait);
    jumpIfDone(unlocked);

    a.bind(compute);
    a.load(RAX, RSP, OTHER);
    part(phase, rows);
    a.load(RAX, RSP, OTHER);
    cellOf(RSI);
    a.store(RSI, DONE, PHASE);
    a.load(RAX, RSP, OTHER);
    a.cmp(RAX, RSP, PART);
    a.jump(Assembler.EQUAL, ready);
    a.bind(unlocked);
    a.xor(RAX, RAX);
    a.store(RSI, LOCK, RAX);

    a.bind(ready);
    Label around = a.label();
    a.load(RAX, RSP, OTHER);
    a.addImmediate(RAX, 1);
    a.cmpImmediate(RAX, shape.parts());
    a.jump(Assembler.NOT_EQUAL, around);
    a.xor(RAX, RAX);
    a.bind(around);
    a.store(RSP, OTHER, RAX);
    a.cmp(RAX, RSP, PART);
    a.jump(Assembler.NOT_EQUAL, next);
  }

  // A part of a phase.

  /** The groups of the part whose number is in RAX, upwards or downwards. */
  private void part(Phase phase, int rows) {
    int group = packing.group();
    int whole = shape.hidden() / (group * CodeSource.LANES);
    int rest = shape.vectors() - whole * group;
    Label upwards = a.label();
    Label next = a.label();
    Label last = a.label();
    Label done = a.label();
    a.imul(RAX, RAX, 2 * Long.BYTES);
    a.lea(RCX, parts);
    a.add(RCX, RAX);
    a.load(OFFSET, RCX, 0);
    a.load(LAST_OFFSET, RCX, Long.BYTES);
    a.load(RAX, RSP, TURN_STEP);
    a.cmpImmediate(RAX, TURN_BYTES);
    a.jump(Assembler.EQUAL, upwards);
    a.load(OFFSET, RCX, Long.BYTES);
    a.load(LAST_OFFSET, RCX, 0);
    a.bind(upwards);

    a.bind(next);
    Label end = a.label();
    if (whole > 0) {
      a.cmpImmediate(OFFSET, whole * group * VECTOR);
      a.jump(Assembler.EQUAL, last);
      group(new Group(phase, rows, group, false));
      a.jump(end);
    }
    a.bind(last);
    if (rest > 0) {
      group(new Group(phase, rows, rest, shape.hidden() % CodeSource.LANES != 0));
    }
    a.bind(end);
    a.cmp(OFFSET, LAST_OFFSET);
    a.jump(Assembler.EQUAL, done);
    a.load(RAX, RSP, TURN_STEP);
    a.imul(RAX, RAX, group * VECTOR / TURN_BYTES);
    a.add(OFFSET, RAX);
    a.jump(next);
    a.bind(done);
  }

  /** The new state of a group, or what a phase makes of it. */
  private void group(Group group) {
    given();
    cell.start(group);
    cell.source(group, RSI);
    int turns = shape.hidden() / TURN;
    int turnBytes = TURN * group.weights() * VECTOR;
    a.imul(PANEL, OFFSET, group.phase().gates() * shape.hidden());
    a.add(PANEL, WEIGHTS);
    a.addImmediate(PANEL, packing.phaseOffset(group.phase()));
    multiply(turns * TURN, shape.hidden() % TURN, group);
    if (turns > 0) {
      Label upwards = a.label();
      Label begun = a.label();
      a.mov(RCX, PANEL);
      a.load(RAX, RSP, TURN_STEP);
      a.cmpImmediate(RAX, TURN_BYTES);
      a.jump(Assembler.EQUAL, upwards);
      a.addImmediate(RCX, -turnBytes);
      a.addImmediate(PANEL, (turns - 1) * turnBytes);
      a.addImmediate(RSI, (turns - 1) * TURN_BYTES);
      a.jump(begun);
      a.bind(upwards);
      a.addImmediate(RCX, turns * turnBytes);
      a.bind(begun);
      a.imul(RAX, RAX, turnBytes / TURN_BYTES);
      Label turn = a.here();
      multiply(0, TURN, group);
      a.add(RSI, RSP, TURN_STEP);
      a.add(PANEL, RAX);
      a.cmp(PANEL, RCX);
      a.jump(Assembler.NOT_EQUAL, turn);
    }
    given();
    cell.finish(group);
  }

  /** The group's gates of the first sequence, as the input gives them, are at {@link #FREE}. */
  private void given() {
    a.imul(FREE, OFFSET, shape.cell().gates());
    a.add(FREE, GIVEN);
  }

  /** Adds what some numbers of the state, counted from RSI and PANEL, give to the gates. */
  private void multiply(int first, int numbers, Group group) {
    int weights = group.weights();
    int free = group.sums();
    for (int n = first; n < first + numbers; n++) {
      int panel = n * weights * VECTOR;
      if (group.rows() == 1) {
        int number = free + n % TURN;
        a.vbroadcastss(number, RSI, n * Float.BYTES);
        for (int i = 0; i < weights; i++) {
          a.vfmadd231psVector(i, number, PANEL, panel + i * VECTOR);
        }
        continue;
      }
      for (int i = 0; i < weights; i++) {
        a.loadVector(free + i, PANEL, panel + i * VECTOR, Assembler.UNMASKED);
      }
      for (int row = 0; row < group.rows(); row++) {
        int number = free + weights + row % TURN;
        a.vbroadcastss(number, RSI, row * hiddenBytes + n * Float.BYTES);
        for (int i = 0; i < weights; i++) {
          a.vfmadd231ps(group.sum(i, row), number, free + i);
        }
      }
    }
  }
}
