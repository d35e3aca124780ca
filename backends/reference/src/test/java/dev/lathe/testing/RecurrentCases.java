package dev.lathe.testing;

import static dev.lathe.ir.ElementType.F16;
import static dev.lathe.ir.ElementType.F32;
import static dev.lathe.ir.ElementType.F64;
import static dev.lathe.ir.ElementType.I32;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.RecurrentOp;
import dev.lathe.ir.op.RecurrentOp.Activation;
import dev.lathe.ir.op.RecurrentOp.Direction;
import dev.lathe.ir.op.RecurrentOp.Gru;
import dev.lathe.ir.op.RecurrentOp.Lstm;
import dev.lathe.ir.op.RecurrentOp.Rnn;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Recurrent layers. */
final class RecurrentCases {
  private static final int HIDDEN = 4;

  /** More products are added to numbers of about ten, whose rounding the next steps magnify. */
  private static final int MANY = 100;

  private static final double TOLERANCE_OF_MANY = 1e-4;
  private static final Activation SIGMOID = new Activation("sigmoid", 0, 0);
  private static final Activation TANH = new Activation("tanh", 0, 0);
  private static final List<Activation> OTHERS =
      List.of(
          new Activation("relu", 0, 0),
          new Activation("affine", 0.5f, 0.1f),
          new Activation("leakyrelu", 0.1f, 0),
          new Activation("thresholdedrelu", 0.2f, 0),
          new Activation("scaledtanh", 0.8f, 0.7f),
          new Activation("hardsigmoid", 0.2f, 0.5f),
          new Activation("elu", 0.9f, 0),
          new Activation("softsign", 0, 0),
          new Activation("softplus", 0, 0),
          SIGMOID);

