package dev.lathe.frontend.layers;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.BlockBuilder;
import dev.lathe.ir.Dim;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.TypeException;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.CreationOp.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A model under construction: the block that layers write to, and the weights that they declare.
 *
 * <p>Weights get elements only when the model is made ({@link InitialValues}, or a file), so that
 * checking a model costs no memory. Not safe for use by several threads.
 */
public final class ModelScope {
  /** More than this in one weight is taken for a mistake: 64 GiB. */
  private static final long LARGEST_BYTES = 1L << 36;

  private final BlockBuilder builder;
  private final Emitter emit;
  private final Map<String, ParameterDeclaration> parameters = new LinkedHashMap<>();
  private final Map<String, Value> values = new LinkedHashMap<>();

  /**
   * @param builder of the block that layers write to
   */
  public ModelScope(BlockBuilder builder) {
    this.builder = builder;
    this.emit = new Emitter(builder);
  }

  /** What adds ops to the model. */
  public Emitter emit() {
    return emit;
  }

  /** What adds ops to the model. */
  public BlockBuilder builder() {
    return builder;
  }

  /** The weights by path, in the order in which layers declared them. */
  public Map<String, ParameterDeclaration> parameters() {
    return java.util.Collections.unmodifiableMap(parameters);
  }

  /**
   * Applies a layer.
   *
   * @return its outputs
   * @throws LayerException if the inputs do not fit
   */
  public List<Value> apply(Layer layer, LayerUse use, List<Value> inputs) {
    LayerKind kind = layer.kind();
    if (inputs.size() < kind.fewestInputs()
        || (!kind.variadic() && inputs.size() > kind.inputs().size())) {
      throw new LayerException(
          kind.name() + "() takes " + counted(kind) + ", not " + inputs.size(),
          kind.variadic() ? "" : "its inputs are " + String.join(", ", kind.inputs()));
    }
    List<Value> cast = inputs;
    if (use.dtype().isPresent()) {
      cast =
          inputs.stream()
              .map(x -> x.type().elementType().isFloat() ? emit.cast(x, use.dtype().get()) : x)
              .toList();
    }
    List<String> outer = builder.provenance();
    builder.from(use.path());
    try {
      return kind.rule().apply(new LayerScope(this, layer, use, cast));
    } catch (TypeException e) {
      throw e.getCause() instanceof ArithmeticException
          ? overflow(kind, e)
          : new LayerException(reason(e), "", e);
    } catch (ArithmeticException e) {
      throw overflow(kind, e);
    } finally {
      builder.from(outer);
    }
  }

  private static LayerException overflow(LayerKind kind, RuntimeException e) {
    return new LayerException(
        kind.name() + "() makes sizes that exceed 64 bits", "check its arguments", e);
  }

  private static String counted(LayerKind kind) {
    int fewest = kind.fewestInputs();
    int most = kind.inputs().size();
    String text =
        kind.variadic()
            ? "at least " + fewest
            : fewest == most ? String.valueOf(fewest) : "from " + fewest + " to " + most;
    return text + (text.equals("1") || text.equals("at least 1") ? " tensor" : " tensors");
  }

  /** What an op says, without the op's own name and place. */
  private static String reason(TypeException e) {
    return String.valueOf((e.getCause() == null ? e : e.getCause()).getMessage());
  }

  /**
   * Declares a weight, or finds that of an earlier use.
   *
   * @param again whether the layer that asks was used before
   * @throws LayerException if it cannot be made, or is not what it was in the earlier use
   */
  public Value parameter(ParameterDeclaration wanted, boolean again) {
    ParameterDeclaration known = parameters.get(wanted.path());
    if (known != null) {
      if (!again) {
        throw new LayerException(
            "there is another weight '" + wanted.path() + "'", "give one of the layers a name");
      }
      if (!known.type().equals(wanted.type())) {
        throw new LayerException(
            "the shared weight '"
                + wanted.path()
                + "' is "
                + known.type()
                + " since its first use, and would have to be "
                + wanted.type()
                + " here",
            "give both uses inputs of the same size, or use two layers");
      }
      return Objects.requireNonNull(values.get(wanted.path()));
    }
    check(wanted);
    Value value = builder.add(new Parameter(wanted.path(), wanted.type()));
    parameters.put(wanted.path(), wanted);
    values.put(wanted.path(), value);
    return value;
  }

  private static void check(ParameterDeclaration wanted) {
    TensorType type = wanted.type();
    List<String> open = new ArrayList<>();
    for (Dim dim : type.shape().dims()) {
      if (!dim.isFixed()) {
        open.add(dim.toString());
      }
    }
    if (!open.isEmpty()) {
      throw new LayerException(
          "the weight '"
              + wanted.path()
              + "' would be "
              + type
              + ", and a weight's sizes are fixed",
          "give " + String.join(" and ", open) + " a number in the model's inputs");
    }
    long bytes;
    try {
      bytes = type.byteSize();
    } catch (ArithmeticException e) {
      bytes = Long.MAX_VALUE;
    }
    if (bytes > LARGEST_BYTES) {
      throw new LayerException(
          "the weight '" + wanted.path() + "' would be " + type + ", more than 64 GiB",
          "check the sizes that it comes from");
    }
    String objection = wanted.initializer().objection(type);
    if (!objection.isEmpty()) {
      throw new LayerException("weight '" + wanted.path() + "': " + objection, "");
    }
  }
}
