package dev.lathe.backend.onednn.program;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LayoutTest {
  @Test
  void aScalarIsEveryLayoutAtOnce() {
    assertThat(Layout.dense().isDense()).isTrue();
    assertThat(Layout.dense().isChannelsLast()).isTrue();
  }

  @Test
  void channelsLastPutsDimensionOneInnermost() {
    assertThat(Layout.channelsLast(2, 3, 4, 5).strides()).containsExactly(60, 1, 15, 3);
    assertThat(Layout.channelsLast(7).strides()).containsExactly(1);
  }

  @Test
  void windowsThatOverlapStandForElementsSeveralTimes() {
    assertThat(Layout.of(new long[] {4, 3}, new long[] {1, 1}, 0).isBroadcast()).isTrue();
    assertThat(Layout.of(new long[] {4, 3}, new long[] {3, 1}, 0).isBroadcast()).isFalse();
    assertThat(Layout.of(new long[] {4, 3}, new long[] {1, 4}, 0).isBroadcast()).isFalse();
    assertThat(Layout.of(new long[] {4, 3}, new long[] {9, 2}, 0).isBroadcast()).isFalse();
    assertThat(Layout.of(new long[] {4, 1}, new long[] {1, 0}, 0).isBroadcast()).isFalse();
  }

  @Test
  void windowsThatFillTheirSpanWithGapsAreNotPacked() {
    Layout windows = Layout.of(new long[] {2, 2, 2}, new long[] {5, 1, 1}, 0);
    assertThat(windows.span()).isEqualTo(windows.count());
    assertThat(windows.isPacked()).isFalse();
  }
}
