package dev.lathe.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class StatisticsTest {
  @Test
  void percentilesAreOfTheNearestRank() {
    long[] values = {50, 10, 40, 20, 30};
    assertThat(Statistics.median(values)).isEqualTo(30);
    assertThat(Statistics.percentile(values, 0.9)).isEqualTo(50);
    assertThat(Statistics.percentile(values, 0)).isEqualTo(10);
    assertThat(values).startsWith(50);
  }

  @Test
  void theGeometricMeanOfInversesIsOne() {
    assertThat(Statistics.geometricMean(new double[] {0.5, 2})).isCloseTo(1, within(1e-12));
    assertThat(Statistics.geometricMean(new double[] {0.25, 1})).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void answersAreNumbers() {
    assertThat(EngineProcess.numbers(" 1 22  333 ")).containsExactly(1, 22, 333);
    assertThat(EngineProcess.numbers("")).isEmpty();
  }
}
