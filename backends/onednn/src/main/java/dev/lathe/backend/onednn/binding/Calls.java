package dev.lathe.backend.onednn.binding;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the calls go that ask oneDNN for a primitive: to the library ({@link NativeScope}), or into
 * a {@link Recipe}, by which a later process makes them again. Arguments that are no numbers are
 * addresses that only the implementation that gave them understands.
 */
interface Calls {
  /** Calls a function with integers and pointers, and returns its result. */
  long call(Function function, long... arguments);

  /** Calls a function with floats, zeros where it has fewer than three, and integers. */
  long callWithFloats(Function function, float f, float g, float h, long... integers);

  /** A cell for a pointer that a function writes. */
  long cell();

  /** What a function wrote to a cell. */
  long value(long cell);

  /** Sees to it that {@code object} is destroyed when it is not needed any more; returns it. */
  long own(long object, Function destroyer);

  /** An array of numbers. */
  long array(List<Long> values);

  /** An array of floats. */
  long floats(List<Float> values);

  /** A native descriptor; null becomes the null pointer. */
  long descriptor(@Nullable MemoryDescriptor descriptor);

  /** An array of native descriptors. */
  long descriptors(List<MemoryDescriptor> list);
}
