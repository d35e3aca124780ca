package dev.lathe.backend.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.ir.ElementType;
import dev.lathe.runtime.Tensor;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class ActivationMemoryTest {
  @Test
  void usesReleasedMemoryAgainAndClearsIt() {
    try (ActivationMemory memory = new ActivationMemory(Arena.ofConfined())) {
      Tensor first = Tensor.allocate(memory, ElementType.F32, 100);
      first.setDouble(3, 7);
      memory.release(first);
      Tensor second = Tensor.allocate(memory, ElementType.F32, 60);
      assertThat(second.segment().address()).isEqualTo(first.segment().address());
      assertThat(second.getDouble(3)).isZero();
      Tensor third = Tensor.allocate(memory, ElementType.F32, 60);
      assertThat(third.segment().address()).isNotEqualTo(first.segment().address());
      assertThat(memory.peakBytes()).isEqualTo(640);
    }
  }

  @Test
  void smallTensorsDoNotTakeLargePlaces() {
    try (ActivationMemory memory = new ActivationMemory(Arena.ofConfined())) {
      Tensor large = Tensor.allocate(memory, ElementType.F32, 1000);
      memory.release(large);
      Tensor small = Tensor.allocate(memory, ElementType.F32, 1);
      assertThat(small.segment().address()).isNotEqualTo(large.segment().address());
    }
  }

  @Test
  void tensorsFromElsewhereAreLeftAlone() {
    try (ActivationMemory memory = new ActivationMemory(Arena.ofConfined());
        Tensor other = Tensor.allocate(ElementType.F32, 4)) {
      memory.release(other);
      Tensor own = Tensor.allocate(memory, ElementType.F32, 4);
      assertThat(own.segment().address()).isNotEqualTo(other.segment().address());
      memory.reset();
      assertThat(memory.peakBytes()).isZero();
    }
  }
}
