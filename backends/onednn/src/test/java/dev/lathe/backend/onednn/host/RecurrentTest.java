package dev.lathe.backend.onednn.host;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.Op;
import dev.lathe.ir.op.RecurrentOp.Activation;
import dev.lathe.ir.op.RecurrentOp.Direction;
import dev.lathe.ir.op.RecurrentOp.Gru;
import dev.lathe.ir.op.RecurrentOp.Lstm;
import dev.lathe.ir.op.RecurrentOp.Rnn;
import dev.lathe.runtime.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecurrentTest {
  private static final int STEPS = 5;
  private static final int BATCH = 3;
  private static final int INPUT = 7;
  private static final int HIDDEN = 6;

  private static final List<Activation> FUNCTIONS =
      List.of(
          new Activation("tanh", 0, 0),
          new Activation("sigmoid", 0, 0),
          new Activation("relu", 0, 0),
          new Activation("affine", 0.5f, 0.1f),
          new Activation("leakyrelu", 0.1f, 0),
          new Activation("thresholdedrelu", 0.2f, 0),
          new Activation("scaledtanh", 0.7f, 1.3f),
          new Activation("hardsigmoid", 0.2f, 0.5f),
          new Activation("elu", 0.8f, 0),
          new Activation("softsign", 0, 0),
          new Activation("softplus", 0, 0));

  private final HostFixture fixture = new HostFixture(12).tolerate(20).tolerateAbsolute(1e-6);

  private List<Activation> activations(int count, int shift) {
    List<Activation> chosen = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      chosen.add(FUNCTIONS.get((i + shift) % FUNCTIONS.size()));
    }
    return chosen;
  }

  private Tensor[] operands(
      ElementType type, int directions, int gates, int states, boolean lengths, boolean peepholes) {
    List<Tensor> all = new ArrayList<>();
    all.add(fixture.between(-1, 1, type, STEPS, BATCH, INPUT));
    all.add(fixture.between(-1, 1, type, directions, (long) gates * HIDDEN, INPUT));
    all.add(fixture.between(-1, 1, type, directions, (long) gates * HIDDEN, HIDDEN));
    all.add(fixture.between(-1, 1, type, directions, 2L * gates * HIDDEN));
    if (lengths) {
      all.add(Tensor.of(new int[] {STEPS, 0, 2}, BATCH));
    }
    for (int i = 0; i < states; i++) {
      all.add(fixture.between(-1, 1, type, directions, BATCH, HIDDEN));
    }
    if (peepholes) {
      all.add(fixture.between(-1, 1, type, directions, 3L * HIDDEN));
    }
    return all.toArray(Tensor[]::new);
  }

  /** Checks with weights that are constant, and with weights known only at run time. */
  private void check(Op op, Tensor... operands) {
    fixture.check(op, operands);
    List<Tensor> expected = HostFixture.reference(op, operands);
    HostKernel kernel =
        HostKernels.create(
            op,
            Arrays.stream(operands).map(Tensor::type).toList(),
            expected.stream().map(Tensor::type).toList(),
            Collections.nCopies(operands.length, null),
            1);
    Tensor[] results =
        expected.stream()
            .map(t -> Tensor.allocate(java.lang.foreign.Arena.ofAuto(), t.elementType(), t.shape()))
            .toArray(Tensor[]::new);
    kernel.run(
        Arrays.stream(operands).map(Tensor::segment).toArray(MemorySegment[]::new),
        Arrays.stream(results).map(Tensor::segment).toArray(MemorySegment[]::new));
    for (int i = 0; i < results.length; i++) {
      fixture.compare(op + " with weights at run time", expected.get(i), results[i]);
    }
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  void longShortTermMemory(Direction direction) {
    for (ElementType type : HostFixture.FLOATS) {
      for (int options = 0; options < 16; options++) {
        boolean lengths = (options & 1) != 0;
        boolean peepholes = (options & 2) != 0;
        Lstm op =
            new Lstm(
                direction,
                HIDDEN,
                options < 4
                    ? Collections.nCopies(3 * direction.count(), FUNCTIONS.get(0))
                    : activations(3 * direction.count(), options),
                (options & 4) != 0 ? 0.7f : null,
                (options & 8) != 0,
                lengths,
                peepholes);
        check(op, operands(type, direction.count(), 4, 2, lengths, peepholes));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  void gatedRecurrentUnits(Direction direction) {
    for (ElementType type : HostFixture.FLOATS) {
      for (int options = 0; options < 8; options++) {
        boolean lengths = (options & 1) != 0;
        Gru op =
            new Gru(
                direction,
                HIDDEN,
                activations(2 * direction.count(), options),
                (options & 4) != 0 ? 0.7f : null,
                (options & 2) != 0,
                lengths);
        check(op, operands(type, direction.count(), 3, 1, lengths, false));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  void simpleNetworks(Direction direction) {
    for (ElementType type : HostFixture.FLOATS) {
      for (int i = 0; i < FUNCTIONS.size(); i++) {
        Rnn op =
            new Rnn(
                direction,
                HIDDEN,
                activations(direction.count(), i),
                i % 2 == 0 ? 0.7f : null,
                i % 3 == 0);
        check(op, operands(type, direction.count(), 1, 1, i % 3 == 0, false));
      }
    }
  }

  @Test
  void lengthsOutOfRangeAreRefused() {
    Rnn op = new Rnn(Direction.FORWARD, HIDDEN, activations(1, 0), null, true);
    Tensor[] operands = operands(ElementType.F32, 1, 1, 1, true, false);
    List<Tensor> expected = HostFixture.reference(op, operands);
    operands[4].setLong(0, STEPS + 1);
    assertThatThrownBy(() -> HostFixture.run(op, expected, operands))
        .hasMessage("length 6 is not one of a sequence of up to 5 steps");
  }
}
