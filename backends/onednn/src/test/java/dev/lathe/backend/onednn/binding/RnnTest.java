package dev.lathe.backend.onednn.binding;

import static dev.lathe.backend.onednn.binding.Fixture.f32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Recurrent layers of one channel, against the cells' equations. */
class RnnTest {
  private static final float X0 = 0.5f;
  private static final float X1 = -0.25f;

  private final Fixture on = new Fixture();

  @AfterEach
  void close() {
    on.close();
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private float[] run(Operation.RnnCell cell, RnnDirection direction, int gates, float... weights) {
    int biases = cell instanceof Operation.RnnCell.GruLinearBeforeReset ? gates + 1 : gates;
    var source = f32(2, 1, 1);
    var packed = f32(1, direction.count(), 1, gates, 1);
    var bias = f32(1, direction.count(), biases, 1);
    float[] iteration = new float[weights.length];
    for (int i = 0; i < iteration.length; i++) {
      iteration[i] = weights[i] / 2;
    }
    return on.run(
        new Operation.Rnn(
            cell,
            direction,
            source,
            null,
            packed,
            packed,
            bias,
            f32(2, 1, direction.count()),
            null),
        on.input(Argument.SRC_LAYER, source, X0, X1),
        on.input(Argument.WEIGHTS_LAYER, packed, weights),
        on.input(Argument.WEIGHTS_ITER, packed, iteration),
        on.input(Argument.BIAS, bias, new float[biases * direction.count()]));
  }

  @Test
  void vanilla() {
    var cell = new Operation.RnnCell.Vanilla(EltwiseAlgorithm.TANH, 0, 0);
    double h0 = Math.tanh(2 * X0);
    double h1 = Math.tanh(2 * X1 + h0);
    assertThat(run(cell, RnnDirection.LEFT_TO_RIGHT, 1, 2))
        .containsExactly(new float[] {(float) h0, (float) h1}, within(1e-5f));
    double g1 = Math.tanh(2 * X1);
    double g0 = Math.tanh(2 * X0 + g1);
    assertThat(run(cell, RnnDirection.BIDIRECTIONAL_CONCAT, 1, 2, 2))
        .containsExactly(
            new float[] {(float) h0, (float) g0, (float) h1, (float) g1}, within(1e-5f));
  }

  @Test
  void lstm() {
    double c = 0;
    double h = 0;
    float[] expected = new float[2];
    for (int t = 0; t < 2; t++) {
      double x = t == 0 ? X0 : X1;
      double input = sigmoid(1 * x + 0.5 * h);
      double forget = sigmoid(2 * x + 1 * h);
      double candidate = Math.tanh(3 * x + 1.5 * h);
      double output = sigmoid(4 * x + 2 * h);
      c = forget * c + input * candidate;
      h = output * Math.tanh(c);
      expected[t] = (float) h;
    }
    var cell = new Operation.RnnCell.Lstm(null, null, null, null);
    assertThat(run(cell, RnnDirection.LEFT_TO_RIGHT, 4, 1, 2, 3, 4))
        .containsExactly(expected, within(1e-5f));
  }

  @Test
  void gatedRecurrentUnits() {
    for (boolean linearBeforeReset : new boolean[] {false, true}) {
      double h = 0;
      float[] expected = new float[2];
      for (int t = 0; t < 2; t++) {
        double x = t == 0 ? X0 : X1;
        double update = sigmoid(1 * x + 0.5 * h);
        double reset = sigmoid(2 * x + 1 * h);
        // Without biases the two forms are one for a single channel.
        double output = Math.tanh(3 * x + 1.5 * reset * h);
        h = update * h + (1 - update) * output;
        expected[t] = (float) h;
      }
      Operation.RnnCell cell =
          linearBeforeReset
              ? new Operation.RnnCell.GruLinearBeforeReset()
              : new Operation.RnnCell.Gru();
      assertThat(run(cell, RnnDirection.LEFT_TO_RIGHT, 3, 1, 2, 3))
          .containsExactly(expected, within(1e-5f));
    }
  }
}
