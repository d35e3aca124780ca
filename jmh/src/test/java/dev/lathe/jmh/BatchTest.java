package dev.lathe.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.runtime.Signature;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.TensorSpec;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {
  private static final Dim N = Dim.symbol("N");
  private static final Dim S = Dim.symbol("S");

  private static Signature takes(Dim[]... shapes) {
    return new Signature(
        Arrays.stream(shapes)
            .map(dims -> new TensorType(ElementType.F32, new Shape(List.of(dims))))
            .map(type -> new TensorSpec("x" + type, type))
            .toList(),
        List.of());
  }

  private static Tensor zeros(Arena arena, long... shape) {
    return Tensor.allocate(arena, ElementType.F32, shape);
  }

  private static Dim[] dims(Dim... dims) {
    return dims;
  }

  @Test
  void theBatchIsTheFirstOpenLeadingSize() {
    try (Arena arena = Arena.ofConfined()) {
      Signature signature =
          takes(dims(Dim.of(3)), dims(N, S), dims(N, S), dims(Dim.of(4), N), dims(S), dims());
      List<Tensor> data =
          List.of(
              zeros(arena, 3),
              zeros(arena, 2, 7),
              zeros(arena, 2, 7),
              zeros(arena, 4, 2),
              zeros(arena, 7),
              zeros(arena));
      Batch batch = Batch.of(signature, data, 5);
      assertThat(batch.axes()).containsExactly(-1, 0, 0, 1, -1, -1);
      List<Tensor> inputs = batch.apply(data, arena);
      assertThat(Batch.shapes(inputs)).isEqualTo("3, 2 of 5x7, 4x5, 7, scalar");
    }
  }

  @Test
  void statesWithNamesOfTheirOwnFollowTheBatch() {
    try (Arena arena = Arena.ofConfined()) {
      Signature signature = takes(dims(N, S), dims(Dim.of(2), Dim.symbol("M"), Dim.of(8)));
      List<Tensor> data = List.of(zeros(arena, 1, 5), zeros(arena, 2, 1, 8));
      assertThat(Batch.of(signature, data, 3).axes()).containsExactly(0, 1);
    }
  }

  @Test
  void aFixedBatchStaysAsItIs() {
    try (Arena arena = Arena.ofConfined()) {
      List<Tensor> data = List.of(zeros(arena, 1, 3));
      Batch batch = Batch.of(takes(dims(Dim.ONE, Dim.of(3))), data, 8);
      assertThat(batch).isEqualTo(Batch.AS_GIVEN);
      assertThat(batch.apply(data, arena)).isEqualTo(data);
    }
  }

  @Test
  void samplesAreTakenInTurn() {
    try (Arena arena = Arena.ofConfined();
        Tensor two = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2)) {
      assertThat(new Batch(1, List.of(0)).apply(List.of(two), arena).getFirst().toFloats())
          .containsExactly(1, 2);
      assertThat(new Batch(5, List.of(0)).apply(List.of(two), arena).getFirst().toFloats())
          .containsExactly(1, 2, 3, 4, 1, 2, 3, 4, 1, 2);
      assertThat(new Batch(3, List.of(1)).apply(List.of(two), arena).getFirst().toFloats())
          .containsExactly(1, 2, 1, 3, 4, 3);
      List<Tensor> none = List.of(zeros(arena, 0, 2));
      assertThatThrownBy(() -> new Batch(1, List.of(0)).apply(none, arena))
          .hasMessage("the test data have no sample to make a batch of");
    }
  }

  @Test
  void aBatchIsReadAsItIsWritten() {
    for (String text : List.of("-", "8:0,-1,1")) {
      assertThat(Batch.parse(text)).hasToString(text);
    }
    assertThat(Batch.parse("-")).isEqualTo(Batch.AS_GIVEN);
  }
}
