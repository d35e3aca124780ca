package dev.lathe.backend.onednn.binding;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
  void sevenLooksMakeACrowdAndEightUnmakeIt() {
    Crowd.Judge judge = new Crowd.Judge(2);
    assertThat(looks(judge, true, 3)).isEqualTo(7);
    assertThat(looks(judge, false, 2)).isEqualTo(5);
    for (int i = 0; i < 50; i++) {
      judge.isCrowded(9);
    }
    assertThat(looks(judge, false, 1)).isEqualTo(8);
  }

  /** So many looks of one kind until the judge says so. */
  private static int looks(Crowd.Judge judge, boolean crowded, int runnable) {
    for (int i = 1; i < 100; i++) {
      if (judge.isCrowded(runnable) == crowded) {
        return i;
      }
    }
    throw new AssertionError("never");
  }

  @Test
  void oneLookInThreeIsNoCrowd() {
    Crowd.Judge judge = new Crowd.Judge(2);
    for (int i = 0; i < 300; i++) {
      assertThat(judge.isCrowded(i % 3 == 0 ? 4 : 2)).isFalse();
    }
  }

  @Test
  void threadsThatSleepNowAndThenAreACrowd() {
    Crowd.Judge judge = new Crowd.Judge(2);
    for (int i = 0; i < 300; i++) {
      boolean crowded = judge.isCrowded(i % 4 == 0 ? 2 : 4);
      if (i > 20) {
        assertThat(crowded).isTrue();
      }
    }
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
