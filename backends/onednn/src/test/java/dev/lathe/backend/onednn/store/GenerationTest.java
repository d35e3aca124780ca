package dev.lathe.backend.onednn.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.backend.onednn.binding.Attributes;
import dev.lathe.backend.onednn.binding.BinaryInput;
import dev.lathe.backend.onednn.binding.BinaryOutput;
import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.EltwiseAlgorithm;
import dev.lathe.backend.onednn.binding.Engine;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.Operation;
import dev.lathe.backend.onednn.binding.PrimitiveDescriptor;
import dev.lathe.backend.onednn.binding.Recipe;
import dev.lathe.backend.onednn.binding.RecipeWriter;
import dev.lathe.backend.onednn.program.PrimitiveSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Primitives of stored programs, by one thread and by several. */
class GenerationTest {
  private static final int COUNT = 20;

  private static Engine engine;

  private final List<PrimitiveSource> sources = new ArrayList<>();

  @BeforeAll
  static void create() {
    engine = Engine.cpu();
  }

  @AfterAll
  static void destroy() {
    engine.close();
  }

  @AfterEach
  void close() {
    sources.forEach(PrimitiveSource::close);
  }

  private static Operation relu(int size) {
    MemoryDescriptor vector = MemoryDescriptor.dense(DataType.F32, size);
    return new Operation.Eltwise(EltwiseAlgorithm.RELU, vector, vector, 0, 0);
  }

  private void add(Operation operation, String implementation) {
    RecipeWriter writer = new RecipeWriter();
    BinaryOutput out = new BinaryOutput();
    writer.write(out, operation, Attributes.NONE);
    Recipe recipe = Recipe.read(new BinaryInput(out.toBytes()), writer.descriptors());
    sources.add(PrimitiveSource.stored(recipe, implementation, 1));
  }

  /** Adds primitives of different sizes. */
  private void add(int count) {
    for (int i = 0; i < count; i++) {
      Operation operation = relu(16 + sources.size());
      try (PrimitiveDescriptor asked =
          PrimitiveDescriptor.of(engine, operation, Attributes.NONE).orElseThrow()) {
        add(operation, asked.implementation());
      }
    }
  }

  private void addOneOfAnotherKernel() {
    add(1);
    add(relu(16), "another");
  }

  private Generation generation() {
    return new Generation(ProgramStore.library(), sources, () -> engine);
  }

  private void assertThatAllAreThere() {
    assertThat(sources).allSatisfy(source -> assertThat(source.primitive()).isNotNull());
  }

  @Test
  void oneThreadGeneratesAll() {
    add(COUNT);
    generation().complete(1);
    assertThatAllAreThere();
  }

  @Test
  void severalThreadsGenerateAll() {
    add(COUNT);
    generation().complete(3);
    assertThatAllAreThere();
  }

  @Test
  void aThreadThatAssistsGeneratesWhatIsOffered() throws InterruptedException {
    add(COUNT);
    Generation generation = generation();
    Thread assistant = new Thread(Generation::assist);
    assistant.start();
    generation.offer();
    // It ends when it has done what was offered; programs that other tests load may come first.
    assistant.join();
    generation.complete(2);
    assertThatAllAreThere();
  }

  @Test
  void anotherKernelIsRefused() {
    addOneOfAnotherKernel();
    add(COUNT);
    Generation generation = generation();
    assertThatThrownBy(() -> generation.complete(2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(" and not another");
  }

  @Test
  void whatAThreadThatAssistsMeetsIsThrownToo() throws InterruptedException {
    addOneOfAnotherKernel();
    Generation generation = generation();
    Thread assistant = new Thread(Generation::assist);
    assistant.start();
    generation.offer();
    assistant.join();
    assertThatThrownBy(() -> generation.complete(2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(" and not another");
  }

  @Test
  void nothingIsGeneratedForAnotherLibrary() {
    add(1);
    new Generation("another", sources, () -> engine).complete(1);
    assertThatThrownBy(() -> sources.getFirst().primitive())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageEndingWith(" is not generated yet");
  }
}
