package dev.lathe.ir.op;

import dev.lathe.ir.Dim;
import dev.lathe.ir.PropagatedData;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TypeException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the shape that a {@link ShapeOp.Reshape} gives, with its -1 and 0 resolved. */
final class ReshapeInference {
  private ReshapeInference() {}

  static Shape target(Operands operands, boolean allowZero) {
    Shape input = operands.type(0).shape();
    PropagatedData wanted = operands.data(1);
    if (wanted == null) {
      List<Dim> dims = new ArrayList<>();
      int rank = ShapeOp.vectorLength(operands, 1);
      for (int i = 0; i < rank; i++) {
        dims.add(rank == 1 ? input.elementCount() : operands.fresh());
      }
      return new Shape(dims);
    }
    List<@Nullable Dim> dims = new ArrayList<>();
    int inferred = -1;
    for (int i = 0; i < wanted.elements().size(); i++) {
      Dim dim = wanted.elements().get(i);
      if (dim.is(-1)) {
        if (inferred >= 0) {
          throw new TypeException("shape " + wanted.elements() + " has more than one -1");
        }
        inferred = i;
        dims.add(null);
      } else if (dim.is(0) && !allowZero) {
        if (i >= input.rank()) {
          throw new TypeException(
              "shape " + wanted.elements() + " copies axis " + i + ", which " + input + " has not");
        }
        dims.add(input.dim(i));
      } else if (dim.isFixed() && dim.value() < 0) {
        throw new TypeException("shape " + wanted.elements() + " has a negative dimension");
      } else {
        // An element that depends on data might be -1 or 0, so it is not the dimension itself.
        dims.add(
            dim.isUnbacked() && !input.symbols().containsAll(dim.symbols())
                ? operands.fresh()
                : dim);
      }
    }
    if (inferred >= 0) {
      dims.set(inferred, rest(input, dims, operands));
    }
    List<Dim> known = new ArrayList<>();
    for (Dim dim : dims) {
      known.add(java.util.Objects.requireNonNull(dim));
    }
    Shape result = new Shape(known);
    operands.expectEqual(
        input.elementCount(),
        result.elementCount(),
        "element counts of " + input + " and " + result);
    return result;
  }

  /** What is left of the elements when equal dimensions are cancelled and the others divide. */
  private static Dim rest(Shape input, List<@Nullable Dim> others, Operands operands) {
    List<Dim> left = new ArrayList<>(input.dims());
    Dim divisor = Dim.ONE;
    for (Dim dim : others) {
      if (dim != null && !left.remove(dim)) {
        divisor = divisor.times(dim);
      }
    }
    Dim total = Dim.ONE;
    for (Dim dim : left) {
      total = total.times(dim);
    }
    if (divisor.is(0)) {
      return Dim.ZERO;
    }
    if (divisor.isUnbacked() && total.isUnbacked()) {
      return operands.fresh();
    }
    Dim exact = total.divideExactlyOrNull(divisor);
    if (exact != null) {
      return exact;
    }
    if (total.isFixed() && divisor.isFixed()) {
      throw new TypeException(input + " has no multiple of " + divisor + " elements for the -1");
    }
    return total.floorDiv(divisor);
  }
}
