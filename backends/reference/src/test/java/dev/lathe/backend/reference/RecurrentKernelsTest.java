package dev.lathe.backend.reference;

import static dev.lathe.backend.reference.Evaluate.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.RecurrentOp.Activation;
import dev.lathe.ir.op.RecurrentOp.Direction;
import dev.lathe.ir.op.RecurrentOp.Gru;
import dev.lathe.ir.op.RecurrentOp.Lstm;
import dev.lathe.ir.op.RecurrentOp.Rnn;
import dev.lathe.runtime.Tensor;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Layers of one input and one unit, whose steps are done by hand; {@code id} is the identity. */
class RecurrentKernelsTest {
  private static final Activation ID = new Activation("affine", 1, 0);

  private static Tensor f64(double[] values, long... shape) {
    return tensor(ElementType.F64, values, shape);
  }

  private static Tensor lengths(double... values) {
    return tensor(ElementType.I32, values, values.length);
  }

  private static List<Activation> ids(int count) {
    return Collections.nCopies(count, ID);
  }

  private static List<Tensor> rnn(Direction direction, @Nullable Tensor lengths, double... x) {
    int d = direction.count();
    Rnn op = new Rnn(direction, 1, ids(d), null, lengths != null);
    long batch = lengths == null ? 1 : lengths.elementCount();
    Tensor input = f64(x, x.length / batch, batch, 1);
    Tensor w = f64(new double[] {1, 10}, 2, 1, 1);
    Tensor r = f64(new double[] {2, 3}, 2, 1, 1);
    Tensor b = f64(new double[] {0.25, 0.25, 0, 0}, 2, 2);
    Tensor state = f64(new double[(int) (d * batch)], d, batch, 1);
    Tensor[] weights = {w, r, b};
    for (int i = 0; i < 3 && d == 1; i++) {
      long[] shape = weights[i].shape();
      shape[0] = 1;
      double[] values = Evaluate.values(weights[i]);
      weights[i] = f64(java.util.Arrays.copyOf(values, values.length / 2), shape);
    }
    return lengths == null
        ? Evaluate.all(op, input, weights[0], weights[1], weights[2], state)
        : Evaluate.all(op, input, weights[0], weights[1], weights[2], lengths, state);
  }

  @Test
  void directions() {
    List<Tensor> forward = rnn(Direction.FORWARD, null, 1, 2, 3);
    // Each is x + 0.5 + twice the one before.
    assertThat(forward.get(0).toDoubles()).containsExactly(1.5, 5.5, 14.5);
    assertThat(forward.get(1).toDoubles()).containsExactly(14.5);
    List<Tensor> reverse = rnn(Direction.REVERSE, null, 1, 2, 3);
    assertThat(reverse.get(0).toDoubles()).containsExactly(20.5, 9.5, 3.5);
    assertThat(reverse.get(1).toDoubles()).containsExactly(20.5);
    List<Tensor> both = rnn(Direction.BIDIRECTIONAL, null, 1, 2);
    assertThat(both.get(0)).hasToString("f64[2, 2, 1, 1]");
    assertThat(both.get(0).toDoubles()).containsExactly(1.5, 70, 5.5, 20);
    assertThat(both.get(1).toDoubles()).containsExactly(5.5, 70);
  }

  @Test
  void lengthsEndSequences() {
    // Two sequences, 1 3 5 and 2 4 6, of which the second has two steps.
    List<Tensor> forward = rnn(Direction.FORWARD, lengths(3, 2), 1, 2, 3, 4, 5, 6);
    assertThat(forward.get(0).toDoubles()).containsExactly(1.5, 2.5, 6.5, 9.5, 18.5, 0);
    assertThat(forward.get(1).toDoubles()).containsExactly(18.5, 9.5);
    List<Tensor> reverse = rnn(Direction.REVERSE, lengths(3, 2), 1, 2, 3, 4, 5, 6);
    assertThat(reverse.get(0).toDoubles()).containsExactly(30.5, 11.5, 14.5, 4.5, 5.5, 0);
    assertThat(reverse.get(1).toDoubles()).containsExactly(30.5, 11.5);
    List<Tensor> none = rnn(Direction.FORWARD, lengths(0, 1), 1, 2);
    assertThat(none.get(0).toDoubles()).containsExactly(0, 2.5);
    assertThat(none.get(1).toDoubles()).containsExactly(0, 2.5);
    assertThatThrownBy(() -> rnn(Direction.FORWARD, lengths(2, 4), 1, 2, 3, 4, 5, 6))
        .hasMessage("length 4 is not one of a sequence of up to 3 steps");
  }

