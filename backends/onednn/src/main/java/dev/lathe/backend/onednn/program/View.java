package dev.lathe.backend.onednn.program;

import dev.lathe.ir.ElementType;
import java.util.List;

/**
 * A tensor in memory: which buffer, what elements, and where they lie in it.
 *
 * @param elementType not one of the packed 4-bit types, unless the layout is dense
 */
public record View(Buffer buffer, ElementType elementType, Layout layout) {

  /** The same buffer and elements with another layout. */
  public View with(Layout newLayout) {
    return new View(buffer, elementType, newLayout);
  }

  /** Where the first element lies in the buffer, in bytes. */
  public long byteOffset() {
    return elementType.byteSize(layout.offset());
  }

  /** The bytes of the elements, gaps not counted. */
  public long byteSize() {
    return elementType.byteSize(layout.count());
  }

  /** The bytes from the first element to the last, gaps counted and what is repeated once. */
  long spanBytes() {
    return elementType.byteSize(layout.span());
  }

  /** Whether the elements are known when the program is made. */
  public boolean isConstant() {
    return buffer.kind() == Buffer.Kind.CONSTANT;
  }

  /** Views for a profile, with commas between them. */
  static String text(List<View> views) {
    StringBuilder text = new StringBuilder();
    for (View view : views) {
      text.append(text.isEmpty() ? "" : ",").append(view);
    }
    return text.toString();
  }

  // Written out: what a record brings for this is spun by the JVM when it is first called.
  @Override
  public boolean equals(Object other) {
    return other instanceof View that
        && buffer == that.buffer
        && elementType == that.elementType
        && layout.equals(that.layout);
  }

  @Override
  public int hashCode() {
    return 31 * System.identityHashCode(buffer) + layout.hashCode();
  }

  @Override
  public String toString() {
    return elementType + ":" + layout;
  }
}
