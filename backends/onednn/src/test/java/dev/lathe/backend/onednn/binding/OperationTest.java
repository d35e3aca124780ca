package dev.lathe.backend.onednn.binding;

import static dev.lathe.backend.onednn.binding.Fixture.f32;
import static dev.lathe.backend.onednn.binding.Fixture.iota;
import static dev.lathe.backend.onednn.binding.Fixture.window;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every operation computes a small known result. */
class OperationTest {
  private final Fixture on = new Fixture();

  @AfterEach
  void close() {
    on.close();
  }

  private static Operation convolution(
      MemoryDescriptor source, MemoryDescriptor weights, MemoryDescriptor destination, Window w) {
    return new Operation.Convolution(source, weights, f32(destination.dim(1)), destination, w);
  }

  @Test
  void convolution2d() {
    var source = f32(1, 1, 3, 3);
    var weights = f32(1, 1, 2, 2);
    assertThat(
            on.run(
                convolution(source, weights, f32(1, 1, 2, 2), window(2, 1, 0, 0, 0)),
                on.input(Argument.SRC, source, iota(9)),
                on.input(Argument.WEIGHTS, weights, 1, 0, 0, 1),
                on.input(Argument.BIAS, f32(1), 100)))
        .containsExactly(106, 108, 112, 114);
  }

  @Test
  void convolutionWithDilationAndAsymmetricPadding() {
    var source = f32(1, 1, 3, 3);
    var weights = f32(1, 1, 2, 2);
    assertThat(
            on.run(
                convolution(source, weights, f32(1, 1, 2, 2), window(2, 1, 1, 0, 1)),
                on.input(Argument.SRC, source, iota(9)),
                on.input(Argument.WEIGHTS, weights, 1, 1, 1, 1),
                on.input(Argument.BIAS, f32(1), 0)))
        .containsExactly(1 + 3 + 7 + 9, 2 + 8, 4 + 6, 5);
  }

  @Test
  void convolution1dAnd3d() {
    assertThat(
            on.run(
                convolution(f32(1, 1, 4), f32(1, 1, 2), f32(1, 1, 3), window(1, 1, 0, 0, 0)),
                on.input(Argument.SRC, f32(1, 1, 4), 1, 2, 3, 4),
                on.input(Argument.WEIGHTS, f32(1, 1, 2), 1, 10),
                on.input(Argument.BIAS, f32(1), 0)))
        .containsExactly(21, 32, 43);
    assertThat(
            on.run(
                convolution(
                    f32(1, 1, 2, 2, 2),
                    f32(1, 1, 2, 2, 2),
                    f32(1, 1, 1, 1, 1),
                    window(3, 1, 0, 0, 0)),
                on.input(Argument.SRC, f32(1, 1, 2, 2, 2), iota(8)),
                on.input(Argument.WEIGHTS, f32(1, 1, 2, 2, 2), 1, 1, 1, 1, 1, 1, 1, 1),
                on.input(Argument.BIAS, f32(1), 0)))
        .containsExactly(36);
  }

  @Test
  void depthwiseConvolution() {
    var source = f32(1, 2, 2, 2);
    var weights = f32(2, 1, 1, 1, 1);
    assertThat(
            on.run(
                convolution(source, weights, f32(1, 2, 2, 2), window(2, 1, 0, 0, 0)),
                on.input(Argument.SRC, source, iota(8)),
                on.input(Argument.WEIGHTS, weights, 2, 3),
                on.input(Argument.BIAS, f32(2), 0, 1)))
        .containsExactly(2, 4, 6, 8, 16, 19, 22, 25);
  }

  @Test
  void deconvolution() {
    var source = f32(1, 1, 2, 2);
    var weights = f32(1, 1, 2, 2);
    assertThat(
            on.run(
                new Operation.Deconvolution(
                    source, weights, null, f32(1, 1, 4, 4), window(2, 2, 0, 0, 0)),
                on.input(Argument.SRC, source, 1, 2, 3, 4),
                on.input(Argument.WEIGHTS, weights, 1, 10, 100, 1000)))
        .containsExactly(1, 10, 2, 20, 100, 1000, 200, 2000, 3, 30, 4, 40, 300, 3000, 400, 4000);
  }

  @Test
  void innerProduct() {
    assertThat(
            on.run(
                new Operation.InnerProduct(f32(1, 2), f32(3, 2), f32(3), f32(1, 3)),
                on.input(Argument.SRC, f32(1, 2), 1, 2),
                on.input(Argument.WEIGHTS, f32(3, 2), 1, 0, 0, 1, 1, 1),
                on.input(Argument.BIAS, f32(3), 10, 20, 30)))
        .containsExactly(11, 22, 33);
  }

