package dev.lathe.backend.onednn.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lathe.backend.onednn.binding.Engine;
import dev.lathe.backend.onednn.binding.Scope;
import dev.lathe.backend.onednn.binding.Stream;
import dev.lathe.backend.onednn.lower.LoweredFunction;
import dev.lathe.backend.onednn.lower.Lowering;
import dev.lathe.backend.onednn.lower.LoweringFixture;
import dev.lathe.backend.onednn.lower.Target;
import dev.lathe.backend.onednn.program.ConstantPool;
import dev.lathe.backend.onednn.program.Instruction;
import dev.lathe.backend.onednn.program.Program;
import dev.lathe.backend.onednn.program.ProgramInstance;
import dev.lathe.ir.Block;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ControlFlowOp;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.runtime.Tensor;
import dev.lathe.testing.OpCase;
import dev.lathe.testing.OpCases;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A program that is kept and read again computes the same bits. */
class ProgramStoreTest {
  /** Of programs that are for all elements of their inputs. */
  private static final byte[][] ANY = {};

  private static Engine engine;
  private static Target target;

  @TempDir private Path folder;

  @BeforeAll
  static void create() {
    engine = Engine.cpu();
    target = new Target(engine, 2, new ConstantPool());
  }

  @AfterAll
  static void destroy() {
    engine.close();
  }

  private static long[][] shapes(OpCase each) {
    return each.inputs().stream().map(Tensor::shape).toArray(long[][]::new);
  }

  private static boolean isFixed(Block block) {
    for (Node node : block.nodes()) {
      if (node.op() instanceof ControlFlowOp.Loop || node.op() instanceof CreationOp.Dims) {
        return false;
      }
      for (Value result : node.results()) {
        if (!result.type().shape().isFixed()) {
          return false;
        }
      }
      for (Block nested : node.op().blocks()) {
        if (!isFixed(nested)) {
          return false;
        }
      }
    }
    return true;
  }

  private static List<byte[]> run(Program program, List<Tensor> inputs) {
    try (Scope scope = new Scope();
        Stream stream = Stream.of(engine)) {
      // What lies in the arena before a run must not matter.
      MemorySegment arena = scope.allocateUnset(program.arenaBytes()).fill((byte) 0xFF);
      ProgramInstance instance = new ProgramInstance(program, engine, stream, scope, arena);
      List<MemorySegment> outputs = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        instance.bindInput(i, inputs.get(i).segment());
      }
      for (int i = 0; i < program.outputs().size(); i++) {
        long bytes = program.outputs().get(i).byteSize();
        MemorySegment output = scope.allocate(bytes).asSlice(0, bytes);
        outputs.add(output);
        instance.bindOutput(i, output);
      }
      instance.run();
      return outputs.stream()
          .map(output -> output.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE))
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("dev.lathe.testing.OpCases#all")
  void readsBackToTheBit(OpCase each) {
    Graph graph = LoweringFixture.fixed(each);
    assumeTrue(isFixed(graph.forward().body()), "sizes depend on data");
    ProgramStore store = new ProgramStore(folder, "case");
    List<byte[]> expected;
    List<String> kernels;
    long[] memory;
    try (LoweredFunction lowered = Lowering.lower(target, graph)) {
      Program program = lowered.program();
      expected = run(program, each.inputs());
      kernels =
          program.instructions().stream().map(Instruction::info).map(Object::toString).toList();
      memory = new long[] {program.arenaBytes(), program.liveBytes()};
      store.save(shapes(each), ANY, 2, program, MemorySegment.NULL);
    }
    try (LoweredFunction read =
        store.load(shapes(each), ANY, 2, MemorySegment.NULL, () -> engine)) {
      assertThat(read).isNotNull();
      assertThat(read.program().arenaBytes()).isEqualTo(memory[0]);
      assertThat(read.program().liveBytes()).isEqualTo(memory[1]);
      assertThat(
              read.program().instructions().stream().map(Instruction::info).map(Object::toString))
          .isEqualTo(kernels);
      List<byte[]> actual = run(read.program(), each.inputs());
      for (int i = 0; i < expected.size(); i++) {
        assertThat(actual.get(i)).as("output %d", i).isEqualTo(expected.get(i));
      }
    }
  }

  private static OpCase caseNamed(String start) {
    return OpCases.all().stream()
        .filter(each -> each.name().startsWith(start))
        .findFirst()
        .orElseThrow();
  }

  private static OpCase anyCase() {
    return caseNamed("conv");
  }

