package dev.lathe.ir.op;

import dev.lathe.ir.Dim;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TypeException;
import java.util.ArrayList;
import java.util.List;

/** Arithmetic on axes and shapes that several ops share. */
public final class Axes {
  private Axes() {}

  /**
   * {@code axis} counted from the front.
   *
   * @throws TypeException if it is not in {@code [-rank, rank-1]}
   */
  public static int normalize(int axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw new TypeException("axis " + axis + " is out of range for a tensor of rank " + rank);
    }
    return axis < 0 ? axis + rank : axis;
  }

  /**
   * {@code axes} counted from the front, in the order given.
   *
   * @throws TypeException if one is out of range or stands twice
   */
  public static List<Integer> normalize(List<Integer> axes, int rank) {
    List<Integer> result = new ArrayList<>(axes.size());
    for (int axis : axes) {
      int normal = normalize(axis, rank);
      if (result.contains(normal)) {
        throw new TypeException("axis " + normal + " stands twice in " + axes);
      }
      result.add(normal);
    }
    return result;
  }

  /**
   * The shape both broadcast to (multidirectional broadcasting of ONNX and NumPy): aligned at the
   * last dimension, a 1 stretches. Where two symbols meet, the result is their maximum, which is
   * right for every binding that is legal.
   *
   * @throws TypeException if two fixed dimensions differ and neither is 1
   */
  public static Shape broadcast(Shape a, Shape b) {
    int rank = Math.max(a.rank(), b.rank());
    List<Dim> dims = new ArrayList<>(rank);
    for (int i = 0; i < rank; i++) {
      int fromA = i - (rank - a.rank());
      int fromB = i - (rank - b.rank());
      Dim da = fromA < 0 ? Dim.ONE : a.dim(fromA);
      Dim db = fromB < 0 ? Dim.ONE : b.dim(fromB);
      dims.add(broadcast(da, db, a, b));
    }
    return new Shape(dims);
  }

  private static Dim broadcast(Dim a, Dim b, Shape shapeA, Shape shapeB) {
    if (a.equals(b) || b.is(1)) {
      return a;
    }
    if (a.is(1)) {
      return b;
    }
    if (a.isFixed() && b.isFixed()) {
      throw new TypeException(
          "shapes "
              + shapeA
              + " and "
              + shapeB
              + " do not broadcast: "
              + a
              + " and "
              + b
              + " differ and neither is 1");
    }
    // A fixed size above 1 decides: the symbol can only be that size or 1.
    if (a.isFixed()) {
      return a;
    }
    return b.isFixed() ? b : a.max(b);
  }
}
