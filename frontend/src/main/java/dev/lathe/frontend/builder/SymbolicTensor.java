package dev.lathe.frontend.builder;

import dev.lathe.frontend.layers.Arithmetic.Operator;
import dev.lathe.frontend.layers.Index;
import dev.lathe.frontend.layers.Layer;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor of a model under construction: layers are its methods, and arithmetic.
 *
 * <p>Immutable; not safe for use by several threads, as its builder is not.
 */
public final class SymbolicTensor implements ImageMethods, ElementMethods, SequenceMethods {
  private final ModelBuilder builder;
  private final Value value;

  SymbolicTensor(ModelBuilder builder, Value value) {
    this.builder = builder;
    this.value = value;
  }

  ModelBuilder builder() {
    return builder;
  }

  Value value() {
    return value;
  }

  /** Element type and shape; sizes that are known when the model runs are symbols. */
  public TensorType type() {
    return value.type();
  }

  @Override
  public SymbolicTensor layer(String name, Object... arguments) {
    List<SymbolicTensor> outputs = builder.apply(name, List.of(this), arguments);
    if (outputs.size() != 1) {
      throw new dev.lathe.frontend.layers.LayerException(
          name + "() gives " + outputs.size() + " tensors here", "use ModelBuilder.apply");
    }
    return outputs.get(0);
  }

  @Override
  public SymbolicTensor merge(String name, SymbolicTensor other, Object... arguments) {
    return builder.apply(name, List.of(this, other), arguments).get(0);
  }

  /** Applies a layer that was made before, with weights of its own. */
  public SymbolicTensor apply(Layer layer) {
    return builder.block(layer.kind().name(), () -> builder.shared("layer", layer).apply(this));
  }

  /** Applies a tensor function to this and others, such as {@code x.function("softmax")}. */
  public SymbolicTensor function(String name, Object... operandsAndArguments) {
    List<SymbolicTensor> tensors = new ArrayList<>(List.of(this));
    List<Object> arguments = new ArrayList<>();
    for (Object each : operandsAndArguments) {
      if (each instanceof SymbolicTensor tensor) {
        tensors.add(tensor);
      } else {
        arguments.add(each);
      }
    }
    return builder.function(name, tensors, arguments.toArray());
  }

  /** {@code this + other}, broadcast. */
  public SymbolicTensor plus(SymbolicTensor other) {
    return binary(Operator.ADD, other);
  }

  /** {@code this + number}. */
  public SymbolicTensor plus(double number) {
    return binary(Operator.ADD, number);
  }

  /** {@code this - other}, broadcast. */
  public SymbolicTensor minus(SymbolicTensor other) {
    return binary(Operator.SUBTRACT, other);
  }

  /** {@code this - number}. */
  public SymbolicTensor minus(double number) {
    return binary(Operator.SUBTRACT, number);
  }

  /** {@code this * other}, broadcast. */
  public SymbolicTensor times(SymbolicTensor other) {
    return binary(Operator.MULTIPLY, other);
  }

  /** {@code this * number}. */
  public SymbolicTensor times(double number) {
    return binary(Operator.MULTIPLY, number);
  }

  /** {@code this / other}, broadcast. */
  public SymbolicTensor dividedBy(SymbolicTensor other) {
    return binary(Operator.DIVIDE, other);
  }

  /** {@code this / number}. */
  public SymbolicTensor dividedBy(double number) {
    return binary(Operator.DIVIDE, number);
  }

  /** The product of matrices, {@code this @ other}. */
  public SymbolicTensor matmul(SymbolicTensor other) {
    return binary(Operator.MATMUL, other);
  }

  /** {@code this ** exponent}. */
  public SymbolicTensor power(double exponent) {
    return binary(Operator.POWER, exponent);
  }

  private SymbolicTensor binary(Operator operator, SymbolicTensor other) {
    return new SymbolicTensor(
        builder, builder.arithmetic().binary(operator, value, builder.own(other)));
  }

  private SymbolicTensor binary(Operator operator, double number) {
    return new SymbolicTensor(builder, builder.arithmetic().binary(operator, value, number));
  }

  /** Parts of the tensor, as in NumPy. */
  public SymbolicTensor index(Index... items) {
    return new SymbolicTensor(builder, builder.arithmetic().index(value, Arrays.asList(items)));
  }

  @Override
  public String toString() {
    return "tensor " + value.type();
  }
}
