package dev.lathe.backend.onednn.binding;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@link Recipe}s: takes the calls that would ask for a primitive, and makes none. The
 * addresses that it gives are the places of arguments in a list, below all numbers that functions
 * are called with. Used by one thread.
 */
public final class RecipeWriter {
  private static final long FIRST_ADDRESS = Long.MIN_VALUE;

  private final List<MemoryDescriptor> descriptors = new ArrayList<>();
  private final IdentityHashMap<MemoryDescriptor, Integer> places = new IdentityHashMap<>();

  /** A writer whose recipes share their descriptors. */
  public RecipeWriter() {}

  /** The descriptors that were named so far, in the order of their places. */
  public List<MemoryDescriptor> descriptors() {
    return List.copyOf(descriptors);
  }

  /** The place of a descriptor among all. */
  public int place(MemoryDescriptor descriptor) {
    Integer place = places.get(descriptor);
    if (place == null) {
      place = descriptors.size();
      places.put(descriptor, place);
      descriptors.add(descriptor);
    }
    return place;
  }

  /** Writes the recipe of a primitive. */
  public void write(BinaryOutput out, Operation operation, Attributes attributes) {
    Recorder recorder = new Recorder();
    long result = recorder.cell();
    long engine = recorder.argument(new BinaryOutput().number(Recipe.ENGINE));
    new DescriptorCreation(recorder, result, engine, attributes.create(recorder)).create(operation);
    String text =
        attributes.equals(Attributes.NONE) ? "" + operation : operation + " " + attributes;
    out.raw(
        new BinaryOutput()
            .raw(text.getBytes(StandardCharsets.UTF_8))
            .number(recorder.cells)
            .number(recorder.steps)
            .append(recorder.calls)
            .toBytes());
  }

  /** The calls of one primitive. */
  private final class Recorder implements Calls {
    private final BinaryOutput calls = new BinaryOutput();
    private final List<BinaryOutput> arguments = new ArrayList<>();
    private int cells;
    private int steps;

    private long argument(BinaryOutput written) {
      arguments.add(written);
      return FIRST_ADDRESS + arguments.size() - 1;
    }

    private BinaryOutput written(long address) {
      return arguments.get((int) (address - FIRST_ADDRESS));
    }

    private void arguments(long... values) {
      calls.number(values.length);
      for (long value : values) {
        if (value < FIRST_ADDRESS + arguments.size()) {
          calls.append(written(value));
        } else {
          calls.number(Recipe.NUMBER).number(value);
        }
      }
    }

    @Override
    public long call(Function function, long... values) {
      steps++;
      calls.number(Recipe.CALL).constant(function);
      arguments(values);
      return Status.SUCCESS;
    }

    @Override
    public long callWithFloats(Function function, float f, float g, float h, long... values) {
      steps++;
      calls.number(Recipe.CALL_WITH_FLOATS).constant(function).single(f).single(g).single(h);
      arguments(values);
      return Status.SUCCESS;
    }

    @Override
    public long cell() {
      return argument(new BinaryOutput().number(Recipe.CELL).number(cells++));
    }

    @Override
    public long value(long cell) {
      return argument(new BinaryOutput().number(Recipe.VALUE).number(cellNumber(cell)));
    }

    /** The number of a cell, or of the cell of a value. */
    private long cellNumber(long cell) {
      BinaryInput in = new BinaryInput(written(cell).toBytes());
      in.integer();
      return in.number();
    }

    @Override
    public long own(long object, Function destroyer) {
      steps++;
      calls.number(Recipe.OWN).constant(destroyer).number(cellNumber(object));
      return object;
    }

    @Override
    public long array(List<Long> values) {
      return argument(new BinaryOutput().number(Recipe.NUMBERS).numbers(values));
    }

    @Override
    public long floats(List<Float> values) {
      return argument(new BinaryOutput().number(Recipe.FLOATS).singles(values));
    }

    @Override
    public long descriptor(@Nullable MemoryDescriptor descriptor) {
      return descriptor == null
          ? 0
          : argument(new BinaryOutput().number(Recipe.DESCRIPTOR).number(place(descriptor)));
    }

    @Override
    public long descriptors(List<MemoryDescriptor> list) {
      BinaryOutput written = new BinaryOutput().number(Recipe.DESCRIPTORS).number(list.size());
      list.forEach(descriptor -> written.number(place(descriptor)));
      return argument(written);
    }
  }
}