  private static List<Tensor> lstm(@Nullable Float clip, boolean inputForget, boolean peepholes) {
    Lstm op = new Lstm(Direction.FORWARD, 1, ids(3), clip, inputForget, false, peepholes);
    Tensor x = f64(new double[] {1}, 1, 1, 1);
    // Gates input, output, forget, cell.
    Tensor w = f64(new double[] {2, 3, 5, 7}, 1, 4, 1);
    Tensor r = f64(new double[] {0.5, 0.5, 0.5, 0.5}, 1, 4, 1);
    Tensor b = f64(new double[] {0, 0, 0, 0, 1, 1, 1, 1}, 1, 8);
    Tensor h = f64(new double[] {2}, 1, 1, 1);
    Tensor c = f64(new double[] {10}, 1, 1, 1);
    Tensor p = f64(new double[] {0.1, 0.01, 0.2}, 1, 3);
    return peepholes ? Evaluate.all(op, x, w, r, b, h, c, p) : Evaluate.all(op, x, w, r, b, h, c);
  }

  @Test
  void longShortTermMemory() {
    // i = 4, o = 5, f = 7, g = 9; c = 7*10 + 4*9 = 106; h = 5*106.
    List<Tensor> plain = lstm(null, false, false);
    assertThat(plain.get(2).toDoubles()).containsExactly(106);
    assertThat(plain.get(1).toDoubles()).containsExactly(530);
    assertThat(plain.get(0).toDoubles()).containsExactly(530);
    // f = 1 - 4.
    assertThat(lstm(null, true, false).get(2).toDoubles()).containsExactly(6);
    // i = 5, f = 9; c = 90 + 45; o = 5 + 1.35.
    List<Tensor> peepholes = lstm(null, false, true);
    assertThat(peepholes.get(2).toDoubles()[0]).isEqualTo(135, within(1e-6));
    assertThat(peepholes.get(1).toDoubles()[0]).isEqualTo(6.35 * 135, within(1e-4));
    // All gates 3: c = 30 + 9, of which the hidden activation sees 3.
    List<Tensor> clipped = lstm(3f, false, false);
    assertThat(clipped.get(2).toDoubles()).containsExactly(39);
    assertThat(clipped.get(1).toDoubles()).containsExactly(9);
  }

  private static double gru(boolean linearBeforeReset) {
    Gru op = new Gru(Direction.FORWARD, 1, ids(2), null, linearBeforeReset, false);
    Tensor x = f64(new double[] {1}, 1, 1, 1);
    // Gates update, reset, hidden.
    Tensor w = f64(new double[] {0.25, 2, 3}, 1, 3, 1);
    Tensor r = f64(new double[] {0, 0.5, 5}, 1, 3, 1);
    Tensor b = f64(new double[] {0.25, 0, 0, 0, 0, 7}, 1, 6);
    Tensor h = f64(new double[] {2}, 1, 1, 1);
    return Evaluate.all(op, x, w, r, b, h).get(1).toDoubles()[0];
  }

  @Test
  void gatedRecurrentUnit() {
    // z = 0.5, r = 3; h' = 3 + 5*(3*2) + 7 = 40, or 3 + 3*(5*2 + 7) = 54.
    assertThat(gru(false)).isEqualTo(0.5 * 40 + 0.5 * 2);
    assertThat(gru(true)).isEqualTo(0.5 * 54 + 0.5 * 2);
  }

  @Test
  void activations() {
    assertThat(of("relu", 0, 0, -2)).isZero();
    assertThat(of("tanh", 0, 0, 1)).isEqualTo(Math.tanh(1));
    assertThat(of("sigmoid", 0, 0, 0)).isEqualTo(0.5);
    assertThat(of("affine", 2, 1, 3)).isEqualTo(7);
    assertThat(of("leakyrelu", 0.5f, 0, -3)).isEqualTo(-1.5);
    assertThat(of("thresholdedrelu", 1, 0, 1)).isEqualTo(1);
    assertThat(of("thresholdedrelu", 1, 0, 0.9)).isZero();
    assertThat(of("scaledtanh", 2, 0.5f, 3)).isEqualTo(2 * Math.tanh(1.5));
    assertThat(of("hardsigmoid", 0.5f, 0.25f, 1)).isEqualTo(0.75);
    assertThat(of("elu", 2, 0, -1)).isEqualTo(2 * Math.expm1(-1));
    assertThat(of("softsign", 0, 0, -1)).isEqualTo(-0.5);
    assertThat(of("softplus", 0, 0, 0)).isEqualTo(Math.log(2));
    assertThatThrownBy(() -> of("gelu", 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("there is no activation function 'gelu'; there are relu");
  }

  private static double of(String name, float alpha, float beta, double x) {
    return Activations.of(new Activation(name, alpha, beta)).applyAsDouble(x);
  }
}
