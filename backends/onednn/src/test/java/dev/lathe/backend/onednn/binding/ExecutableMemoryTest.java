package dev.lathe.backend.onednn.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ExecutableMemoryTest {
  /** {@code lock inc dword ptr [rdi]; ret}. */
  private static final byte[] INCREMENT = HexFormat.of().parseHex("f0ff07c3");

  @Test
  void everyThreadCallsTheCode() {
    try (ExecutableMemory code = ExecutableMemory.of(INCREMENT);
        Arena arena = Arena.ofConfined()) {
      MemorySegment counter = arena.allocate(8);
      code.call(counter, 1);
      assertThat(counter.get(ValueLayout.JAVA_INT, 0)).isEqualTo(1);
      code.call(counter, 3);
      assertThat(counter.get(ValueLayout.JAVA_INT, 0)).isEqualTo(4);
    }
  }

  @Test
  void closedCodeIsNotCalled() {
    ExecutableMemory code = ExecutableMemory.of(INCREMENT);
    code.close();
    code.close();
    assertThatThrownBy(() -> code.call(MemorySegment.NULL, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the machine code is closed");
  }
}
