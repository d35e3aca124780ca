package dev.lathe.ir.op;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.PropagatedData;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.TypeException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an op may know of its operands when it infers the types of its results.
 *
 * @param types the types, in order
 * @param data as many entries as types: what is known of the elements, or null
 * @param constants as many entries as types: the elements of an operand that is a constant, or null
 * @param freshDim gives a new {@linkplain Dim#isUnbacked unbacked} dimension at each call
 */
public record Operands(
    List<TensorType> types,
    List<@Nullable PropagatedData> data,
    List<@Nullable ConstantData> constants,
    Supplier<Dim> freshDim) {

  /** The number of operands. */
  public int size() {
    return types.size();
  }

  /** The type of operand {@code index}. */
  public TensorType type(int index) {
    return types.get(index);
  }

  /** What is known of the elements of operand {@code index}; null for nothing. */
  public @Nullable PropagatedData data(int index) {
    return data.get(index);
  }

  /** The elements of operand {@code index} if it is a constant; null if it is not. */
  public @Nullable ConstantData constant(int index) {
    return constants.get(index);
  }

  /** A new dimension whose size depends on data. */
  public Dim fresh() {
    return freshDim.get();
  }

  /** Refuses another number of operands than {@code count}. */
  public void expectCount(int count) {
    expectCount(count, count);
  }

  /** Refuses a number of operands outside the bounds, both included. */
  public void expectCount(int atLeast, int atMost) {
    if (size() < atLeast || size() > atMost) {
      String expected = atLeast == atMost ? "" + atLeast : atLeast + " to " + atMost;
      throw new TypeException("takes " + expected + " operands, not " + size());
    }
  }

  /** Refuses operand {@code index} unless its element type is one of those named. */
  public void expectElementType(int index, ElementType... allowed) {
    ElementType actual = type(index).elementType();
    for (ElementType type : allowed) {
      if (type == actual) {
        return;
      }
    }
    throw new TypeException(
        "operand "
            + index
            + " must have element type "
            + String.join(" or ", java.util.Arrays.stream(allowed).map(ElementType::text).toList())
            + ", not "
            + actual);
  }

  /** Refuses operand {@code index} unless its elements are floats. */
  public void expectFloat(int index) {
    if (!type(index).elementType().isFloat()) {
      throw new TypeException(
          "operand " + index + " must have a float element type, not " + type(index).elementType());
    }
  }

  /** Refuses operand {@code index} unless it is an i32 or i64 tensor. */
  public void expectIndex(int index) {
    expectElementType(index, ElementType.I32, ElementType.I64);
  }

  /** Refuses operand {@code index} unless it has {@code rank} dimensions. */
  public void expectRank(int index, int rank) {
    if (type(index).rank() != rank) {
      throw new TypeException(
          "operand "
              + index
              + " must have rank "
              + rank
              + ", not "
              + type(index).rank()
              + " ("
              + type(index)
              + ")");
    }
  }

  /** Refuses operand {@code index} if it has fewer than {@code rank} dimensions. */
  public void expectRankAtLeast(int index, int rank) {
    if (type(index).rank() < rank) {
      throw new TypeException(
          "operand "
              + index
              + " must have rank "
              + rank
              + " or more, not "
              + type(index).rank()
              + " ("
              + type(index)
              + ")");
    }
  }

  /** Refuses operands {@code a} and {@code b} that differ in element type. */
  public void expectSameElementType(int a, int b) {
    if (type(a).elementType() != type(b).elementType()) {
      throw new TypeException(
          "operands "
              + a
              + " and "
              + b
              + " must have the same element type, not "
              + type(a).elementType()
              + " and "
              + type(b).elementType());
    }
  }

  /**
   * Refuses an operand {@code b} of another element type than {@code a}, unless {@code a} is of
   * floats narrower than f32 and {@code b} is f32: what is only added to a sum in f32 loses nothing
   * by staying that.
   */
  public void expectSameElementTypeOrF32(int a, int b) {
    ElementType type = type(a).elementType();
    boolean narrow = type == ElementType.BF16 || type == ElementType.F16;
    if (!narrow || type(b).elementType() != ElementType.F32) {
      expectSameElementType(a, b);
    }
  }

  /**
   * Refuses dimensions that are fixed to different sizes, where {@code what} names the agreement.
   */
  public void expectEqual(Dim a, Dim b, String what) {
    if (a.isFixed() && b.isFixed() && !a.equals(b)) {
      throw new TypeException(what + ": " + a + " and " + b + " differ");
    }
  }

  /** {@code axis} of operand {@code index} counted from the front; refuses one out of range. */
  public int axis(int index, int axis) {
    return Axes.normalize(axis, type(index).rank());
  }
}