  @Test
  void batchedMatMulWithTransposedWeightsAndBroadcast() {
    var weights =
        MemoryDescriptor.strided(DataType.F32, new long[] {1, 2, 2}, new long[] {4, 1, 2});
    assertThat(
            on.run(
                new Operation.MatMul(f32(2, 1, 2), weights, null, f32(2, 1, 2)),
                on.input(Argument.SRC, f32(2, 1, 2), 1, 2, 3, 4),
                on.input(Argument.WEIGHTS, weights, 1, 10, 100, 1000)))
        .containsExactly(21, 2100, 43, 4300);
  }

  @Test
  void integerMatMulWithZeroPoint() {
    var source = MemoryDescriptor.dense(DataType.U8, 1, 2);
    var weights = MemoryDescriptor.dense(DataType.S8, 2, 2);
    MemorySegment result =
        on.runRaw(
            new Operation.MatMul(source, weights, null, MemoryDescriptor.dense(DataType.S32, 1, 2)),
            Attributes.NONE.withZeroPoints(Argument.SRC, 0),
            on.bytes(Argument.SRC, source, 255, 130),
            on.bytes(Argument.WEIGHTS, weights, 1, -1, 2, 100),
            on.ints(Argument.zeroPoints(Argument.SRC), 128));
    assertThat(result.toArray(ValueLayout.JAVA_INT)).containsExactly(127 + 4, -127 + 200);
  }

  @Test
  void pooling() {
    var source = f32(1, 1, 2, 2);
    for (var algorithm : PoolingAlgorithm.values()) {
      float expected =
          switch (algorithm) {
            case MAX -> 4;
            case AVERAGE_INCLUDE_PADDING -> 10 / 9f;
            case AVERAGE_EXCLUDE_PADDING -> 2.5f;
          };
      assertThat(
              on.run(
                  new Operation.Pooling(
                      algorithm, source, f32(1, 1, 1, 1), List.of(3L, 3L), window(2, 1, 0, 0, 1)),
                  on.input(Argument.SRC, source, 1, 2, 3, 4)))
          .containsExactly(expected);
    }
  }

  @Test
  void softmaxAndItsLogarithm() {
    float third = 1 / 3f;
    assertThat(
            on.run(
                new Operation.Softmax(false, f32(1, 3), f32(1, 3), 1),
                on.input(Argument.SRC, f32(1, 3), 7, 7, 7)))
        .containsExactly(new float[] {third, third, third}, within(1e-6f));
    assertThat(
            on.run(
                new Operation.Softmax(true, f32(1, 2), f32(1, 2), 1),
                on.input(Argument.SRC, f32(1, 2), 7, 7)))
        .containsExactly(new float[] {-0.693147f, -0.693147f}, within(1e-5f));
  }

  @Test
  void layerNormalizationAndItsRootMeanSquareForm() {
    assertThat(
            on.run(
                new Operation.LayerNormalization(f32(1, 2), f32(1, 2), null, 0, true, true, false),
                on.input(Argument.SRC, f32(1, 2), 1, 3),
                on.input(Argument.SCALE, f32(2), 2, 3),
                on.input(Argument.SHIFT, f32(2), 10, 20)))
        .containsExactly(new float[] {8, 23}, within(1e-4f));
    assertThat(
            on.run(
                new Operation.LayerNormalization(f32(1, 2), f32(1, 2), null, 0, false, false, true),
                on.input(Argument.SRC, f32(1, 2), 1, 7)))
        .containsExactly(new float[] {0.2f, 1.4f}, within(1e-4f));
  }

  @Test
  void groupNormalization() {
    assertThat(
            on.run(
                new Operation.GroupNormalization(f32(1, 2, 2), f32(1, 2, 2), 2, 0),
                on.input(Argument.SRC, f32(1, 2, 2), 1, 3, 5, 5.5f),
                on.input(Argument.SCALE, f32(2), 2, 3),
                on.input(Argument.SHIFT, f32(2), 10, 20)))
        .containsExactly(new float[] {8, 12, 17, 23}, within(1e-3f));
  }

