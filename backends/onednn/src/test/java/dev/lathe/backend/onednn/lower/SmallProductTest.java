package dev.lathe.backend.onednn.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.backend.onednn.host.HostKernel;
import dev.lathe.backend.onednn.program.HostSource;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.op.LinalgOp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmallProductTest {
  private static List<TensorType> types(String... texts) {
    return Stream.of(texts).map(TensorType::parse).toList();
  }

  private static float[] fill(MemorySegment memory, Random random) {
    float[] values = new float[(int) (memory.byteSize() / Float.BYTES)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
      memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, values[i]);
    }
    return values;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 784, 64, false, true",
    "1, 64, 10, true, true",
    "1, 1, 1, false, false",
    "1, 33, 7, true, false",
    "3, 17, 5, false, true",
    "4, 16, 32, true, true",
    "2, 1, 9, false, false"
  })
  void computesWhatTheDefinitionSays(int m, int k, int n, boolean transposed, boolean biased) {
    List<TensorType> operands = new ArrayList<>();
    operands.add(TensorType.parse("f32[1, " + m + ", " + k + "]"));
    operands.add(
        TensorType.parse(transposed ? "f32[" + n + ", " + k + "]" : "f32[" + k + ", " + n + "]"));
    if (biased) {
      operands.add(TensorType.parse("f32[" + n + "]"));
    }
    LinalgOp.MatMul op = new LinalgOp.MatMul(false, transposed);
    assertThat(SmallProduct.computes(op, operands)).isTrue();
    Random random = new Random(m * 31L + n);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment[] memory =
          operands.stream()
              .map(t -> arena.allocate(t.byteSize(), 64))
              .toArray(MemorySegment[]::new);
      float[][] values =
          Arrays.stream(memory).map(each -> fill(each, random)).toArray(float[][]::new);
      MemorySegment result = arena.allocate(4L * m * n, 64);
      fill(result, random);
      kernel(op, operands, m, n).run(memory, new MemorySegment[] {result});
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          double expected = biased ? values[2][j] : 0;
          for (int l = 0; l < k; l++) {
            expected +=
                values[0][i * k + l] * (double) values[1][transposed ? j * k + l : l * n + j];
          }
          assertThat((double) result.getAtIndex(ValueLayout.JAVA_FLOAT, (long) i * n + j))
              .isCloseTo(expected, Offset.offset(1e-4));
        }
      }
    }
  }

  private static HostKernel kernel(LinalgOp op, List<TensorType> operands, int m, int n) {
    HostKernel kernel =
        HostKernelFactory.create(
            new HostSource.OfOp(
                op,
                operands,
                types("f32[1, " + m + ", " + n + "]"),
                Collections.nCopies(operands.size(), null),
                2));
    assertThat(kernel).isInstanceOf(SmallProduct.class);
    return kernel;
  }

  @Test
  void leavesToPrimitivesWhatTheyDoBetter() {
    LinalgOp.MatMul op = new LinalgOp.MatMul(false, false);
    assertThat(SmallProduct.computes(op, types("f32[1, 512]", "f32[512, 257]"))).isFalse();
    assertThat(SmallProduct.computes(op, types("f32[2, 128]", "f32[128, 64]"))).isFalse();
    assertThat(SmallProduct.computes(op, types("f32[2, 1, 8]", "f32[2, 8, 4]"))).isFalse();
    assertThat(SmallProduct.computes(op, types("f64[1, 8]", "f64[8, 4]"))).isFalse();
    assertThat(SmallProduct.computes(op, types("f32[1, 0]", "f32[0, 4]"))).isFalse();
    assertThat(SmallProduct.computes(op, types("f32[2, 8]", "f32[8, 4]", "f32[2, 4]"))).isFalse();
    assertThat(SmallProduct.computes(op, types("f32[2, 8]", "f32[8, 4]", "f32[1]"))).isFalse();
    assertThat(
            SmallProduct.computes(
                new LinalgOp.MatMul(true, false), types("f32[8, 1]", "f32[8, 4]")))
        .isFalse();
  }
}
