package dev.lathe.backend.onednn.jit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function of the elements of some tensors: nested loops, in which each tensor has a step of its
 * own. Reads all but the last access, writes the last. A unit is a part of the iterations of one
 * loop, for one iteration of those around it.
 *
 * @param sizes iterations of the loops, the outermost first, at most {@value #MOST_LOOPS}; the
 *     elements of the last are in vectors
 * @param accesses at most {@value #MOST_ACCESSES}
 * @param steps computed in order; the last is written, or the only tensor if there are none
 * @param reduction what is written of one tensor of f32, instead of steps; null for each element
 * @param unitLoop the loop that is cut in parts
 * @param part iterations of a part, a multiple of {@value #LANES} if its elements are in vectors
 */
public record Loops(
    List<Integer> sizes,
    List<Access> accesses,
    List<Step> steps,
    @Nullable Reduction reduction,
    int unitLoop,
    int part)
    implements CodeSource {
  /** As many as there are counters. */
  public static final int MOST_LOOPS = 6;

  /** As many as there are pointers. */
  public static final int MOST_ACCESSES = 5;

  /** Copies the lists. */
  public Loops {
    sizes = List.copyOf(sizes);
    accesses = List.copyOf(accesses);
    steps = List.copyOf(steps);
  }

  /**
   * How a tensor is gone through.
   *
   * @param bytes whether elements are booleans of a byte, or else numbers of four
   * @param strides elements from an iteration of each loop to the next; of booleans 0 or 1 in the
   *     last loop
   */
  public record Access(boolean bytes, List<Integer> strides) {
    /** Copies the list. */
    public Access {
      strides = List.copyOf(strides);
    }

    int width() {
      return bytes ? 1 : Float.BYTES;
    }

    /** Bytes from an iteration of a loop to the next. */
    int step(int loop) {
      return strides.get(loop) * width();
    }
  }

  /**
   * One function of values: those that are read have the first numbers, and then the steps.
   *
   * @param b the second operand; any number where there is none
   * @param c the third operand; any number where there is none
   */
  public record Step(Action action, int a, int b, int c) {}

  /** What a step computes. */
  public enum Action {
    /** {@code a + b}. */
    ADD,
    /** {@code a - b}. */
    SUB,
    /** {@code a * b}. */
    MUL,
    /** {@code a / b}. */
    DIV,
    /** {@code a ? b : c}; a is a boolean. */
    WHERE,
    /** Both of two booleans. */
    AND,
    /** One of two booleans, or both. */
    OR,
    /** The other boolean. */
    NOT,
    /** Whether {@code a} is not a number, as a boolean. */
    IS_NAN
  }

  /**
   * What elements give together.
   *
   * @param loops how many of the last loops are over these elements
   * @param side whether the vectors have elements of the last loop before these, so that sixteen
   *     results are computed side by side, or else elements of the last loop
   */
  public record Reduction(Together together, int loops, boolean side) {}

  /** What a reduction computes. */
  public enum Together {
    /** The sum. */
    SUM,
    /** The sum by the number. */
    MEAN,
    /** The sum of the squares. */
    SUM_SQUARE,
    /** The root of the sum of the squares. */
    L2,
    /** The greatest. */
    MAX,
    /** The least. */
    MIN
  }

  /** How many loops are not over what a reduction takes together. */
  int kept() {
    return reduction == null ? sizes.size() : sizes.size() - reduction.loops();
  }

  int parts() {
    return Math.ceilDiv(sizes.get(unitLoop), part);
  }

  /** The units of the whole. */
  public long units() {
    long units = parts();
    for (int i = 0; i < unitLoop; i++) {
      units *= sizes.get(i);
    }
    return units;
  }

  @Override
  public byte[] generate() {
    return LoopCode.of(this);
  }
}
