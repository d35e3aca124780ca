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

  /** The layer. */
  Layer layer() {
    return layer;
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
    return weight(name, get(initializer), typeOf(like, shape), true, null, null);
  }

  /** Declares a weight that training changes, with an initialiser that no argument gives. */
  public Value weight(String name, Initializer initializer, Value like, List<Dim> shape) {
    return weight(name, initializer, typeOf(like, shape), true, null, null);
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
        typeOf(like, shape),
        true,
        find(regularizer).orElse(null),
        find(constraint).orElse(null));
  }

  /** Declares a weight of an element type, with an initialiser that no argument alone gives. */
  public Value weight(
      String name,
      Initializer initializer,
      Argument<Penalty> regularizer,
      Argument<Penalty> constraint,
      ElementType type,
      List<Dim> shape) {
    return weight(
        name,
        initializer,
        new TensorType(type, new Shape(shape)),
        true,
        find(regularizer).orElse(null),
        find(constraint).orElse(null));
  }

  /** The element type of weights where no input decides it: f32 unless the use says otherwise. */
  public ElementType floatType() {
    return use.dtype().filter(ElementType::isFloat).orElse(ElementType.F32);
  }

  /** Declares a weight that training does not change by gradients, such as a running mean. */
  public Value statistic(String name, Initializer initializer, Value like, List<Dim> shape) {
    return weight(name, initializer, typeOf(like, shape), false, null, null);
  }

  private static TensorType typeOf(Value like, List<Dim> shape) {
    return new TensorType(like.type().elementType(), new Shape(shape));
  }

  private Value weight(
      String name,
      Initializer initializer,
      TensorType type,
      boolean trainable,
      @Nullable Penalty regularizer,
      @Nullable Penalty constraint) {
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

  /** The type of a weight of this layer or of one of its parts; empty if it was not declared. */
  public Optional<TensorType> declared(String name) {
    return Optional.ofNullable(model.parameters().get(use.path() + "/" + name))
        .map(ParameterDeclaration::type);
  }

  /** The rules of another layer on this one's weights and arguments, with other inputs. */
  public LayerScope withInputs(List<Value> others) {
    return new LayerScope(model, layer, use, others);
  }

  /** The scope of a layer that is a part of this one, for those who do more than its rule. */
  LayerScope inside(String part, Layer inner, List<Value> partInputs) {
    return new LayerScope(model, inner, use.child(part), partInputs);
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
              input().type().rank() < rank
                  ? "reshape() adds axes"
                  : "reshape(), flatten() and global pooling take axes away")
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
              name() + "() has axis " + axis + ", and its input is " + input().type(),
              rank == 0
                  ? ""
                  : "its axes go from 0 to " + (rank - 1) + ", or from -" + rank + " to -1")
          .about("axis");
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
