package dev.lathe.ir;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The dimensions of a tensor, outermost first. A scalar has none.
 *
 * <p>Immutable.
 *
 * @param dims the dimensions; those that are fixed are at least zero
 */
public record Shape(List<Dim> dims) implements Iterable<Dim> {

  /** The shape of a scalar. */
  public static final Shape SCALAR = new Shape(List.of());

  /**
   * @throws IllegalArgumentException if a fixed dimension is negative
   */
  public Shape {
    dims = List.copyOf(dims);
    for (Dim dim : dims) {
      if (dim.isFixed() && dim.value() < 0) {
        throw new IllegalArgumentException("shape " + dims + " has a negative dimension");
      }
    }
  }

  /** The shape with the given fixed sizes. */
  public static Shape of(long... sizes) {
    List<Dim> dims = new ArrayList<>(sizes.length);
    for (long size : sizes) {
      dims.add(Dim.of(size));
    }
    return new Shape(dims);
  }

  /** The shape with the given dimensions. */
  public static Shape of(Dim... dims) {
    return new Shape(List.of(dims));
  }

  /**
   * Reads dimensions separated by commas, as they stand between brackets in textual IR.
   *
   * @throws IllegalArgumentException if a dimension cannot be read or is negative
   */
  public static Shape parse(String text) {
    return new Shape(Dim.parseList(text));
  }

  /** The number of dimensions. */
  public int rank() {
    return dims.size();
  }

  /** Dimension {@code axis}; negative axes count from the end. */
  public Dim dim(int axis) {
    return dims.get(axis < 0 ? axis + rank() : axis);
  }

  /** True if every dimension is a number. */
  public boolean isFixed() {
    for (Dim dim : dims) {
      if (!dim.isFixed()) {
        return false;
      }
    }
    return true;
  }

  /**
   * The sizes.
   *
   * @throws IllegalStateException if a dimension is not fixed
   */
  public long[] sizes() {
    long[] sizes = new long[rank()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = dims.get(i).value();
    }
    return sizes;
  }

  /** The number of elements: the product of the dimensions, 1 for a scalar. */
  public Dim elementCount() {
    Dim product = Dim.ONE;
    for (Dim dim : dims) {
      product = product.times(dim);
    }
    return product;
  }

  /** The names of all symbols, sorted. */
  public Set<String> symbols() {
    Set<String> names = new TreeSet<>();
    for (Dim dim : dims) {
      names.addAll(dim.symbols());
    }
    return names;
  }

  /** This with symbols replaced. */
  public Shape substitute(Map<String, Dim> bindings) {
    List<Dim> result = new ArrayList<>(rank());
    for (Dim dim : dims) {
      result.add(dim.substitute(bindings));
    }
    return new Shape(result);
  }

  /** This with dimension {@code axis} replaced. */
  public Shape withDim(int axis, Dim dim) {
    List<Dim> result = new ArrayList<>(dims);
    result.set(axis < 0 ? axis + rank() : axis, dim);
    return new Shape(result);
  }

  @Override
  public Iterator<Dim> iterator() {
    return dims.iterator();
  }

  /** The dimensions between brackets: {@code [N, 3, 224, 224]}. */
  @Override
  public String toString() {
    return dims.toString();
  }
}
