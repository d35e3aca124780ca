package dev.lathe.backend.onednn.binding;

import static dev.lathe.backend.onednn.binding.Fixture.f32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryDescriptorTest {
  @Test
  void plainLayouts() {
    var dense = f32(2, 3, 4, 5);
    assertThat(dense).hasToString("f32:2x3x4x5:abcd");
    assertThat(dense.size()).isEqualTo(480);
    assertThat(dense.strides()).containsExactly(60, 20, 5, 1);
    assertThat(dense.isDense()).isTrue();
    var last = MemoryDescriptor.permuted(DataType.F32, dense.dims(), 0, 2, 3, 1);
    assertThat(last).hasToString("f32:2x3x4x5:acdb");
    assertThat(last.isPlain()).isTrue();
    assertThat(last.isDense()).isFalse();
  }

  @Test
  void whatIsKnownWithoutTheLibraryIsWhatItSays() {
    MemoryDescriptor[] descriptors = {
      MemoryDescriptor.any(DataType.S8, 3, 4),
      MemoryDescriptor.dense(DataType.F32, 1),
      MemoryDescriptor.dense(DataType.F32, 2, 0, 5),
      MemoryDescriptor.dense(DataType.BF16, 2, 3, 4),
      MemoryDescriptor.permuted(DataType.U8, new long[] {2, 3, 4, 5}, 0, 2, 3, 1),
      MemoryDescriptor.strided(DataType.F32, new long[] {2, 3}, new long[] {7, 2}),
      MemoryDescriptor.strided(DataType.F32, new long[] {1, 3}, new long[] {700, 1}),
      MemoryDescriptor.strided(DataType.F32, new long[] {4, 3}, new long[] {0, 1}),
    };
    for (MemoryDescriptor descriptor : descriptors) {
      try (NativeScope scope = new NativeScope()) {
        MemoryDescriptor copy =
            MemoryDescriptor.copyOf(
                scope.own(descriptor.create(scope), Function.MEMORY_DESC_DESTROY));
        assertThat(descriptor).isEqualTo(copy);
        assertThat(descriptor.size()).as("%s", descriptor).isEqualTo(copy.size());
        assertThat(descriptor.format()).isEqualTo(copy.format());
        assertThat(descriptor.isPlain()).isEqualTo(copy.isPlain());
        assertThat(descriptor.isAny()).isEqualTo(copy.isAny());
      }
    }
  }

  @Test
  void equalityIsOfTheLayout() {
    var dense = f32(2, 3);
    assertThat(dense)
        .isEqualTo(MemoryDescriptor.strided(DataType.F32, dense.dims(), new long[] {3, 1}))
        .hasSameHashCodeAs(f32(2, 3))
        .isNotEqualTo(MemoryDescriptor.strided(DataType.F32, dense.dims(), new long[] {1, 2}))
        .isNotEqualTo(MemoryDescriptor.dense(DataType.S32, 2, 3))
        .isNotEqualTo(MemoryDescriptor.any(DataType.F32, 2, 3));
  }

  @Test
  void anyIsResolvedByTheKernel() {
    try (Fixture on = new Fixture()) {
      var any = MemoryDescriptor.any(DataType.F32, 1, 64, 56, 56);
      assertThat(any.isAny()).isTrue();
      assertThat(any.size()).isZero();
      assertThat(any).hasToString("f32:1x64x56x56:any");
      var descriptor =
          on.describe(
              new Operation.Convolution(
                  any,
                  MemoryDescriptor.any(DataType.F32, 64, 64, 3, 3),
                  null,
                  any,
                  Fixture.window(2, 1, 0, 1, 1)),
              Attributes.NONE);
      assertThat(descriptor.implementation()).doesNotStartWith("ref");
      var weights = descriptor.weights(0);
      assertThat(weights.isAny()).isFalse();
      assertThat(weights.size()).isGreaterThanOrEqualTo(64 * 64 * 9 * 4);
      assertThat(weights.format()).matches("[A-Da-d]+(\\d+[a-d])*");
      assertThat(descriptor.source(0).dims()).containsExactly(1, 64, 56, 56);
    }
  }

  @Test
  void views() {
    var dense = f32(2, 3, 4);
    assertThat(dense.reshape(6, 4)).hasToString("f32:6x4:ab");
    assertThat(dense.transpose(2, 0, 1).dims()).containsExactly(4, 2, 3);
    assertThat(dense.transpose(2, 0, 1).strides()).containsExactly(1, 12, 4);
    var part = dense.part(new long[] {2, 1, 4}, new long[] {0, 1, 0});
    assertThat(part.dims()).containsExactly(2, 1, 4);
    assertThat(part).isNotEqualTo(f32(2, 1, 4));
    assertThatThrownBy(() -> dense.reshape(5, 5))
        .isInstanceOf(OneDnnException.class)
        .hasMessageContaining("f32:2x3x4:abc");
  }

  @Test
  void wrongRanksAreRefused() {
    assertThatThrownBy(() -> MemoryDescriptor.dense(DataType.F32))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> MemoryDescriptor.any(DataType.F32, new long[13]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> MemoryDescriptor.strided(DataType.F32, new long[] {1, 2}, new long[] {1}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Window(List.of(1L), List.of(), List.of(0L), List.of(0L)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
