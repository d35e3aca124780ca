package dev.lathe.backend.onednn.binding;

import static dev.lathe.backend.onednn.binding.Fixture.f32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Ownership, threads, and what a call costs. */
class ResourceTest {
  @Test
  void libraryTellsItsVersionAndInstructionSet() {
    assertThat(OneDnn.version()).startsWith("3.");
    assertThat(OneDnn.instructionSet()).doesNotStartWith("isa_");
  }

  @Test
  void threadCountIsTheCallersOwn() throws Exception {
    OneDnn.load();
    OpenMp.use(3);
    assertThat(OpenMp.current()).isEqualTo(3);
    try (var other = Executors.newSingleThreadExecutor()) {
      other.submit(() -> OpenMp.use(1)).get();
    }
    assertThat(OpenMp.current()).isEqualTo(3);
    OpenMp.use(OpenMp.defaultThreads());
    assertThatThrownBy(() -> OpenMp.use(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void closingTwiceIsHarmlessAndUseAfterClosingIsRefused() {
    Engine engine = Engine.cpu();
    Stream stream = Stream.of(engine);
    Scope scope = new Scope();
    var relu = new Operation.Eltwise(EltwiseAlgorithm.RELU, f32(4), f32(4), 0, 0);
    PrimitiveDescriptor descriptor =
        PrimitiveDescriptor.of(engine, relu, Attributes.NONE).orElseThrow();
    Primitive primitive = descriptor.create();
    descriptor.close();
    descriptor.close();
    assertThatThrownBy(descriptor::implementation)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Eltwise")
        .hasMessageContaining("closed");
    Memory memory = scope.own(Memory.of(engine, f32(4), scope.allocate(16)));
    var call =
        new PrimitiveCall(
            scope, primitive, stream, Map.of(Argument.SRC, memory, Argument.DST, memory));
    call.run();
    primitive.close();
    primitive.close();
    assertThatThrownBy(call::run).isInstanceOf(IllegalStateException.class);
    scope.close();
    scope.close();
    assertThat(scope.isOpen()).isFalse();
    assertThatThrownBy(() -> memory.bind(MemorySegment.NULL.reinterpret(16), 0))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(call::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("scope");
    assertThatThrownBy(() -> scope.allocate(8)).isInstanceOf(IllegalStateException.class);
    stream.close();
    engine.close();
    engine.close();
    assertThatThrownBy(() -> Stream.of(engine)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void dataMustFit() {
    try (Fixture on = new Fixture()) {
      assertThatThrownBy(() -> Memory.of(on.engine, f32(4), on.scope.allocate(15)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("f32:4:a takes 16 bytes")
          .hasMessageContaining("15 bytes");
      assertThatThrownBy(() -> Memory.of(on.engine, f32(4), MemorySegment.ofArray(new float[4])))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("on the heap");
    }
  }

  @Test
  void rebindingAndExecutingAllocatesNothing() {
    try (Fixture on = new Fixture()) {
      var relu = new Operation.Eltwise(EltwiseAlgorithm.RELU, f32(4), f32(4), 0, 0);
      Primitive primitive = on.scope.own(on.describe(relu, Attributes.NONE).create());
      MemorySegment data = on.scope.allocate(16);
      Memory memory = unbound(on.engine, on.scope);
      var call =
          new PrimitiveCall(
              on.scope, primitive, on.stream, Map.of(Argument.SRC, memory, Argument.DST, memory));
      Runnable step =
          () -> {
            OpenMp.use(1);
            memory.bind(data, 0);
            call.run();
          };
      for (int i = 0; i < 30_000; i++) {
        step.run();
      }
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 10_000; i++) {
        step.run();
      }
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      // The measurement itself allocates a little; one call that did would take 160,000 bytes.
      assertThat(allocated).isLessThan(10_000);
    }
  }

  @Test
  void sharedPrimitiveInTwoThreadsIsBitIdentical() throws Exception {
    OpenMp.use(OpenMp.defaultThreads());
    try (Fixture on = new Fixture();
        var executor = Executors.newFixedThreadPool(2)) {
      long[] dims = {1, 16, 20, 20};
      PrimitiveDescriptor descriptor =
          on.describe(
              new Operation.Convolution(
                  MemoryDescriptor.permuted(DataType.F32, dims, 0, 2, 3, 1),
                  MemoryDescriptor.any(DataType.F32, 24, 16, 3, 3),
                  null,
                  MemoryDescriptor.permuted(DataType.F32, new long[] {1, 24, 20, 20}, 0, 2, 3, 1),
                  Fixture.window(2, 1, 0, 1, 1)),
              Attributes.NONE);
      Primitive primitive = on.scope.own(descriptor.create());
      var source = random(on.scope, descriptor.source(0), 1);
      var weights = random(on.scope, descriptor.weights(0), 2);
      List<float[]> expected = repeat(on, descriptor, primitive, source, weights, 1).call();
      List<Future<List<float[]>>> results = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        results.add(executor.submit(repeat(on, descriptor, primitive, source, weights, 200)));
      }
      for (Future<List<float[]>> result : results) {
        assertThat(result.get()).allSatisfy(r -> assertThat(r).isEqualTo(expected.getFirst()));
      }
    }
  }

  private static MemorySegment random(Scope scope, MemoryDescriptor descriptor, long seed) {
    MemorySegment data = scope.allocate(descriptor.size());
    Random random = new Random(seed);
    for (long i = 0; i < descriptor.size() / Float.BYTES; i++) {
      data.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat() - 0.5f);
    }
    return data;
  }

  /** Runs the primitive with a stream, destination and scratchpad of its own. */
  private static Callable<List<float[]>> repeat(
      Fixture on,
      PrimitiveDescriptor descriptor,
      Primitive primitive,
      MemorySegment source,
      MemorySegment weights,
      int times) {
    MemoryDescriptor destination = descriptor.destination(0);
    Map<Integer, Memory> arguments = new LinkedHashMap<>();
    arguments.put(Argument.SRC, Memory.of(on.engine, descriptor.source(0), source));
    arguments.put(Argument.WEIGHTS, Memory.of(on.engine, descriptor.weights(0), weights));
    MemorySegment result = on.scope.allocate(destination.size());
    arguments.put(Argument.DST, Memory.of(on.engine, destination, result));
    if (descriptor.scratchpadSize() > 0) {
      MemorySegment scratchpad = on.scope.allocate(descriptor.scratchpadSize());
      arguments.put(Argument.SCRATCHPAD, Memory.of(on.engine, descriptor.scratchpad(), scratchpad));
    }
    arguments.values().forEach(on.scope::own);
    Stream stream = on.scope.own(Stream.of(on.engine));
    PrimitiveCall call = new PrimitiveCall(on.scope, primitive, stream, arguments);
    return () -> {
      OpenMp.use(OpenMp.defaultThreads());
      List<float[]> results = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        result.fill((byte) 0);
        call.run();
        results.add(result.toArray(ValueLayout.JAVA_FLOAT));
      }
      return results;
    };
  }

  @Test
  void thereIsOneMemoryObjectForAPlace() {
    try (Fixture on = new Fixture();
        MemoryFactory factory = new MemoryFactory(on.engine, on.scope)) {
      MemorySegment place = on.scope.allocate(32);
      Memory first = factory.of(f32(4), place, 0);
      assertThat(factory.of(f32(4), place, 0)).isSameAs(first);
      assertThat(factory.of(f32(4), place, 16)).isNotSameAs(first);
      assertThat(factory.of(f32(2), place, 0)).isNotSameAs(first);
    }
  }

  @Test
  void aKernelIsTheOneThatWasAskedFor() {
    MemoryDescriptor vector = f32(4);
    Operation relu = new Operation.Eltwise(EltwiseAlgorithm.RELU, vector, vector, 0, 0);
    try (Fixture on = new Fixture();
        PrimitiveDescriptor asked =
            PrimitiveDescriptor.of(on.engine, relu, Attributes.NONE).orElseThrow();
        PrimitiveFactory factory = new PrimitiveFactory(on.engine)) {
      Recipe recipe = RecipeTest.recipe(relu, Attributes.NONE);
      factory.create(recipe, asked.implementation()).close();
      assertThatThrownBy(() -> factory.create(recipe, "another"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageEndingWith(" and not another");
    }
  }

  @Test
  void memoryThatIsNotSetLivesAsLongAsItsScope() {
    Scope scope = new Scope();
    MemorySegment small = scope.allocateUnset(8);
    MemorySegment large = scope.allocateUnset((1 << 20) + 1);
    assertThat(large.byteSize()).isEqualTo((1 << 20) + 1);
    assertThat(large.address() % 64).isZero();
    large.fill((byte) 1);
    scope.close();
    assertThat(small.scope().isAlive()).isFalse();
    assertThat(large.scope().isAlive()).isFalse();
    assertThatThrownBy(() -> scope.allocateUnset(1 << 20))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the scope is closed");
  }

  private static Memory unbound(Engine engine, Scope scope) {
    try (MemoryFactory factory = new MemoryFactory(engine, scope)) {
      return factory.unbound(f32(4));
    }
  }
}
