package dev.lathe.backend.onednn.binding;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs one operation on given numbers and returns what it computed, for tests. */
final class Fixture implements AutoCloseable {
  final Engine engine = Engine.cpu();
  final Stream stream = Stream.of(engine);
  final Scope scope = new Scope();

  static MemoryDescriptor f32(long... dims) {
    return MemoryDescriptor.dense(DataType.F32, dims);
  }

  static Window window(int spatial, long stride, long dilation, long padBegin, long padEnd) {
    return new Window(
        repeat(spatial, stride),
        repeat(spatial, dilation),
        repeat(spatial, padBegin),
        repeat(spatial, padEnd));
  }

  private static List<Long> repeat(int count, long value) {
    return Collections.nCopies(count, value);
  }

  static float[] iota(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i + 1;
    }
    return values;
  }

  /** An argument's number, descriptor and values. */
  record Input(int argument, MemoryDescriptor descriptor, MemorySegment data) {}

  Input input(int argument, MemoryDescriptor descriptor, float... values) {
    MemorySegment data = scope.allocate(descriptor.size());
    MemorySegment.copy(values, 0, data, ValueLayout.JAVA_FLOAT, 0, values.length);
    return new Input(argument, descriptor, data);
  }

  Input bytes(int argument, MemoryDescriptor descriptor, int... values) {
    MemorySegment data = scope.allocate(descriptor.size());
    for (int i = 0; i < values.length; i++) {
      data.set(ValueLayout.JAVA_BYTE, i, (byte) values[i]);
    }
    return new Input(argument, descriptor, data);
  }

  Input ints(int argument, int... values) {
    MemoryDescriptor descriptor = MemoryDescriptor.dense(DataType.S32, values.length);
    MemorySegment data = scope.allocate(descriptor.size());
    MemorySegment.copy(values, 0, data, ValueLayout.JAVA_INT, 0, values.length);
    return new Input(argument, descriptor, data);
  }

  PrimitiveDescriptor describe(Operation operation, Attributes attributes) {
    return scope.own(PrimitiveDescriptor.of(engine, operation, attributes).orElseThrow());
  }

  /** Runs, and returns the raw data of the destination. */
  MemorySegment runRaw(Operation operation, Attributes attributes, Input... inputs) {
    PrimitiveDescriptor descriptor = describe(operation, attributes);
    Primitive primitive = scope.own(descriptor.create());
    Map<Integer, Memory> arguments = new LinkedHashMap<>();
    for (Input input : inputs) {
      arguments.put(
          input.argument(), scope.own(Memory.of(engine, input.descriptor(), input.data())));
    }
    MemoryDescriptor destination = descriptor.argument(Argument.DST);
    MemorySegment result;
    if (arguments.containsKey(Argument.DST)) {
      result = List.of(inputs).getLast().data();
    } else {
      result = scope.allocate(destination.size());
      arguments.put(Argument.DST, scope.own(Memory.of(engine, destination, result)));
    }
    if (descriptor.scratchpadSize() > 0) {
      MemoryDescriptor scratchpad = descriptor.scratchpad();
      arguments.put(
          Argument.SCRATCHPAD,
          scope.own(Memory.of(engine, scratchpad, scope.allocate(scratchpad.size()))));
    }
    new PrimitiveCall(scope, primitive, stream, arguments).run();
    return result;
  }

  float[] run(Operation operation, Attributes attributes, Input... inputs) {
    return runRaw(operation, attributes, inputs).toArray(ValueLayout.JAVA_FLOAT);
  }

  float[] run(Operation operation, Input... inputs) {
    return run(operation, Attributes.NONE, inputs);
  }

  @Override
  public void close() {
    scope.close();
    stream.close();
    engine.close();
  }
}