  private Path saved(ProgramStore store, OpCase each) throws IOException {
    try (LoweredFunction lowered = Lowering.lower(target, LoweringFixture.fixed(each))) {
      store.save(shapes(each), ANY, 2, lowered.program(), MemorySegment.NULL);
    }
    try (java.util.stream.Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
  }

  @Test
  void whatEndedProcessesDidNotFinishIsDeleted() throws IOException {
    Path beside = saved(new ProgramStore(folder, "one"), anyCase()).getParent();
    Path abandoned = Files.createFile(beside.resolve("writing-1.tmp"));
    Files.setLastModifiedTime(abandoned, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
    Path written = Files.createFile(beside.resolve("writing-2.tmp"));
    saved(new ProgramStore(folder, "two"), anyCase());
    assertThat(abandoned).doesNotExist();
    assertThat(written).exists();
  }

  @Test
  void programsAreOfOneModelShapeAndThreadCount() throws IOException {
    OpCase each = anyCase();
    ProgramStore store = new ProgramStore(folder, "one");
    saved(store, each);
    long[][] others = Arrays.stream(shapes(each)).map(long[]::clone).toArray(long[][]::new);
    others[0][0]++;
    assertThat(store.load(shapes(each), ANY, 1, MemorySegment.NULL, () -> engine)).isNull();
    assertThat(store.load(others, ANY, 2, MemorySegment.NULL, () -> engine)).isNull();
    assertThat(
            new ProgramStore(folder, "two")
                .load(shapes(each), ANY, 2, MemorySegment.NULL, () -> engine))
        .isNull();
  }

  @Test
  void programsAreOfTheElementsThatDecidedTheirShapes() throws IOException {
    OpCase each = anyCase();
    ProgramStore store = new ProgramStore(folder, "decided");
    byte[][] four = {{}, {4, 0}};
    byte[][] five = {{}, {5, 0}};
    try (LoweredFunction lowered = Lowering.lower(target, LoweringFixture.fixed(each))) {
      store.save(shapes(each), four, 2, lowered.program(), MemorySegment.NULL);
    }
    assertThat(store.load(shapes(each), ANY, 2, MemorySegment.NULL, () -> engine)).isNull();
    assertThat(store.load(shapes(each), five, 2, MemorySegment.NULL, () -> engine)).isNull();
    try (LoweredFunction read =
        store.load(shapes(each), four, 2, MemorySegment.NULL, () -> engine)) {
      assertThat(read).isNotNull();
    }
    assertThat(store.hasDecided(shapes(each), 2)).isTrue();
    assertThat(store.hasDecided(shapes(each), 1)).isFalse();
    assertThat(new ProgramStore(folder, "two").hasDecided(shapes(each), 2)).isFalse();
    assertThat(new ProgramStore(folder.resolve("no"), "two").hasDecided(shapes(each), 2)).isFalse();
  }

  @Test
  void elementsAreComparedWhereNamesAreAlike() throws IOException {
    OpCase each = anyCase();
    ProgramStore store = new ProgramStore(folder, "alike");
    // Told apart by where one input ends, which the checksum in the name does not see.
    byte[][] written = {{1}, {2, 3}};
    byte[][] asked = {{1, 2}, {3}};
    try (LoweredFunction lowered = Lowering.lower(target, LoweringFixture.fixed(each))) {
      store.save(shapes(each), written, 2, lowered.program(), MemorySegment.NULL);
    }
    assertThat(store.load(shapes(each), asked, 2, MemorySegment.NULL, () -> engine)).isNull();
    try (LoweredFunction read =
        store.load(shapes(each), written, 2, MemorySegment.NULL, () -> engine)) {
      assertThat(read).isNotNull();
    }
  }

  @Test
  void aModelOfManyShapesKeepsAFew() throws IOException {
    OpCase each = anyCase();
    ProgramStore store = new ProgramStore(folder, "many");
    try (LoweredFunction lowered = Lowering.lower(target, LoweringFixture.fixed(each))) {
      for (int i = 1; i <= 10; i++) {
        long[][] shapes = {{i, 3}};
        store.save(shapes, ANY, 2, lowered.program(), MemorySegment.NULL);
        store.save(shapes, ANY, 2, lowered.program(), MemorySegment.NULL);
      }
      new ProgramStore(folder, "other")
          .save(shapes(each), ANY, 2, lowered.program(), MemorySegment.NULL);
    }
    try (java.util.stream.Stream<Path> files = Files.walk(folder)) {
      assertThat(files.filter(Files::isRegularFile)).hasSize(5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"conv", "if/nested"})
  void damagedFilesAreNotUsed(String name) throws IOException {
    OpCase each = caseNamed(name);
    ProgramStore store = new ProgramStore(folder, "damaged");
    Path file = saved(store, each);
    byte[] bytes = Files.readAllBytes(file);
    Random random = new Random(5);
    int structure = (bytes[8] & 0xFF) | ((bytes[9] & 0xFF) << 8);
    for (int i = 0; i < 200; i++) {
      byte[] damaged = bytes.clone();
      // The header and the program; what data holds cannot be told.
      damaged[random.nextInt(i % 2 == 0 ? 24 : 40 + structure)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, damaged);
      try (LoweredFunction read =
          store.load(shapes(each), ANY, 2, MemorySegment.NULL, () -> engine)) {
        if (read != null) {
          // Only a place of the data can differ unseen; it must lie in the file.
          assertThat(read.program().instructions()).isNotEmpty();
        }
      }
    }
    for (int length : new int[] {0, 10, 39, 40, 40 + structure - 1, bytes.length - 1}) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThat(store.load(shapes(each), ANY, 2, MemorySegment.NULL, () -> engine)).isNull();
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsNoError() throws IOException {
    OpCase each = anyCase();
    Path file = Files.createFile(folder.resolve("file"));
    ProgramStore store = new ProgramStore(file, "nowhere");
    try (LoweredFunction lowered = Lowering.lower(target, LoweringFixture.fixed(each))) {
      store.save(shapes(each), ANY, 2, lowered.program(), MemorySegment.NULL);
    }
    assertThat(store.load(shapes(each), ANY, 2, MemorySegment.NULL, () -> engine)).isNull();
  }
}
