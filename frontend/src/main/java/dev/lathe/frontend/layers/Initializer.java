package dev.lathe.frontend.layers;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import java.util.List;
import java.util.OptionalLong;

/**
 * What the elements of a weight are before anything is learnt or loaded: the initialisers of Keras
 * 3.
 *
 * <p>Random ones depend on nothing but their seed and the weight's path, so that a model has the
 * same weights whenever and wherever it is compiled, and a change of one layer leaves the others as
 * they were. They have Keras's distributions, not its sequences. {@link InitialValues} makes the
 * elements.
 */
public sealed interface Initializer {

  /** Every element the same: Keras {@code Constant}, {@code Zeros}, {@code Ones}. */
  record Constant(double value) implements Initializer {}

  /** Uniform in {@code [min, max)}: Keras {@code RandomUniform}. */
  record RandomUniform(double min, double max, OptionalLong seed) implements Initializer {}

  /** Normal: Keras {@code RandomNormal}. */
  record RandomNormal(double mean, double stddev, OptionalLong seed) implements Initializer {}

  /** Normal, what is beyond two deviations drawn again: Keras {@code TruncatedNormal}. */
  record TruncatedNormal(double mean, double stddev, OptionalLong seed) implements Initializer {}

  /** The number of elements that a fan counts. */
  enum Fan {
    FAN_IN,
    FAN_OUT,
    FAN_AVG
  }

  /** What {@link VarianceScaling} draws from. */
  enum Distribution {
    TRUNCATED_NORMAL,
    UNTRUNCATED_NORMAL,
    UNIFORM
  }

  /**
   * Variance {@code scale / fan}: Keras {@code VarianceScaling}, and with it Glorot (Glorot and
   * Bengio 2010), He (He et al. 2015) and LeCun (LeCun et al. 1998).
   */
  record VarianceScaling(double scale, Fan mode, Distribution distribution, OptionalLong seed)
      implements Initializer {}

  /**
   * An orthogonal matrix times {@code gain}: Keras {@code Orthogonal} (Saxe et al. 2014), the last
   * axis the columns, all others the rows.
   */
  record Orthogonal(double gain, OptionalLong seed) implements Initializer {}

  /** The unit matrix times {@code gain}: Keras {@code Identity}. */
  record Identity(double gain) implements Initializer {}

  /** Given elements in row-major order, as many as the weight has, or one for all. */
  record Values(List<Double> elements) implements Initializer {
    public Values {
      elements = List.copyOf(elements);
    }
  }

  /**
   * The bias of four gates, the second of them 1 and the others another initialiser's: Keras {@code
   * unit_forget_bias} (Jozefowicz et al. 2015).
   */
  record UnitForget(Initializer others) implements Initializer {}

  /** Data that is there already, such as that of an imported model. */
  record Data(ConstantData data) implements Initializer {}

  /**
   * Why this cannot make a weight of a type; empty if it can.
   *
   * @param type a type of fixed shape
   */
  default String objection(TensorType type) {
    Shape shape = type.shape();
    return switch (this) {
      case Orthogonal _ when shape.rank() < 2 ->
          "orthogonal() makes weights of two axes or more, and this is " + type;
      case Identity _ when shape.rank() != 2 -> "identity() makes matrices, and this is " + type;
      case UnitForget forget -> forget.others.objection(type);
      case Values values
          when values.elements.size() != 1
              && shape.elementCount().value() != values.elements.size() ->
          values.elements.size()
              + " values are given, and "
              + type
              + " has "
              + shape.elementCount()
              + " elements";
      case Data data when !data.data.type().shape().equals(shape) ->
          "the data is " + data.data.type() + ", and this is " + type;
      default -> "";
    };
  }
}
