package dev.lathe.frontend.layers;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One use of a layer, as its {@link LayerRule} sees it. */
public final class LayerScope {
  private final ModelScope model;
  private final Layer layer;
  private final LayerUse use;
  private final List<Value> inputs;

  LayerScope(ModelScope model, Layer layer, LayerUse use, List<Value> inputs) {
    this.model = model;
    this.layer = layer;
    this.use = use;
    this.inputs = List.copyOf(inputs);
  }

  /** What adds ops to the model. */
  public Emitter emit() {
    return model.emit();
  }

  /** The layer's name. */
  public String name() {
    return layer.kind().name();
  }

  /** The inputs. */
  public List<Value> inputs() {
    return inputs;
  }

  /** The first input. */
  public Value input() {
    return inputs.get(0);
  }

  /** The first input, cast to f32 unless it is of a float type, as Keras does. */
  public Value floatInput() {
    return floats(input());
  }

  /** A value, cast to f32 unless it is of a float type. */
  public Value floats(Value x) {
    return x.type().elementType().isFloat() ? x : emit().cast(x, ElementType.F32);
  }

  /** The value of an argument that is not none. */
  public <T> T get(Argument<T> argument) {
    return layer.arguments().get(argument);
  }

  /** The value of an argument. */
  public <T> Optional<T> find(Argument<T> argument) {
    return layer.arguments().find(argument);
  }

  /** Declares a weight that training changes, of the element type of {@code like}. */
  public Value weight(String name, Argument<Initializer> initializer, Value like, List<Dim> shape) {
    return weight(name, get(initializer), like, shape, true, null, null);
  }

  /** Declares a weight with what training shall know of it. */
  public Value weight(
      String name,
      Argument<Initializer> initializer,
      Argument<Penalty> regularizer,
      Argument<Penalty> constraint,
      Value like,
      List<Dim> shape) {
    return weight(
        name,
        get(initializer),
        like,
        shape,
        true,
        find(regularizer).orElse(null),
        find(constraint).orElse(null));
  }

  /** Declares a weight that training does not change by gradients, such as a running mean. */
  public Value statistic(String name, Initializer initializer, Value like, List<Dim> shape) {
    return weight(name, initializer, like, shape, false, null, null);
  }

  private Value weight(
      String name,
      Initializer initializer,
      Value like,
      List<Dim> shape,
      boolean trainable,
      @Nullable Penalty regularizer,
      @Nullable Penalty constraint) {
    TensorType type = new TensorType(like.type().elementType(), new Shape(shape));
    return model.parameter(
        new ParameterDeclaration(
            use.path() + "/" + name,
            type,
            initializer,
            trainable && use.trainable(),
            regularizer,
            constraint),
        use.again());
  }

  /** Applies a layer as a part of this one; its weights stand below the part's name. */
  public List<Value> part(String part, Layer inner, List<Value> partInputs) {
    return model.apply(inner, use.child(part), partInputs);
  }

  /** The rules of another layer on this one's weights and arguments, with other inputs. */
  public LayerScope withInputs(List<Value> others) {
    return new LayerScope(model, layer, use, others);
  }

  /** A part's scope, for weights below a name. */
  public LayerScope below(String part) {
    return new LayerScope(model, layer, use.child(part), inputs);
  }

  /**
   * Makes sure that an input has so many axes.
   *
   * @throws LayerException unless it has
   */
  public void expectRank(int rank, String axes) {
    if (input().type().rank() != rank) {
      throw new LayerException(
              name()
                  + "() takes a tensor of "
                  + rank
                  + " axes "
                  + axes
                  + ", and this is "
                  + input().type(),
              "")
          .aboutInput(0);
    }
  }

  /**
   * An axis of the first input, counted from its end where negative.
   *
   * @throws LayerException if there is no such axis
   */
  public int axis(long axis) {
    int rank = input().type().rank();
    if (axis < -rank || axis >= rank) {
      throw new LayerException(
          name() + "() has axis " + axis + ", and its input is " + input().type(), "");
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** A size of the first input that must be a number, as weights depend on it. */
  public long fixed(int axis) {
    Dim dim = input().type().dim(axis);
    if (!dim.isFixed()) {
      throw new LayerException(
              name()
                  + "() needs a fixed size on axis "
                  + axis
                  + " of its input, which is "
                  + input().type(),
              "give " + dim + " a number in the model's inputs")
          .aboutInput(0);
    }
    return dim.value();
  }
}
