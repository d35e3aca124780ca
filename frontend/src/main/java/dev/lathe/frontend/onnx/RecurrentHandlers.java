package dev.lathe.frontend.onnx;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.RecurrentOp;
import dev.lathe.ir.op.RecurrentOp.Activation;
import dev.lathe.ir.op.RecurrentOp.Direction;
import dev.lathe.ir.op.RecurrentOp.Gru;
import dev.lathe.ir.op.RecurrentOp.Lstm;
import dev.lathe.ir.op.RecurrentOp.Rnn;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Recurrent layers: batch-first layouts are transposed, and biases and states left out become 0.
 */
final class RecurrentHandlers {

  private RecurrentHandlers() {}

  static void register(Handlers handlers) {
    handlers.add("LSTM", RecurrentHandlers::lstm);
    handlers.add("GRU", RecurrentHandlers::gru);
    handlers.add("RNN", RecurrentHandlers::rnn);
  }

  /** {@code LSTM}-22. */
  private static List<Value> lstm(OnnxNode node) {
    Direction direction = direction(node);
    Lstm op =
        new Lstm(
            direction,
            hiddenSize(node),
            activations(node, direction, List.of("Sigmoid", "Tanh", "Tanh")),
            clip(node),
            node.attributes().flag("input_forget", false),
            node.has(4),
            node.has(7));
    return lower(node, op, 4, 2);
  }

  /** {@code GRU}-22. */
  private static List<Value> gru(OnnxNode node) {
    Direction direction = direction(node);
    Gru op =
        new Gru(
            direction,
            hiddenSize(node),
            activations(node, direction, List.of("Sigmoid", "Tanh")),
            clip(node),
            node.attributes().flag("linear_before_reset", false),
            node.has(4));
    return lower(node, op, 3, 1);
  }

  /** {@code RNN}-22. */
  private static List<Value> rnn(OnnxNode node) {
    Direction direction = direction(node);
    Rnn op =
        new Rnn(
            direction,
            hiddenSize(node),
            activations(node, direction, List.of("Tanh")),
            clip(node),
            node.has(4));
    return lower(node, op, 1, 1);
  }

  /**
   * Inputs: x, weights, recurrent weights, biases, lengths, initial hidden state, for the LSTM
   * initial cell state and peepholes.
   */
  private static List<Value> lower(OnnxNode node, RecurrentOp op, int gates, int states) {
    Emitter emit = node.emit();
    boolean batchFirst = node.attributes().integer("layout", 0) == 1;
    Value x = batchFirst ? emit.transpose(node.in(0), List.of(1, 0, 2)) : node.in(0);
    if (x.type().rank() != 3) {
      throw node.invalid("the input is " + node.type(0) + " and must have rank 3");
    }
    ElementType type = x.type().elementType();
    long directions = op.direction().count();
    List<Value> operands = new ArrayList<>(List.of(x, node.in(1), node.in(2)));
    operands.add(
        node.has(3)
            ? node.in(3)
            : emit.expand(
                emit.scalar(type, 0), emit.longs(directions, 2L * gates * op.hiddenSize())));
    if (op.hasLengths()) {
      operands.add(node.in(4));
    }
    for (int i = 0; i < states; i++) {
      operands.add(state(node, 5 + i, x, directions, op.hiddenSize(), batchFirst));
    }
    if (op instanceof Lstm lstm && lstm.hasPeepholes()) {
      operands.add(node.in(7));
    }
    List<Value> results = emit.addAll(op, operands);
    if (!batchFirst) {
      return results;
    }
    List<Value> turned = new ArrayList<>();
    turned.add(emit.transpose(results.get(0), List.of(2, 0, 1, 3)));
    for (Value last : results.subList(1, results.size())) {
      turned.add(emit.transpose(last, List.of(1, 0, 2)));
    }
    return turned;
  }

  private static Value state(
      OnnxNode node, int input, Value x, long directions, int hidden, boolean batchFirst) {
    Emitter emit = node.emit();
    Value state = node.optional(input);
    if (state != null) {
      return batchFirst ? emit.transpose(state, List.of(1, 0, 2)) : state;
    }
    Value shape =
        x.type().dim(1).isUnbacked()
            ? emit.concat(0, List.of(emit.longs(directions), emit.sizeOf(x, 1), emit.longs(hidden)))
            : emit.dims(List.of(Dim.of(directions), x.type().dim(1), Dim.of(hidden)));
    return emit.expand(emit.scalarLike(x, 0), shape);
  }

  private static Direction direction(OnnxNode node) {
    return switch (node.attributes().text("direction", "forward")) {
      case "forward" -> Direction.FORWARD;
      case "reverse" -> Direction.REVERSE;
      case "bidirectional" -> Direction.BIDIRECTIONAL;
      default ->
          throw node.attributes().refuse("direction", "is none of forward, reverse, bidirectional");
    };
  }

  /** The attribute, or where it is left out the size of the recurrent weights. */
  private static int hiddenSize(OnnxNode node) {
    if (node.attributes().has("hidden_size")) {
      return node.attributes().small("hidden_size", 0);
    }
    Dim size = node.type(2).dim(-1);
    if (!size.isFixed()) {
      throw node.unsupported("no hidden_size", "state it");
    }
    return Math.toIntExact(size.value());
  }

  private static @Nullable Float clip(OnnxNode node) {
    return node.attributes().has("clip") ? node.attributes().number("clip", 0) : null;
  }

  private static List<Activation> activations(
      OnnxNode node, Direction direction, List<String> defaults) {
    List<String> all = new ArrayList<>(defaults);
    if (direction == Direction.BIDIRECTIONAL) {
      all.addAll(defaults);
    }
    List<String> names = node.attributes().texts("activations", all);
    if (names.size() != all.size()) {
      throw node.attributes()
          .refuse("activations", "names " + names.size() + " functions, not " + all.size());
    }
    Iterator<Float> alphas = node.attributes().numbers("activation_alpha").iterator();
    Iterator<Float> betas = node.attributes().numbers("activation_beta").iterator();
    return names.stream().map(name -> activation(node, name, alphas, betas)).toList();
  }

  /** One function; only those that have an alpha or a beta take one of the listed. */
  private static Activation activation(
      OnnxNode node, String name, Iterator<Float> alphas, Iterator<Float> betas) {
    String lower = name.toLowerCase(Locale.ROOT);
    float alpha =
        switch (lower) {
          case "affine", "scaledtanh", "elu", "thresholdedrelu" -> next(alphas, 1);
          case "leakyrelu" -> next(alphas, 0.01f);
          case "hardsigmoid" -> next(alphas, 0.2f);
          case "relu", "tanh", "sigmoid", "softsign", "softplus" -> 0;
          default -> throw node.attributes().refuse("activations", "names an unknown function");
        };
    float beta =
        switch (lower) {
          case "affine" -> next(betas, 0);
          case "scaledtanh" -> next(betas, 1);
          case "hardsigmoid" -> next(betas, 0.5f);
          default -> 0;
        };
    return new Activation(lower, alpha, beta);
  }

  private static float next(Iterator<Float> given, float byDefault) {
    return given.hasNext() ? given.next() : byDefault;
  }
}
