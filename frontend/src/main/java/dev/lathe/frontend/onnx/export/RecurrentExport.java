package dev.lathe.frontend.onnx.export;

import dev.lathe.ir.op.RecurrentOp;
import dev.lathe.ir.op.RecurrentOp.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Recurrent layers: LSTM-14, GRU-14 and RNN-14, time first. */
final class RecurrentExport {
  private RecurrentExport() {}

  static void write(RecurrentOp op, NodeExport out) {
    NodeExport in = out.within(Types.IEEE);
    switch (op) {
      case RecurrentOp.Lstm o ->
          common("LSTM", o, o.activations(), o.clip(), in)
              .flag("input_forget", o.inputForget())
              .results();
      case RecurrentOp.Gru o ->
          common("GRU", o, o.activations(), o.clip(), in)
              .flag("linear_before_reset", o.linearBeforeReset())
              .results();
      case RecurrentOp.Rnn o -> common("RNN", o, o.activations(), o.clip(), in).results();
    }
  }

  private static OpBuilder common(
      String opType,
      RecurrentOp op,
      List<Activation> activations,
      @Nullable Float clip,
      NodeExport in) {
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      inputs.add(in.in(i));
    }
    inputs.add(op.hasLengths() ? in.in(4) : "");
    inputs.addAll(in.insFrom(op.hasLengths() ? 5 : 4));
    OpBuilder built =
        in.op(opType, inputs)
            .text("direction", op.direction().name().toLowerCase(Locale.ROOT))
            .integer("hidden_size", op.hiddenSize())
            .texts("activations", activations.stream().map(RecurrentExport::name).toList());
    // Each function takes as many of the lists as it has parameters.
    List<Float> alphas = new ArrayList<>();
    List<Float> betas = new ArrayList<>();
    for (Activation activation : activations) {
      switch (activation.name()) {
        case "affine", "scaledtanh", "hardsigmoid" -> {
          alphas.add(activation.alpha());
          betas.add(activation.beta());
        }
        case "leakyrelu", "thresholdedrelu", "elu" -> alphas.add(activation.alpha());
        default -> {
          // The others have no parameter.
        }
      }
    }
    if (!alphas.isEmpty()) {
      built.numbers("activation_alpha", alphas);
    }
    if (!betas.isEmpty()) {
      built.numbers("activation_beta", betas);
    }
    return clip == null ? built : built.number("clip", clip);
  }

  private static String name(Activation activation) {
    return switch (activation.name()) {
      case "relu" -> "Relu";
      case "tanh" -> "Tanh";
      case "sigmoid" -> "Sigmoid";
      case "affine" -> "Affine";
      case "leakyrelu" -> "LeakyRelu";
      case "thresholdedrelu" -> "ThresholdedRelu";
      case "scaledtanh" -> "ScaledTanh";
      case "hardsigmoid" -> "HardSigmoid";
      case "elu" -> "Elu";
      case "softsign" -> "Softsign";
      case "softplus" -> "Softplus";
      default -> throw new IllegalStateException("no function " + activation.name());
    };
  }
}
