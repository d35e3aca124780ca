package dev.lathe.backend.onednn.jit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lathe.backend.onednn.binding.ExecutableMemory;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.ir.op.RecurrentOp.Direction;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * However sequences and states are divided, and whoever computes the parts, every sum is added in
 * the same order, so that results are the same to the bit. That they are right is what the op cases
 * show.
 */
class RecurrentCodeTest {
  private static final int STEPS = 9;
  private static final int HIDDEN = 75;
  private static final int BATCH = 5;

  @BeforeAll
  static void load() {
    OneDnn.load();
    assumeTrue(OneDnn.hasAvx512(), "the processor has no AVX-512");
  }

  /** A layer's numbers, in ONNX's order. */
  private static final class Layer {
    private final Arena arena;
    private final RecurrentCell cell;
    private final float[] weights;
    private final float[] bias;
    private final float[] given;
    private final float[] first;

    Layer(Arena arena, RecurrentCell cell) {
      this.arena = arena;
      this.cell = cell;
      int lanes = cell.gates() * HIDDEN;
      weights = numbers(2 * lanes * HIDDEN, 0.2f);
      bias = numbers(2 * 2 * lanes, 1);
      given = numbers(STEPS * BATCH * 2 * lanes, 1);
      first = numbers(2 * BATCH * HIDDEN, 1);
    }

    private static float[] numbers(int count, float range) {
      Random random = new Random(count);
      float[] numbers = new float[count];
      for (int i = 0; i < count; i++) {
        numbers[i] = range * (2 * random.nextFloat() - 1);
      }
      return numbers;
    }

    private MemorySegment memory(float[] from) {
      return arena.allocateFrom(ValueLayout.JAVA_FLOAT, from);
    }

    private MemorySegment memory(long numbers) {
      return arena.allocate(numbers * Float.BYTES, 64);
    }

    /** What the input gives, with an input that is the gates themselves. */
    private MemorySegment given(RecurrentPacking packing) {
      int lanes = cell.gates() * HIDDEN;
      MemorySegment packed = memory((long) STEPS * BATCH * 2 * packing.gates());
      for (int row = 0; row < STEPS * BATCH; row++) {
        float[] part = Arrays.copyOfRange(given, row * 2 * lanes, (row + 1) * 2 * lanes);
        long size = 2L * packing.gateBytes();
        packing.packInput(memory(part), 1, packed.asSlice(row * size, size));
      }
      return packed;
    }

    /** All states, the last ones, and the last cells, by so many threads. */
    float[] run(RecurrentShape shape, int ranges, int threads) {
      RecurrentPacking packing = shape.packing();
      MemorySegment recurrent = memory(2L * HIDDEN * packing.gates());
      packing.packRecurrent(memory(weights), recurrent);
      MemorySegment stateBias = memory(packing.stateBias());
      if (cell == RecurrentCell.GRU_RESET_AFTER) {
        packing.packStateBias(memory(bias), stateBias);
      }
      MemorySegment initial = memory(first);
      long state = (long) BATCH * 2 * HIDDEN;
      MemorySegment results = memory((STEPS + 2) * state);
      MemorySegment last = results.asSlice(STEPS * state * Float.BYTES);
      MemorySegment cells = last.asSlice(state * Float.BYTES);
      CodeSource.Recurrent source = new CodeSource.Recurrent(shape);
      MemorySegment shared =
          arena.allocate(
              (long) ranges * CodeSource.RANGE + (long) source.cells() * CodeSource.CELL, 128);
      for (int i = 0; i < ranges; i++) {
        long at = (long) i * CodeSource.RANGE;
        long units = source.units();
        shared.set(ValueLayout.JAVA_LONG, at + CodeSource.NEXT, units * i / ranges);
        shared.set(ValueLayout.JAVA_LONG, at + CodeSource.END, units * (i + 1) / ranges);
      }
      long firstCell = shared.address() + (long) ranges * CodeSource.RANGE;
      long[] array = {
        threads == 1 ? 0 : ExecutableMemory.threadNumber(),
        shared.address(),
        firstCell,
        0,
        firstCell,
        given(packing).address(),
        recurrent.address(),
        initial.address(),
        results.address(),
        last.address(),
        cell == RecurrentCell.LSTM ? initial.address() : stateBias.address(),
        cells.address()
      };
      try (ExecutableMemory code = ExecutableMemory.of(source.generate())) {
        code.call(arena.allocateFrom(ValueLayout.JAVA_LONG, array), threads);
      }
      return results.toArray(ValueLayout.JAVA_FLOAT);
    }
  }

  private static RecurrentShape shape(RecurrentCell cell, int rows, int parts) {
    return new RecurrentShape(cell, STEPS, BATCH, HIDDEN, Direction.BIDIRECTIONAL, rows, parts);
  }

  @ParameterizedTest
  @EnumSource
  void divisionsGiveTheSame(RecurrentCell cell) {
    try (Arena arena = Arena.ofConfined()) {
      Layer layer = new Layer(arena, cell);
      float[] expected = layer.run(shape(cell, 1, 1), 1, 1);
      assertThat(expected).doesNotContain(Float.NaN);
      for (int rows = 1; rows <= RecurrentShape.mostRows(cell); rows++) {
        for (int parts = 1; parts <= RecurrentShape.vectors(HIDDEN); parts++) {
          assertThat(layer.run(shape(cell, rows, parts), 2, 2))
              .as(rows + " rows, " + parts + " parts")
              .isEqualTo(expected);
        }
      }
    }
  }

  /** Threads that never come are one that is alone, and more parts than threads. */
  @ParameterizedTest
  @EnumSource
  void threadsThatAreMissingAreDoneWithout(RecurrentCell cell) {
    try (Arena arena = Arena.ofConfined()) {
      Layer layer = new Layer(arena, cell);
      float[] expected = layer.run(shape(cell, 1, 1), 1, 1);
      assertThat(layer.run(shape(cell, 2, 2), 2, 1)).isEqualTo(expected);
      assertThat(layer.run(shape(cell, 2, 3), 6, 2)).isEqualTo(expected);
      assertThat(layer.run(shape(cell, 1, 4), 4, 3)).isEqualTo(expected);
    }
  }

  @Test
  void divisionsThatAreNoneAreRefused() {
    assertThatThrownBy(() -> shape(RecurrentCell.LSTM, 5, 1))
        .hasMessage("5 sequences at a time and 1 parts are not what the code has");
    assertThatThrownBy(() -> shape(RecurrentCell.GRU, 1, 6))
        .hasMessage("1 sequences at a time and 6 parts are not what the code has");
  }
}
