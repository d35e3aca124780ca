package dev.lathe.backend.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class WorkersTest {
  @Test
  void eachTaskRunsOnce() {
    for (int threads : new int[] {1, 3}) {
      try (Workers workers = new Workers(threads)) {
        AtomicIntegerArray runs = new AtomicIntegerArray(100_000);
        workers.forEach(runs.length(), runs::incrementAndGet);
        workers.forRanges(
            runs.length(),
            (from, to) -> {
              for (int i = from; i < to; i++) {
                runs.incrementAndGet(i);
              }
            });
        for (int i = 0; i < runs.length(); i++) {
          assertThat(runs.get(i)).isEqualTo(2);
        }
      }
    }
  }

  @Test
  void theFirstFailureIsPassedOnAsItIs() {
    for (int threads : new int[] {1, 3}) {
      try (Workers workers = new Workers(threads)) {
        assertThatThrownBy(
                () ->
                    workers.forEach(
                        50,
                        i -> {
                          if (i >= 20) {
                            throw new IllegalArgumentException("task " + i);
                          }
                        }))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("task 20");
      }
    }
  }
}
