package dev.lathe.backend.onednn.binding;

import dev.lathe.backend.onednn.binding.Operation.Eltwise;
import java.util.Map;

/**
 * A program of one small primitive, made and run for nothing but what its first time takes: the
 * classes of the binding are loaded, and the library sets itself up. Done by the thread that loads
 * the library while another reads a model, which then needs it all.
 */
final class Rehearsal {
  private static final int ELEMENTS = 16;

  private Rehearsal() {}

  static void run() {
    MemoryDescriptor vector = MemoryDescriptor.dense(DataType.F32, ELEMENTS);
    OpenMp.use(1);
    try (Engine engine = Engine.cpu();
        Stream stream = Stream.of(engine);
        Scope scope = Scope.confined();
        PrimitiveFactory primitives = new PrimitiveFactory(engine);
        MemoryFactory memories = new MemoryFactory(engine, scope);
        Primitive primitive =
            primitives.create(
                new Eltwise(EltwiseAlgorithm.RELU, vector, vector, 0, 0), Attributes.NONE, null)) {
      Memory memory = memories.of(vector, scope.allocate(vector.size()), 0);
      // Its scratchpad is empty: it computes in place.
      new PrimitiveCall(
              scope, primitive, stream, Map.of(Argument.SRC, memory, Argument.DST, memory))
          .run();
    }
  }
}
