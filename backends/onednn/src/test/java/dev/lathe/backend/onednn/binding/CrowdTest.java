package dev.lathe.backend.onednn.binding;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CrowdTest {
  private static int runnable(String text) {
    return Crowd.runnable(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void theFourthFieldCountsWhoWantsToRun() {
    assertThat(runnable("0.20 0.18 0.12 1/80 11206\n")).isEqualTo(1);
    assertThat(runnable("12.20 10.18 0.12 123/4480 11206\n")).isEqualTo(123);
    assertThat(runnable("")).isZero();
    assertThat(runnable("none")).isZero();
  }

  @Test
  void twoLooksMakeACrowdAndTwentyUnmakeIt() {
    Crowd.Judge judge = new Crowd.Judge(2);
    List<Boolean> seen = new ArrayList<>();
    for (int runnable : new int[] {2, 3, 2, 3, 3, 2, 3}) {
      seen.add(judge.isCrowded(runnable));
    }
    assertThat(seen).containsExactly(false, false, false, false, true, true, true);
    for (int i = 0; i < 19; i++) {
      assertThat(judge.isCrowded(1)).isTrue();
    }
    assertThat(judge.isCrowded(1)).isFalse();
  }

  @Test
  void sleepersEndWhenTheyAreClosed() throws InterruptedException {
    OneDnn.load();
    Thread thread;
    try (Crowd.Sleepers sleepers = new Crowd.Sleepers(3)) {
      thread = sleepers.thread();
      assertThat(thread.isAlive()).isTrue();
    }
    thread.join();
    assertThat(OpenMp.allowedProcessors()).isBetween(1, OpenMp.onlineProcessors());
  }
}
