package dev.lathe.backend.onednn.jit;

import static dev.lathe.backend.onednn.jit.Assembler.RCX;
import static dev.lathe.backend.onednn.jit.Assembler.RDX;

import dev.lathe.backend.onednn.jit.Assembler.Label;
import dev.lathe.backend.onednn.jit.Loops.Together;
import java.util.List;
import java.util.Objects;

/**
 * The part of {@link LoopCode} that takes elements together: the loops over these, with the results
 * of several vectors side by side in registers, or of one row whose vectors are taken in turn by a
 * few registers.
 */
final class ReduceCode {
  private static final int LANES = CodeSource.LANES;
  private static final int VECTOR = Assembler.VECTOR;
  private static final int FIRST = 5;

  /** Registers that a row's vectors are added to in turn. */
  private static final int TURNS = 4;

  private static final int READ = 8;
  private static final int OTHER = 16;
  private static final int START = 29;
  private static final int COUNT = 30;

  private final Assembler a;
  private final Loops source;
  private final List<Integer> sizes;
  private final Loops.Access from;
  private final Together together;
  private final int pointer;
  private final int[] counters;
  private final Label start;
  private final Label number;

  /**
   * @param pointer the register that points to the first element of the results in work
   * @param counters of the loops behind that of units
   */
  ReduceCode(Assembler a, Loops source, int pointer, int[] counters) {
    this.a = a;
    this.source = source;
    this.sizes = source.sizes();
    this.from = source.accesses().getFirst();
    this.together = Objects.requireNonNull(source.reduction()).together();
    this.pointer = pointer;
    this.counters = counters;
    this.start = a.label();
    this.number = a.label();
  }

  /** Sets the registers that stay. */
  void begin() {
    a.vbroadcastss(START, start);
    a.vbroadcastss(COUNT, number);
    a.movImmediate(RCX, 1);
    a.kmovw(FIRST, RCX);
  }

  /** Writes the numbers that the code reads. */
  void data() {
    float count = 1;
    for (int size : sizes.subList(source.kept(), sizes.size())) {
      count *= size;
    }
    a.bind(start);
    a.data(
        switch (together) {
          case SUM, MEAN, SUM_SQUARE, L2 -> 0;
          case MAX -> Float.NEGATIVE_INFINITY;
          case MIN -> Float.POSITIVE_INFINITY;
        });
    a.bind(number);
    a.data(count);
  }

  /** Results side by side: so many vectors from vector {@code at} behind the pointers. */
  void side(int at, int count, int mask, int into) {
    for (int i = 0; i < count; i++) {
      a.vmovups(i, START, Assembler.UNMASKED);
    }
    int width = from.step(source.kept() - 1) * LANES;
    a.mov(RDX, pointer);
    nest(
        source.kept(),
        sizes.size(),
        () -> {
          for (int i = 0; i < count; i++) {
            if (width == 0) {
              a.vbroadcastss(READ + i, RDX, 0);
            } else {
              a.loadVector(READ + i, RDX, (at + i) * width, mask);
            }
          }
          for (int i = 0; i < count; i++) {
            add(i, READ + i);
          }
        });
    for (int i = 0; i < count; i++) {
      finish(i);
      a.storeVector(into, (at + i) * VECTOR, i, mask);
    }
  }

  /** One result of rows that are in vectors. */
  void row(int into, int tail) {
    for (int i = 0; i < TURNS; i++) {
      a.vmovups(i, START, Assembler.UNMASKED);
    }
    a.mov(RDX, pointer);
    nest(source.kept(), sizes.size() - 1, () -> vectors(tail));
    join(0, 0, 1);
    join(2, 2, 3);
    join(0, 0, 2);
    Lanes.fold(a, 0, OTHER, this::join);
    finish(0);
    a.storeVector(into, 0, 0, FIRST);
  }

  /** Loops that move RDX, which is behind the last iteration in the end. */
  private void nest(int loop, int end, Runnable body) {
    if (loop == end) {
      body.run();
      return;
    }
    int counter = counters[loop - source.unitLoop() - 1];
    a.movImmediate(counter, sizes.get(loop));
    Label next = a.here();
    nest(loop + 1, end, body);
    int moved =
        loop + 1 < end
            ? sizes.get(loop + 1) * from.step(loop + 1)
            : end < sizes.size() ? rowMoved() : 0;
    a.addImmediate(RDX, from.step(loop) - moved);
    a.addImmediate(counter, -1);
    a.jump(Assembler.NOT_EQUAL, next);
  }

  private int wholeVectors() {
    return sizes.getLast() / LANES;
  }

  /** The bytes by which a row moves RDX. */
  private int rowMoved() {
    return wholeVectors() / TURNS * TURNS * VECTOR;
  }

  private void vectors(int tail) {
    int rounds = wholeVectors() / TURNS;
    if (rounds > 0) {
      a.movImmediate(RCX, rounds);
      Label next = a.here();
      for (int i = 0; i < TURNS; i++) {
        a.loadVector(READ + i, RDX, i * VECTOR, Assembler.UNMASKED);
        add(i, READ + i);
      }
      a.addImmediate(RDX, TURNS * VECTOR);
      a.addImmediate(RCX, -1);
      a.jump(Assembler.NOT_EQUAL, next);
    }
    int rest = wholeVectors() % TURNS;
    for (int i = 0; i < rest; i++) {
      a.loadVector(READ + i, RDX, i * VECTOR, Assembler.UNMASKED);
      add(i, READ + i);
    }
    if (sizes.getLast() % LANES != 0) {
      a.loadVector(READ, RDX, rest * VECTOR, tail);
      a.vmovups(OTHER, START, Assembler.UNMASKED);
      a.vmovups(OTHER, READ, tail);
      add(rest, OTHER);
    }
  }

  private void add(int to, int read) {
    switch (together) {
      case SUM, MEAN, MAX, MIN -> join(to, to, read);
      case SUM_SQUARE, L2 -> a.vfmadd231ps(to, read, read);
    }
  }

  private void join(int to, int left, int right) {
    switch (together) {
      case SUM, MEAN, SUM_SQUARE, L2 -> a.vaddps(to, left, right);
      case MAX -> a.vmaxps(to, left, right);
      case MIN -> a.vminps(to, left, right);
    }
  }

  private void finish(int register) {
    switch (together) {
      case MEAN -> a.vdivps(register, register, COUNT);
      case L2 -> a.vsqrtps(register, register);
      case SUM, SUM_SQUARE, MAX, MIN -> {}
    }
  }
}
