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

import dev.lathe.backend.onednn.jit.Assembler.Label;
import dev.lathe.backend.onednn.jit.CodeSource.Lstm;

/**
 * The code of {@link Lstm}. A step takes four vectors of the state at a time: their sixteen gates
 * stay in registers from the product with the state before to the new state.
 */
final class LstmCode {
  private static final int VECTOR = Assembler.VECTOR;
  private static final int GATES = LstmShape.GATES;
  private static final int TAIL = 1;

  /** How many numbers of the state before are multiplied in one turn of the loop. */
  private static final int TURN = 2;

  /** The first vector register behind the gates. */
  private static final int FREE = GATES * LstmShape.GROUP;

  private static final int REGISTERS = 32;

  // Where things are, in registers that calls preserve: they are saved.
  private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};
  private static final int STATE_STRIDE = RBX;
  private static final int WEIGHTS = RBP;
  private static final int STATE = R12;
  private static final int GIVEN = R13;
  private static final int PLACE = R14;
  private static final int CELL = R15;
  // And in others.
  private static final int STEPS = RAX;
  private static final int STATE_BEFORE = R9;
  private static final int GIVEN_STRIDE = R10;
  private static final int CELL_BEFORE = R11;

  private final Assembler a = new Assembler();
  private final ActivationCode sigmoid = new ActivationCode(a, Activation.SIGMOID);
  private final ActivationCode tanh = new ActivationCode(a, Activation.TANH);
  private final LstmShape shape;

  private LstmCode(LstmShape shape) {
    if (!shape.isAddressable()) {
      throw new IllegalArgumentException(shape + " is too large");
    }
    this.shape = shape;
  }

  static byte[] of(Lstm source) {
    return new LstmCode(source.shape()).code();
  }

  private byte[] code() {
    Units.enter(a, SAVED);
    Lanes.tail(a, TAIL, shape.hidden(), RCX);
    Label done = a.label();
    Label unit = a.here();
    Units.take(a, RDI, done);
    begin();
    Label step = a.here();
    a.mov(R8, WEIGHTS);
    for (int first = 0; first < shape.vectors(); first += LstmShape.GROUP) {
      group(first, Math.min(LstmShape.GROUP, shape.vectors() - first));
    }
    a.mov(STATE_BEFORE, STATE);
    a.mov(CELL_BEFORE, CELL);
    a.add(STATE, STATE_STRIDE);
    a.add(GIVEN, GIVEN_STRIDE);
    a.addImmediate(STEPS, -1);
    a.jump(Assembler.NOT_EQUAL, step);
    a.load(RDX, RDI, Units.address(5));
    a.add(RDX, PLACE);
    for (int v = 0; v < shape.vectors(); v++) {
      a.loadVector(0, STATE_BEFORE, v * VECTOR, mask(v));
      a.storeVector(RDX, v * VECTOR, 0, mask(v));
    }
    a.jump(unit);
    a.bind(done);
    Units.leave(a, SAVED);
    sigmoid.data();
    tanh.data();
    return a.toBytes();
  }

  private int mask(int vector) {
    return (vector + 1) * CodeSource.LANES <= shape.hidden() ? Assembler.UNMASKED : TAIL;
  }

  /** Finds where the sequence of the unit in RAX begins. */
  private void begin() {
    int hiddenBytes = shape.hidden() * Float.BYTES;
    a.imul(PLACE, RAX, hiddenBytes);
    a.xor(RDX, RDX);
    a.movImmediate(RCX, shape.batch());
    a.div(RCX);
    address(WEIGHTS, 1, RAX, shape.weightBytes());
    address(GIVEN, 0, RAX, shape.gateBytes());
    a.imul(RCX, RDX, shape.directions() * shape.gateBytes());
    a.add(GIVEN, RCX);
    a.load(STATE_BEFORE, RDI, Units.address(2));
    a.add(STATE_BEFORE, PLACE);
    a.load(CELL_BEFORE, RDI, Units.address(3));
    a.add(CELL_BEFORE, PLACE);
    a.load(STATE, RDI, Units.address(4));
    a.add(STATE, PLACE);
    a.load(CELL, RDI, Units.address(6));
    a.add(CELL, PLACE);
    int stateStride = shape.directions() * shape.batch() * hiddenBytes;
    int givenStride = shape.batch() * shape.directions() * shape.gateBytes();
    a.movImmediate(STATE_STRIDE, stateStride);
    a.movImmediate(GIVEN_STRIDE, givenStride);
    Label begun = a.label();
    if (shape.directions() == 2) {
      a.cmpImmediate(RAX, 0);
      a.jump(Assembler.EQUAL, begun);
    }
    if (shape.directions() == 2 || shape.reverse()) {
      a.addImmediate(STATE, (shape.steps() - 1) * stateStride);
      a.addImmediate(GIVEN, (shape.steps() - 1) * givenStride);
      a.movImmediate(STATE_STRIDE, -stateStride);
      a.movImmediate(GIVEN_STRIDE, -givenStride);
    }
    a.bind(begun);
    a.movImmediate(STEPS, shape.steps());
  }

  /** {@code to} becomes address number {@code index} and some bytes for each of {@code times}. */
  private void address(int to, int index, int times, int bytes) {
    a.load(to, RDI, Units.address(index));
    a.imul(RCX, times, bytes);
    a.add(to, RCX);
  }

  /**
   * Some vectors of the new state. Gate {@code g} of vector {@code i} of the group is in register
   * {@code g * count + i}, in ONNX's order: input, output, forget, cell.
   */
  private void group(int first, int count) {
    int gates = GATES * count;
    for (int i = 0; i < gates; i++) {
      a.loadVector(i, GIVEN, (first * GATES + i) * VECTOR, Assembler.UNMASKED);
    }
    a.mov(RSI, STATE_BEFORE);
    if (shape.hidden() >= TURN) {
      a.movImmediate(RCX, shape.hidden() / TURN);
      Label turn = a.here();
      multiply(TURN, gates);
      a.addImmediate(RCX, -1);
      a.jump(Assembler.NOT_EQUAL, turn);
    }
    multiply(shape.hidden() % TURN, gates);
    sigmoid.apply(0, 3 * count, FREE, REGISTERS);
    tanh.apply(3 * count, gates, FREE, REGISTERS);
    for (int i = 0; i < count; i++) {
      int mask = mask(first + i);
      int cell = 2 * count + i;
      a.loadVector(FREE, CELL_BEFORE, (first + i) * VECTOR, mask);
      a.vmulps(cell, cell, FREE);
      a.vfmadd231ps(cell, i, 3 * count + i);
      a.storeVector(CELL, (first + i) * VECTOR, cell, mask);
    }
    tanh.apply(2 * count, 3 * count, FREE, REGISTERS);
    for (int i = 0; i < count; i++) {
      a.vmulps(i, count + i, 2 * count + i);
      a.storeVector(STATE, (first + i) * VECTOR, i, mask(first + i));
    }
  }

  /** Adds what some numbers of the state before give to the gates. */
  private void multiply(int numbers, int gates) {
    for (int n = 0; n < numbers; n++) {
      a.vbroadcastss(FREE + n, RSI, n * Float.BYTES);
      for (int i = 0; i < gates; i++) {
        a.vfmadd231psVector(i, FREE + n, R8, (n * gates + i) * VECTOR);
      }
    }
    a.addImmediate(RSI, numbers * Float.BYTES);
    a.addImmediate(R8, numbers * gates * VECTOR);
  }
}
