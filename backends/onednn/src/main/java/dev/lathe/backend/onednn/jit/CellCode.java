package dev.lathe.backend.onednn.jit;

import dev.lathe.backend.onednn.jit.RecurrentCell.Phase;

/**
 * Writes what a {@link RecurrentCell} does with the gates of a group of vectors: {@link
 * RecurrentCode} makes products with the state between the two. Register names are those of that
 * class. The group is {@link RecurrentCode#OFFSET} bytes behind the beginning of a state.
 */
abstract class CellCode {
  static final int VECTOR = Assembler.VECTOR;
  static final int REGISTERS = 32;

  /** The mask of the last vector of a state. */
  private static final int TAIL = 1;

  /** The first operand that not all cells have. */
  static final int OPERANDS = 5;

  final Assembler a;
  final RecurrentShape shape;
  final ActivationCode sigmoid;
  final ActivationCode tanh;
  final int hiddenBytes;
  private final int givenBytes;

  CellCode(RecurrentShape shape, Assembler a) {
    this.shape = shape;
    this.a = a;
    this.sigmoid = new ActivationCode(a, Activation.SIGMOID);
    this.tanh = new ActivationCode(a, Activation.TANH);
    this.hiddenBytes = shape.hidden() * Float.BYTES;
    this.givenBytes = shape.directions() * shape.packing().gateBytes();
  }

  static CellCode of(RecurrentShape shape, Assembler a) {
    return switch (shape.cell()) {
      case LSTM -> new LstmCell(shape, a);
      case GRU -> new GruCell(shape, a);
      case GRU_RESET_AFTER -> new GruResetAfterCell(shape, a);
    };
  }

  /**
   * Some vectors of the states of some sequences, the gates of which are in the first registers: by
   * gate of the phase, sequence, and vector.
   *
   * @param masked whether the last vector is not whole
   */
  record Group(Phase phase, int rows, int vectors, boolean masked) {
    /** The vectors of weights for a number of the state. */
    int weights() {
      return phase.gates() * vectors;
    }

    /** The registers of the gates. */
    int sums() {
      return rows * weights();
    }

    /** The registers of a gate. */
    int gate() {
      return rows * vectors;
    }

    /** The register of a vector of weights for a sequence. */
    int sum(int weights, int row) {
      return sum(weights / vectors, row, weights % vectors);
    }

    int sum(int gate, int row, int vector) {
      return (gate * rows + row) * vectors + vector;
    }

    int mask(int vector) {
      return masked && vector == vectors - 1 ? TAIL : Assembler.UNMASKED;
    }
  }

  /** What is done with one vector of one sequence. */
  interface Each {
    void emit(int row, int vector);
  }

  static void each(Group group, Each each) {
    for (int row = 0; row < group.rows(); row++) {
      for (int vector = 0; vector < group.vectors(); vector++) {
        each.emit(row, vector);
      }
    }
  }

  /**
   * Finds what is the cell's own.
   *
   * @param place the register that says where in states the sequences begin, in bytes
   * @param direction the register of the direction, which may be changed
   */
  abstract void begin(int place, int direction);

  /** Goes on to the next step. */
  void next() {}

  /** Fills the registers of the gates with what is given; its address is in FREE. */
  void start(Group group) {
    for (int gate = 0; gate < group.phase().gates(); gate++) {
      int g = gate;
      each(
          group,
          (row, v) -> loadGiven(group.sum(g, row, v), group, group.phase().first() + g, row, v));
    }
  }

  /** {@code to} becomes the address of the state that is multiplied. */
  void source(Group group, int to) {
    a.mov(to, RecurrentCode.STATE_BEFORE);
  }

  /** Makes the new state of the gates. The address of what is given is in FREE. */
  abstract void finish(Group group);

  /** Writes the numbers that the code reads. */
  final void data() {
    sigmoid.data();
    tanh.data();
  }

  /** Loads what is given to a gate; its address is in FREE. */
  final void loadGiven(int to, Group group, int gate, int row, int vector) {
    int at = row * givenBytes + (gate * group.vectors() + vector) * VECTOR;
    a.loadVector(to, RecurrentCode.FREE, at, Assembler.UNMASKED);
  }

  /** {@code to} becomes where the group lies in the states that begin at {@code from}. */
  final void here(int to, int from) {
    a.mov(to, from);
    a.add(to, RecurrentCode.OFFSET);
  }

  final void load(int to, int from, Group group, int row, int vector) {
    a.loadVector(to, from, row * hiddenBytes + vector * VECTOR, group.mask(vector));
  }

  final void store(int to, int from, Group group, int row, int vector) {
    a.storeVector(to, row * hiddenBytes + vector * VECTOR, from, group.mask(vector));
  }

  final void operand(int to, int index, int offset) {
    a.load(to, RecurrentCode.ARRAY, Units.address(index));
    a.add(to, offset);
  }

  final void sigmoid(int from, int to, int free) {
    sigmoid.apply(from, to, free, REGISTERS);
  }

  final void tanh(int from, int to, int free) {
    tanh.apply(from, to, free, REGISTERS);
  }
}