  private RecurrentCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (Direction direction : Direction.values()) {
      for (boolean lengths : new boolean[] {false, true}) {
        String suffix = direction + (lengths ? "_lengths" : "");
        cases.add(lstm("lstm/" + suffix, F32, plain(direction, lengths)));
        cases.add(gru("gru/" + suffix, F32, gru(direction, null, false, lengths)));
        cases.add(gru("gru/" + suffix + "_reset_after", F32, gru(direction, null, true, lengths)));
        cases.add(
            rnn(
                "rnn/" + suffix,
                F32,
                new Rnn(direction, HIDDEN, times(direction, TANH), null, lengths)));
      }
      cases.add(
          lstm(
              "lstm/" + direction + "_peepholes_clip",
              F32,
              new Lstm(direction, HIDDEN, lstmActivations(direction), 0.4f, false, false, true)));
      cases.add(
          lstm(
              "lstm/" + direction + "_input_forget",
              F32,
              new Lstm(direction, HIDDEN, lstmActivations(direction), null, true, true, true)));
      for (int hidden : new int[] {1, 11, 16, 33, 64, 80, 131}) {
        addPlain(cases, direction, hidden, 1, 5);
      }
      addPlain(cases, direction, 20, 1, 1);
      for (int batch : new int[] {2, 3, 5, 11}) {
        addPlain(cases, direction, 20, batch, 4);
        addPlain(cases, direction, 50, batch, 3);
      }
      cases.add(gru("gru/" + direction + "_clip", F32, gru(direction, 0.3f, false, false)));
    }
    // Large enough to be divided among threads.
    addPlain(cases, Direction.FORWARD, 200, 1, 3);
    addPlain(cases, Direction.REVERSE, 145, 3, 3);
    addPlain(cases, Direction.BIDIRECTIONAL, 256, 1, 3);
    for (ElementType type : List.of(F16, F64)) {
      cases.add(lstm("lstm/" + type, type, plain(Direction.FORWARD, false)));
      cases.add(gru("gru/" + type, type, gru(Direction.FORWARD, null, true, false)));
    }
    for (Activation activation : OTHERS) {
      cases.add(
          rnn(
              "rnn/" + activation.name(),
              F32,
              new Rnn(Direction.FORWARD, HIDDEN, List.of(activation), null, false)));
    }
    cases.add(
        gru(
            "gru/other_activations",
            F32,
            new Gru(Direction.BIDIRECTIONAL, HIDDEN, OTHERS.subList(4, 8), null, false, false)));
    cases.add(
        lstm(
            "lstm/other_activations",
            F32,
            new Lstm(
                Direction.BIDIRECTIONAL,
                HIDDEN,
                OTHERS.subList(4, 10),
                null,
                false,
                false,
                false)));
    return cases;
  }

  private static List<Activation> times(Direction direction, Activation... each) {
    return Collections.nCopies(direction.count(), List.of(each)).stream()
        .flatMap(List::stream)
        .toList();
  }

  private static List<Activation> lstmActivations(Direction direction) {
    return times(direction, SIGMOID, TANH, TANH);
  }

  private static Lstm plain(Direction direction, boolean lengths) {
    return new Lstm(direction, HIDDEN, lstmActivations(direction), null, false, lengths, false);
  }

  private static Gru gru(Direction direction, Float clip, boolean resetAfter, boolean lengths) {
    return new Gru(direction, HIDDEN, times(direction, SIGMOID, TANH), clip, resetAfter, lengths);
  }

  private static OpCase lstm(String name, ElementType type, Lstm op) {
    return build(name, type, op, op.direction(), 4, op.hasLengths(), 2, op.hasPeepholes());
  }

  /** Adds layers without options, for which there may be other kernels. */
  private static void addPlain(
      List<OpCase> cases, Direction direction, int hidden, int batch, int steps) {
    String suffix = direction + "_" + hidden + "_of_" + batch + "x" + steps;
    Lstm lstm = new Lstm(direction, hidden, lstmActivations(direction), null, false, false, false);
    cases.add(build("lstm/" + suffix, F32, lstm, direction, 4, false, 2, false, steps, batch));
    for (boolean resetAfter : new boolean[] {false, true}) {
      Gru gru =
          new Gru(direction, hidden, times(direction, SIGMOID, TANH), null, resetAfter, false);
      String name = "gru/" + suffix + (resetAfter ? "_reset_after" : "");
      cases.add(build(name, F32, gru, direction, 3, false, 1, false, steps, batch));
    }
  }

  private static OpCase gru(String name, ElementType type, Gru op) {
    return build(name, type, op, op.direction(), 3, op.hasLengths(), 1, false);
  }

  private static OpCase rnn(String name, ElementType type, Rnn op) {
    return build(name, type, op, op.direction(), 1, op.hasLengths(), 1, false);
  }

  private static OpCase build(
      String name,
      ElementType type,
      RecurrentOp op,
      Direction direction,
      int gates,
      boolean lengths,
      int states,
      boolean peepholes) {
    return build(name, type, op, direction, gates, lengths, states, peepholes, 5, 3);
  }

  private static OpCase build(
      String name,
      ElementType type,
      RecurrentOp op,
      Direction direction,
      int gates,
      boolean lengths,
      int states,
      boolean peepholes,
      int steps,
      int batch) {
    int input = 6;
    int d = direction.count();
    long hidden = op.hiddenSize();
    long rows = gates * hidden;
    CaseBuilder b = new CaseBuilder(name).roundingOf(type);
    if (hidden > MANY) {
      b.tolerance(TOLERANCE_OF_MANY);
    }
    List<Value> operands = new ArrayList<>();
    operands.add(b.input(type, steps, batch, input));
    operands.add(b.parameter(type, d, rows, input));
    operands.add(b.parameter(type, d, rows, hidden));
    operands.add(b.parameter(type, d, 2 * rows));
    if (lengths) {
      operands.add(b.input(CaseBuilder.vector(I32, 5, 2, 3)));
    }
    for (int i = 0; i < states; i++) {
      operands.add(b.input(type, d, batch, hidden));
    }
    if (peepholes) {
      operands.add(b.parameter(type, d, 3 * hidden));
    }
    return b.of(op, operands);
  }
}
