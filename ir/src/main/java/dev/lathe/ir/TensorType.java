package dev.lathe.ir;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The type of a tensor: its element type, its shape, and how integers stand for real numbers where
 * it is quantised.
 *
 * @param elementType the type of every element
 * @param shape the dimensions, possibly symbolic
 * @param quantization the quantisation, or null for plain numbers
 */
public record TensorType(
    ElementType elementType, Shape shape, @Nullable Quantization quantization) {

  /** The type of plain numbers. */
  public TensorType(ElementType elementType, Shape shape) {
    this(elementType, shape, null);
  }

  /** The type with fixed sizes. */
  public static TensorType of(ElementType elementType, long... sizes) {
    return new TensorType(elementType, Shape.of(sizes));
  }

  /**
   * Reads what {@link #toString} writes: {@code f32[N, 3]}, possibly followed by a quantisation.
   *
   * @throws IllegalArgumentException if the text is not a type
   */
  public static TensorType parse(String text) {
    int open = text.indexOf('[');
    int close = text.indexOf(']');
    if (open < 0 || close < open) {
      throw new IllegalArgumentException("'" + text + "' is not a tensor type such as f32[N, 3]");
    }
    ElementType element = ElementType.parse(text.substring(0, open).strip());
    Shape shape = Shape.parse(text.substring(open + 1, close));
    String rest = text.substring(close + 1).strip();
    return new TensorType(element, shape, rest.isEmpty() ? null : Quantization.parse(rest));
  }

  /** The number of dimensions. */
  public int rank() {
    return shape.rank();
  }

  /** Dimension {@code axis}; negative axes count from the end. */
  public Dim dim(int axis) {
    return shape.dim(axis);
  }

  /** This with another shape. */
  public TensorType withShape(Shape newShape) {
    return new TensorType(elementType, newShape, quantization);
  }

  /** This with another element type; the quantisation does not carry over. */
  public TensorType withElementType(ElementType newElementType) {
    return new TensorType(newElementType, shape);
  }

  /** This with symbols of the shape replaced. */
  public TensorType substitute(Map<String, Dim> bindings) {
    return withShape(shape.substitute(bindings));
  }

  /**
   * The bytes of a tensor of this type.
   *
   * @throws IllegalStateException if the shape is not fixed
   * @throws ArithmeticException if the size does not fit a long
   */
  public long byteSize() {
    return elementType.byteSize(shape.elementCount().value());
  }

  /**
   * True if a tensor of one type may stand where the other is expected: same element type and rank,
   * and no dimension fixed to different sizes.
   */
  public boolean isCompatibleWith(TensorType other) {
    if (elementType != other.elementType || rank() != other.rank()) {
      return false;
    }
    for (int i = 0; i < rank(); i++) {
      if (dim(i).isFixed() && other.dim(i).isFixed() && !dim(i).equals(other.dim(i))) {
        return false;
      }
    }
    return true;
  }

  /** The form of textual IR: {@code f32[N, 3, 224, 224]}; a scalar is {@code f32[]}. */
  @Override
  public String toString() {
    String text = elementType.text() + shape;
    return quantization == null ? text : text + " " + quantization;
  }
}
