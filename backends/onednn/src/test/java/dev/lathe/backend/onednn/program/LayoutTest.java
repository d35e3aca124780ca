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
}
