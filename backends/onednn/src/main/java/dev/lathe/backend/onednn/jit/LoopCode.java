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
import dev.lathe.backend.onednn.jit.Loops.Access;
import dev.lathe.backend.onednn.jit.Loops.Step;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The code of {@link Loops}. Every access has a pointer, which is moved from iteration to
 * iteration; elements that stand apart are gathered and scattered.
 */
final class LoopCode {
  private static final int LANES = CodeSource.LANES;
  private static final int[] POINTERS = {R8, R9, R10, R11, R12};
  private static final int[] COUNTERS = {RBX, RBP, R13, R14, R15};
  private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};

  /** Counts the loop that units are parts of. */
  private static final int UNIT_COUNTER = RSI;

  // Masks.
  private static final int TAIL = 1;
  private static final int ALL = 2;
  private static final int MOVED = 3;
  private static final int CHOICE = 4;

  private static final int ONES = 31;
  private static final int LAST_INDEX = 28;

  /** Vectors of the last loop that are written without a loop, or in one iteration of it. */
  private static final int UNROLLED = 8;

  private final Assembler a = new Assembler();
  private final Loops source;
  private final List<Integer> sizes;
  private final List<Access> accesses;
  private final @Nullable ReduceCode reduction;

  /** The loop whose elements are in vectors; behind all where a reduction does that. */
  private final int last;

  /** The registers with multiples of a stride, and where these stand. */
  private final Map<Integer, Integer> indices = new LinkedHashMap<>();

  private LoopCode(Loops source) {
    this.source = source;
    this.sizes = source.sizes();
    this.accesses = source.accesses();
    Loops.Reduction together = source.reduction();
    this.reduction = together == null ? null : new ReduceCode(a, source, POINTERS[0], COUNTERS);
    this.last = together != null && !together.side() ? source.kept() : source.kept() - 1;
    boolean cut = source.unitLoop() == last && source.part() < sizes.get(last);
    if (sizes.isEmpty()
        || sizes.size() > Loops.MOST_LOOPS
        || accesses.size() > Loops.MOST_ACCESSES
        || accesses.size() < 2
        || (cut && source.part() % LANES != 0)) {
      throw new IllegalArgumentException(source + " has too many loops, tensors or too odd parts");
    }
    for (Access access : accesses) {
      int stride = access.strides().get(inVectors());
      if (stride < 0 || (stride > 1 && (access.bytes() || together != null))) {
        throw new IllegalArgumentException(source + " has a stride of " + stride);
      }
      if (stride > 1) {
        indices.putIfAbsent(stride, LAST_INDEX - indices.size());
      }
    }
  }

  static byte[] of(Loops source) {
    return new LoopCode(source).code();
  }

  private byte[] code() {
    Map<Integer, Label> tables = new LinkedHashMap<>();
    Label one = a.label();
    Units.enter(a, SAVED);
    Lanes.tail(a, TAIL, sizes.get(inVectors()), RCX);
    a.movImmediate(RCX, (1 << LANES) - 1);
    a.kmovw(ALL, RCX);
    a.vbroadcastss(ONES, one);
    if (reduction != null) {
      reduction.begin();
    }
    indices.forEach(
        (stride, register) -> {
          Label table = a.label();
          tables.put(stride, table);
          a.lea(RCX, table);
          a.loadVector(register, RCX, 0, Assembler.UNMASKED);
        });
    Label done = a.label();
    Label unit = a.here();
    Units.take(a, RDI, done);
    place();
    loop(source.unitLoop());
    a.jump(unit);
    a.bind(done);
    Units.leave(a, SAVED);
    a.align(Assembler.VECTOR);
    tables.forEach(
        (stride, table) -> {
          a.bind(table);
          for (int i = 0; i < LANES; i++) {
            a.data(Float.intBitsToFloat(i * stride));
          }
        });
    a.bind(one);
    a.data(Float.intBitsToFloat(1));
    if (reduction != null) {
      reduction.data();
    }
    return a.toBytes();
  }

  /** The loop whose elements are in vectors, be it one of a reduction. */
  private int inVectors() {
    return last < source.kept() ? last : sizes.size() - 1;
  }

  /** Moves the pointers to where the unit in RAX begins, and counts its iterations. */
  private void place() {
    for (int i = 0; i < accesses.size(); i++) {
      a.load(POINTERS[i], RDI, Units.address(i));
    }
    int loop = source.unitLoop();
    if (source.parts() > 1) {
      divide(source.parts());
      a.imul(RDX, RDX, source.part());
      Units.rest(a, UNIT_COUNTER, RDX, sizes.get(loop), source.part());
      moveBy(RDX, loop);
    } else {
      a.movImmediate(UNIT_COUNTER, sizes.get(loop));
    }
    for (int i = loop - 1; i >= 0; i--) {
      divide(sizes.get(i));
      moveBy(RDX, i);
    }
  }

  /** The quotient is in RAX, the remainder in RDX. */
  private void divide(int divisor) {
    a.xor(RDX, RDX);
    a.movImmediate(RCX, divisor);
    a.div(RCX);
  }

  /** Moves all pointers by so many iterations of a loop as a register says. */
  private void moveBy(int iterations, int loop) {
    for (int i = 0; i < accesses.size(); i++) {
      if (accesses.get(i).step(loop) != 0) {
        a.imul(RCX, iterations, accesses.get(i).step(loop));
        a.add(POINTERS[i], RCX);
      }
    }
  }

  /** All iterations of a loop, or those of the unit. */
  private void loop(int loop) {
    boolean ofUnit = loop == source.unitLoop();
    if (reduction != null && loop == source.kept()) {
      reduction.row(POINTERS[1], TAIL);
      return;
    }
    if (loop == last) {
      if (ofUnit && source.parts() > 1) {
        countedVectors();
      } else {
        vectors();
      }
      return;
    }
    int counter = ofUnit ? UNIT_COUNTER : COUNTERS[loop - source.unitLoop() - 1];
    if (!ofUnit) {
      a.movImmediate(counter, sizes.get(loop));
    }
    Label next = a.here();
    loop(loop + 1);
    for (int i = 0; i < accesses.size(); i++) {
      move(i, accesses.get(i).step(loop) - moved(i, loop + 1));
    }
    a.addImmediate(counter, -1);
    a.jump(Assembler.NOT_EQUAL, next);
  }

  /** The bytes that a pointer has been moved by when a loop is over. */
  private int moved(int access, int loop) {
    if (loop == source.kept()) {
      return 0;
    }
    int size = sizes.get(loop);
    int iterations = loop < last ? size : size / LANES <= UNROLLED ? 0 : size / LANES * LANES;
    return iterations * accesses.get(access).step(loop);
  }

  private void move(int access, int bytes) {
    if (bytes != 0) {
      a.addImmediate(POINTERS[access], bytes);
    }
  }

  /** The last loop, whole. */
  private void vectors() {
    int whole = sizes.get(last) / LANES;
    if (whole <= UNROLLED) {
      vectors(whole);
      tail(whole);
      return;
    }
    int together = whole % 4 == 0 ? 4 : whole % 2 == 0 ? 2 : 1;
    a.movImmediate(RCX, whole / together);
    Label next = a.here();
    vectors(together);
    moveVectors(together);
    a.addImmediate(RCX, -1);
    a.jump(Assembler.NOT_EQUAL, next);
    tail(0);
  }

  /** So many whole vectors from the pointers on. */
  private void vectors(int count) {
    if (reduction != null) {
      reduction.side(0, count, Assembler.UNMASKED, POINTERS[1]);
      return;
    }
    for (int i = 0; i < count; i++) {
      vector(i, Assembler.UNMASKED);
    }
  }

  /** The last loop, of which the unit is a part. */
  private void countedVectors() {
    if (reduction != null) {
      Label few = a.label();
      Label four = a.here();
      a.cmpImmediate(UNIT_COUNTER, 4 * LANES);
      a.jump(Assembler.BELOW, few);
      vectors(4);
      moveVectors(4);
      a.addImmediate(UNIT_COUNTER, -4 * LANES);
      a.jump(four);
      a.bind(few);
    }
    Label next = a.here();
    Label rest = a.label();
    Label end = a.label();
    a.cmpImmediate(UNIT_COUNTER, LANES);
    a.jump(Assembler.BELOW, rest);
    vectors(1);
    moveVectors(1);
    a.addImmediate(UNIT_COUNTER, -LANES);
    a.jump(next);
    a.bind(rest);
    a.cmpImmediate(UNIT_COUNTER, 0);
    a.jump(Assembler.EQUAL, end);
    tail(0);
    a.bind(end);
  }

  private void moveVectors(int count) {
    for (int i = 0; i < accesses.size(); i++) {
      move(i, count * LANES * accesses.get(i).step(last));
    }
  }

  private void tail(int at) {
    if (sizes.get(last) % LANES == 0) {
      return;
    }
    if (reduction != null) {
      reduction.side(at, 1, TAIL, POINTERS[1]);
    } else {
      vector(at, TAIL);
    }
  }

  /** One vector, so many behind the pointers. */
  private void vector(int at, int mask) {
    int reads = accesses.size() - 1;
    for (int i = 0; i < reads; i++) {
      read(i, accesses.get(i), at, mask);
    }
    int value = reads;
    for (Step step : source.steps()) {
      step(value++, step);
    }
    Access into = accesses.get(reads);
    int displacement = at * LANES * into.step(last);
    int stride = into.strides().get(last);
    if (into.bytes()) {
      a.vpmovdb(POINTERS[reads], displacement, value - 1, mask);
    } else if (stride == 1) {
      a.storeVector(POINTERS[reads], displacement, value - 1, mask);
    } else {
      a.vscatterdps(POINTERS[reads], displacement, index(stride), value - 1, moving(mask));
    }
  }

  private void read(int access, Access from, int at, int mask) {
    int pointer = POINTERS[access];
    int displacement = at * LANES * from.step(last);
    int stride = from.strides().get(last);
    if (from.bytes() && stride == 0) {
      a.loadByte(RAX, pointer, 0);
      a.vpbroadcastd(access, RAX);
    } else if (from.bytes()) {
      a.vpmovzxbd(access, pointer, displacement, mask);
    } else if (stride == 0) {
      a.vbroadcastss(access, pointer, 0);
    } else if (stride == 1) {
      a.loadVector(access, pointer, displacement, mask);
    } else {
      a.vgatherdps(access, pointer, displacement, index(stride), moving(mask));
    }
  }

  private int index(int stride) {
    Integer register = indices.get(stride);
    if (register == null) {
      throw new IllegalStateException("no register has multiples of " + stride);
    }
    return register;
  }

  /** A copy of a mask, for an instruction that clears it. */
  private int moving(int mask) {
    int copied = mask == Assembler.UNMASKED ? ALL : mask;
    a.kandw(MOVED, copied, copied);
    return MOVED;
  }

  private void step(int to, Step step) {
    switch (step.action()) {
      case ADD -> a.vaddps(to, step.a(), step.b());
      case SUB -> a.vsubps(to, step.a(), step.b());
      case MUL -> a.vmulps(to, step.a(), step.b());
      case DIV -> a.vdivps(to, step.a(), step.b());
      case WHERE -> {
        a.vptestmd(CHOICE, step.a(), step.a());
        a.vmovups(to, step.c(), Assembler.UNMASKED);
        a.vmovups(to, step.b(), CHOICE);
      }
      case AND -> a.vpandd(to, step.a(), step.b());
      case OR -> a.vpord(to, step.a(), step.b());
      case NOT -> a.vpxord(to, step.a(), ONES);
      case IS_NAN -> {
        a.vcmpps(CHOICE, step.a(), step.a(), Assembler.UNORDERED);
        a.vpxord(to, to, to);
        a.vmovups(to, ONES, CHOICE);
      }
    }
  }
}
