package dev.lathe.backend.onednn.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class WaitingTest {
  @Test
  void thePropertyChooses() {
    assertThat(Waiting.of(null)).isEqualTo(Waiting.AUTO);
    assertThat(Waiting.of("auto")).isEqualTo(Waiting.AUTO);
    assertThat(Waiting.of("active")).isEqualTo(Waiting.ACTIVE);
    assertThat(Waiting.of("passive")).isEqualTo(Waiting.PASSIVE);
    assertThatThrownBy(() -> Waiting.of("never"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the system property lathe.wait must be active, passive or auto, not 'never'");
  }

  @Test
  void threadsWaitNoLongerThanTheProcessorsAllow() {
    assertThat(Waiting.AUTO.turns(1, 8)).isZero();
    assertThat(Waiting.AUTO.turns(2, 2)).isEqualTo(20_000);
    assertThat(Waiting.AUTO.turns(2, 8)).isEqualTo(2_000);
    assertThat(Waiting.PASSIVE.turns(8, 8)).isZero();
    assertThat(Waiting.ACTIVE.turns(1, 1)).isGreaterThan(1_000_000);
  }

  @Test
  void theEnvironmentSaysMoreThanTheProperty() {
    assertThat(OpenMp.waitsPassively(Map.of(), Waiting.PASSIVE)).isTrue();
    assertThat(OpenMp.waitsPassively(Map.of(), Waiting.AUTO)).isFalse();
    assertThat(OpenMp.waitsPassively(Map.of("OMP_WAIT_POLICY", "PASSIVE"), Waiting.ACTIVE))
        .isTrue();
    assertThat(OpenMp.waitsPassively(Map.of("GOMP_SPINCOUNT", "100"), Waiting.PASSIVE)).isFalse();
  }
}
