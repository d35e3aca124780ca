package dev.lathe.backend.onednn.binding;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The calls that ask oneDNN for a primitive, as {@link RecipeWriter} wrote them. They need none of
 * the classes that describe operations and attributes, of which a process that runs a kept program
 * would load some thirty. Immutable.
 */
public final class Recipe {
  static final int CALL = 0;
  static final int CALL_WITH_FLOATS = 1;
  static final int OWN = 2;

  static final int NUMBER = 0;
  static final int CELL = 1;
  static final int VALUE = 2;
  static final int ENGINE = 3;
  static final int NUMBERS = 4;
  static final int FLOATS = 5;
  static final int DESCRIPTOR = 6;
  static final int DESCRIPTORS = 7;

  private static final Function[] FUNCTIONS = Function.values();

  private final byte[] bytes;
  private final int at;
  private final List<MemoryDescriptor> descriptors;

  private Recipe(byte[] bytes, int at, List<MemoryDescriptor> descriptors) {
    this.bytes = bytes;
    this.at = at;
    this.descriptors = descriptors;
  }

  /**
   * Reads a recipe.
   *
   * @param descriptors those that recipes name by their place
   */
  public static Recipe read(BinaryInput in, List<MemoryDescriptor> descriptors) {
    return new Recipe(in.bytes(), in.skipRaw(), descriptors);
  }

  /**
   * Makes the calls.
   *
   * @param shared owns the native descriptors
   * @param own owns what else is made; the first cell that is made in it, by the caller, gets the
   *     primitive's descriptor
   * @return the status of the first call that fails, or of the last
   * @throws IllegalArgumentException or {@link IndexOutOfBoundsException} if it is damaged
   */
  long follow(NativeScope shared, NativeScope own, long result, long engine) {
    BinaryInput in = new BinaryInput(bytes, at);
    in.skipRaw();
    long[] cells = new long[in.count()];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = i == 0 ? result : own.cell();
    }
    int steps = in.count();
    long status = Status.SUCCESS;
    for (int i = 0; i < steps && !Status.isFailure(status); i++) {
      int kind = in.integer();
      Function function = FUNCTIONS[in.integer()];
      if (kind == OWN) {
        own.own(own.value(cells[in.integer()]), function);
      } else if (kind == CALL) {
        status = function.call(arguments(in, shared, own, cells, engine));
      } else {
        float f = in.single();
        float g = in.single();
        float h = in.single();
        status = function.callWithFloats(f, g, h, arguments(in, shared, own, cells, engine));
      }
    }
    return status;
  }

  private long[] arguments(
      BinaryInput in, NativeScope shared, NativeScope own, long[] cells, long engine) {
    long[] arguments = new long[in.count()];
    for (int i = 0; i < arguments.length; i++) {
      int kind = in.integer();
      arguments[i] =
          switch (kind) {
            case NUMBER -> in.number();
            case CELL -> cells[in.integer()];
            case VALUE -> own.value(cells[in.integer()]);
            case ENGINE -> engine;
            case NUMBERS -> own.array(in.numbers());
            case FLOATS -> own.floats(in.singles());
            case DESCRIPTOR -> shared.descriptor(descriptors.get(in.integer()));
            case DESCRIPTORS -> shared.descriptors(list(in));
            default -> throw new IllegalArgumentException("an argument of kind " + kind);
          };
    }
    return arguments;
  }

  private List<MemoryDescriptor> list(BinaryInput in) {
    int count = in.count();
    List<MemoryDescriptor> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(descriptors.get(in.integer()));
    }
    return list;
  }

  /** What the primitive computes, as its operation and attributes say it. */
  @Override
  public String toString() {
    return new String(new BinaryInput(bytes, at).raw(), StandardCharsets.UTF_8);
  }
}
