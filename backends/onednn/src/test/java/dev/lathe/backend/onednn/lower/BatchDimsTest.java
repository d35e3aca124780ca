package dev.lathe.backend.onednn.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.backend.onednn.program.Layout;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which dimensions before matrices become one. */
class BatchDimsTest {
  private static final long[] RESULT = {2, 3, 1, 4, 5, 6};

  @Test
  void allOfPackedOperands() {
    BatchDims batch = BatchDims.of(RESULT, List.of(Layout.dense(RESULT)));
    assertThat(batch.of(Layout.dense(RESULT))).isEqualTo(Layout.dense(24, 5, 6));
  }

  @Test
  void notWhatOneOperandRepeats() {
    Layout mask = Layout.dense(1, 1, 1, 4, 5, 6);
    BatchDims batch = BatchDims.of(RESULT, List.of(Layout.dense(RESULT), mask));
    assertThat(batch.of(mask).dims()).containsExactly(1, 4, 5, 6);
    assertThat(batch.of(Layout.dense(RESULT))).isEqualTo(Layout.dense(6, 4, 5, 6));
  }

  @Test
  void notWhatLiesInAnotherOrder() {
    Layout turned = Layout.permuted(RESULT, 0, 3, 1, 2, 4, 5);
    BatchDims batch = BatchDims.of(RESULT, List.of(turned));
    assertThat(batch.of(turned).dims()).containsExactly(2, 3, 4, 5, 6);
    assertThat(batch.of(turned).strides()).containsExactly(360, 30, 90, 6, 1);
  }

  @Test
  void onesAlways() {
    long[] result = {1, 64, 2, 1, 5, 6};
    Layout turned = Layout.permuted(result, 0, 2, 1, 3, 4, 5);
    assertThat(
            BatchDims.ofResult(result)
                .of(turned)
                .sameAs(Layout.permuted(new long[] {64, 2, 5, 6}, 1, 0, 2, 3)))
        .isTrue();
  }
}
