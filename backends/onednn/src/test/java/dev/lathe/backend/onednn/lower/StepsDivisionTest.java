package dev.lathe.backend.onednn.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.backend.onednn.jit.RecurrentCell;
import dev.lathe.backend.onednn.jit.RecurrentShape;
import dev.lathe.ir.op.RecurrentOp.Direction;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StepsDivisionTest {
  private static Optional<RecurrentShape> best(
      int steps, int batch, int hidden, Direction direction, int threads) {
    return new StepsDivision(RecurrentCell.LSTM, steps, batch, hidden, direction).best(threads);
  }

  private static int parts(int steps, int hidden, Direction direction, int threads) {
    return best(steps, 1, hidden, direction, threads).orElseThrow().parts();
  }

  @Test
  void aDirectionForEachThread() {
    assertThat(parts(28, 64, Direction.BIDIRECTIONAL, 2)).isEqualTo(1);
  }

  @Test
  void threadsThatWouldHaveNoneShareOne() {
    assertThat(parts(60, 200, Direction.FORWARD, 2)).isEqualTo(2);
    assertThat(parts(60, 200, Direction.BIDIRECTIONAL, 4)).isEqualTo(2);
    assertThat(parts(60, 200, Direction.FORWARD, 1)).isEqualTo(1);
  }

  @Test
  void fewOrShortStepsAreNotShared() {
    assertThat(parts(1, 128, Direction.FORWARD, 2)).isEqualTo(1);
    assertThat(parts(60, 16, Direction.FORWARD, 2)).isEqualTo(1);
  }

  @Test
  void whatIsTooLargeForOneCacheIsShared() {
    assertThat(parts(26, 256, Direction.BIDIRECTIONAL, 2)).isEqualTo(2);
    assertThat(best(26, 1, 256, Direction.BIDIRECTIONAL, 1)).isEmpty();
    assertThat(best(26, 1, 1024, Direction.FORWARD, 2)).isEmpty();
  }

  @Test
  void weightsAreReadForSeveralSequences() {
    RecurrentShape shape = best(32, 32, 48, Direction.BIDIRECTIONAL, 2).orElseThrow();
    assertThat(shape.rows()).isEqualTo(4);
    assertThat(shape.parts()).isEqualTo(1);
  }
}
