package dev.lathe.backend.onednn.jit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.backend.onednn.binding.ExecutableMemory;
import dev.lathe.backend.onednn.binding.OneDnn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
  private static final int[] SAVED = {Assembler.RBX, Assembler.RBP, Assembler.R12};

  @BeforeAll
  static void load() {
    OneDnn.load();
  }

  /** Code that counts how often each unit is taken, and ruins the registers that it may. */
  private static byte[] counter() {
    Assembler a = new Assembler();
    Units.enter(a, SAVED);
    Assembler.Label done = a.label();
    Assembler.Label unit = a.here();
    Units.take(a, Assembler.RDI, done);
    a.load(Assembler.R12, Assembler.RDI, Units.address(0));
    a.imul(Assembler.RAX, Assembler.RAX, Long.BYTES);
    a.add(Assembler.R12, Assembler.RAX);
    for (int register : new int[] {Assembler.RAX, Assembler.RBX, Assembler.RCX, Assembler.RBP}) {
      a.movImmediate(register, -1);
    }
    a.movImmediate(Assembler.RAX, 1);
    a.lockXadd(Assembler.R12, 0, Assembler.RAX);
    a.jump(unit);
    a.bind(done);
    Units.leave(a, SAVED);
    return a.toBytes();
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "7, 1, 1", "7, 2, 2", "2, 5, 5", "1000, 4, 4", "1000, 4, 1", "0, 2, 2"})
  void eachUnitIsTakenOnce(int units, int ranges, int threads) {
    try (Arena arena = Arena.ofShared();
        ExecutableMemory code = ExecutableMemory.of(counter())) {
      MemorySegment counts = arena.allocate(ValueLayout.JAVA_LONG, Math.max(units, 1));
      MemorySegment range = arena.allocate((long) ranges * CodeSource.RANGE, CodeSource.RANGE);
      for (int i = 0; i < ranges; i++) {
        long at = (long) i * CodeSource.RANGE;
        range.set(ValueLayout.JAVA_LONG, at + CodeSource.NEXT, (long) units * i / ranges);
        range.set(ValueLayout.JAVA_LONG, at + CodeSource.END, (long) units * (i + 1) / ranges);
      }
      MemorySegment array = arena.allocate(ValueLayout.JAVA_LONG, CodeSource.ADDRESSES + 1);
      long[] numbers = {
        threads == 1 ? 0 : ExecutableMemory.threadNumber(),
        range.address(),
        range.address() + range.byteSize(),
        0,
        0,
        counts.address()
      };
      MemorySegment.copy(numbers, 0, array, ValueLayout.JAVA_LONG, 0, numbers.length);
      code.call(array, threads);
      for (int i = 0; i < units; i++) {
        assertThat(counts.getAtIndex(ValueLayout.JAVA_LONG, i)).isEqualTo(1);
      }
    }
  }
}