  @Test
  void eltwiseAlgorithms() {
    for (var algorithm : EltwiseAlgorithm.values()) {
      float s = 0.75f;
      boolean clips = algorithm == EltwiseAlgorithm.CLIP || algorithm == EltwiseAlgorithm.CLIP_V2;
      float alpha = clips ? 0.1f : 1;
      float beta = 0.5f;
      assertThat(
              on.run(
                  new Operation.Eltwise(algorithm, f32(1), f32(1), alpha, beta),
                  on.input(Argument.SRC, f32(1), s)))
          .as("%s", algorithm)
          .containsExactly(new float[] {expected(algorithm, s, beta)}, within(1e-4f));
    }
  }

  private static float expected(EltwiseAlgorithm algorithm, double s, double beta) {
    double value =
        switch (algorithm) {
          case RELU, ELU, ABS -> s;
          case TANH -> Math.tanh(s);
          case SQUARE -> s * s;
          case SQRT -> Math.sqrt(s);
          case LINEAR -> s + beta;
          case SOFT_RELU -> Math.log1p(Math.exp(s));
          case HARD_SIGMOID -> Math.min(1, s + beta);
          case LOGISTIC -> 1 / (1 + Math.exp(-s));
          case EXP -> Math.exp(s);
          case GELU_TANH ->
              0.5 * s * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (s + 0.044715 * s * s * s)));
          case SWISH -> s / (1 + Math.exp(-s));
          case LOG -> Math.log(s);
          case CLIP -> Math.min(s, beta);
          case CLIP_V2 -> beta;
          case POW -> Math.pow(s, beta);
          case GELU_ERF -> 0.5 * s * (1 + 0.5467453);
          case ROUND -> Math.rint(s);
          case MISH -> s * Math.tanh(Math.log1p(Math.exp(s)));
          case HARD_SWISH -> s * Math.min(1, s + beta);
        };
    return (float) value;
  }

  @Test
  void binaryAlgorithmsWithBroadcast() {
    for (var algorithm : BinaryAlgorithm.values()) {
      if (algorithm == BinaryAlgorithm.SELECT) {
        continue;
      }
      float[] expected =
          switch (algorithm) {
            case ADD -> new float[] {3, 4};
            case MUL -> new float[] {2, 4};
            case MAX -> new float[] {2, 2};
            case MIN -> new float[] {1, 2};
            case DIV -> new float[] {0.5f, 1};
            case SUB -> new float[] {-1, 0};
            case GE, EQ -> new float[] {0, 1};
            case GT -> new float[] {0, 0};
            case LE -> new float[] {1, 1};
            case LT, NE -> new float[] {1, 0};
            case SELECT -> throw new AssertionError();
          };
      assertThat(
              on.run(
                  new Operation.Binary(algorithm, f32(1, 2), f32(1, 1), null, f32(1, 2)),
                  on.input(Argument.SRC, f32(1, 2), 1, 2),
                  on.input(Argument.SRC_1, f32(1, 1), 2)))
          .as("%s", algorithm)
          .containsExactly(expected);
    }
  }

  @Test
  void select() {
    var condition = MemoryDescriptor.dense(DataType.S8, 1, 2);
    assertThat(
            on.run(
                new Operation.Binary(
                    BinaryAlgorithm.SELECT, f32(1, 2), f32(1, 2), condition, f32(1, 2)),
                on.input(Argument.SRC, f32(1, 2), 1, 2),
                on.input(Argument.SRC_1, f32(1, 2), 3, 4),
                on.bytes(Argument.SRC_2, condition, 1, 0)))
        .containsExactly(1, 4);
  }

  @Test
  void prelu() {
    assertThat(
            on.run(
                new Operation.Prelu(f32(1, 2, 1, 1), f32(1, 2, 1, 1), f32(1, 2, 1, 1)),
                on.input(Argument.SRC, f32(1, 2, 1, 1), -1, -1),
                on.input(Argument.WEIGHTS, f32(1, 2, 1, 1), 0.5f, 0.25f)))
        .containsExactly(-0.5f, -0.25f);
  }

  @Test
  void reductions() {
    for (var algorithm : ReductionAlgorithm.values()) {
      float expected =
          switch (algorithm) {
            case MAX -> 4;
            case MIN -> 3;
            case SUM -> 7;
            case MUL -> 12;
            case MEAN -> 3.5f;
            case NORM_LP_MAX, NORM_LP_SUM -> 5;
            case NORM_LP_POWER_P_MAX, NORM_LP_POWER_P_SUM -> 25;
          };
      assertThat(
              on.run(
                  new Operation.Reduction(algorithm, f32(1, 2), f32(1, 1), 2, 0),
                  on.input(Argument.SRC, f32(1, 2), 3, 4)))
          .as("%s", algorithm)
          .containsExactly(new float[] {expected}, within(1e-4f));
    }
  }

  @Test
  void reorderToChannelsLast() {
    var source = f32(1, 2, 1, 2);
    var destination = MemoryDescriptor.permuted(DataType.F32, source.dims(), 0, 2, 3, 1);
    assertThat(
            on.run(
                new Operation.Reorder(source, destination),
                on.input(Argument.SRC, source, 1, 2, 3, 4)))
        .containsExactly(1, 3, 2, 4);
  }

  @Test
  void concatAndSum() {
    assertThat(
            on.run(
                new Operation.Concat(List.of(f32(2, 1), f32(2, 2)), f32(2, 3), 1),
                on.input(Argument.multipleSource(0), f32(2, 1), 1, 2),
                on.input(Argument.multipleSource(1), f32(2, 2), 3, 4, 5, 6)))
        .containsExactly(1, 3, 4, 2, 5, 6);
    assertThat(
            on.run(
                new Operation.Sum(List.of(f32(1, 2), f32(1, 2)), List.of(1f, 2f), f32(1, 2)),
                on.input(Argument.multipleSource(0), f32(1, 2), 1, 2),
                on.input(Argument.multipleSource(1), f32(1, 2), 3, 4)))
        .containsExactly(7, 10);
  }

  @Test
  void resampling() {
    var source = f32(1, 1, 1, 2);
    assertThat(
            on.run(
                new Operation.Resampling(false, source, f32(1, 1, 1, 4), List.of()),
                on.input(Argument.SRC, source, 1, 2)))
        .containsExactly(1, 1, 2, 2);
    assertThat(
            on.run(
                new Operation.Resampling(true, source, f32(1, 1, 1, 4), List.of(1f, 2f)),
                on.input(Argument.SRC, source, 1, 2)))
        .containsExactly(1, 1.25f, 1.75f, 2);
  }

  @Test
  void localResponseNormalization() {
    var source = f32(1, 3, 1, 1);
    assertThat(
            on.run(
                new Operation.Lrn(true, source, source, 3, 3, 1, 1),
                on.input(Argument.SRC, source, 1, 2, 3)))
        .containsExactly(new float[] {1 / 6f, 2 / 15f, 3 / 14f}, within(1e-5f));
  }

  @Test
  void shuffle() {
    var source = f32(1, 4, 1, 1);
    assertThat(
            on.run(
                new Operation.Shuffle(source, source, 1, 2),
                on.input(Argument.SRC, source, 1, 2, 3, 4)))
        .containsExactly(1, 3, 2, 4);
  }

  @Test
  void postOpsInOrder() {
    var source = f32(1, 2);
    var attributes =
        Attributes.NONE
            .plus(new PostOp.Sum())
            .plus(new PostOp.Binary(BinaryAlgorithm.MUL, f32(1, 2)))
            .plus(new PostOp.Eltwise(EltwiseAlgorithm.RELU, 0, 0))
            .plus(new PostOp.Eltwise(EltwiseAlgorithm.LINEAR, 2, 1));
    assertThat(
            on.run(
                new Operation.MatMul(source, f32(2, 2), null, f32(1, 2)),
                attributes,
                on.input(Argument.SRC, source, 1, 2),
                on.input(Argument.WEIGHTS, f32(2, 2), 1, 0, 0, 1),
                on.input(Argument.postOp(1, Argument.SRC_1), f32(1, 2), 10, -10),
                on.input(Argument.DST, f32(1, 2), 100, 200)))
        .containsExactly(101 * 10 * 2 + 1, 1);
  }

  @Test
  void nothingWhereThereIsNoKernel() {
    var half = MemoryDescriptor.dense(DataType.F64, 4, 4);
    assertThat(
            PrimitiveDescriptor.of(
                on.engine, new Operation.MatMul(half, half, null, half), Attributes.NONE))
        .isEmpty();
  }

  @Test
  void dimensionsThatDoNotFitAreNamed() {
    assertThatThrownBy(
            () ->
                PrimitiveDescriptor.of(
                    on.engine,
                    new Operation.MatMul(f32(2, 3), f32(4, 5), null, f32(2, 5)),
                    Attributes.NONE))
        .isInstanceOf(OneDnnException.class)
        .hasMessageContaining("MatMul")
        .hasMessageContaining("f32:4x5:ab");
  }
}
