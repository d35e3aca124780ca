package dev.lathe.compiler;

import dev.lathe.ir.Dim;
import dev.lathe.ir.TensorType;
import dev.lathe.runtime.Signature;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.TensorSpec;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** Inputs for measurements: the same for every run. */
public final class RandomInputs {
  private static final long SEED = 20250101;

  private RandomInputs() {}

  /**
   * A tensor for each input: the one given, or random elements; floats in [0, 1), integers 0 or 1,
   * which are valid indices nearly everywhere. A symbol that is the first size of an input is taken
   * for the batch, and is 1.
   *
   * @throws BadInputException if a shape is open; the message says which
   */
  public static Tensor[] of(Signature signature, Map<String, Tensor> given) {
    given.keySet().forEach(signature::inputIndex);
    Random random = new Random(SEED);
    Map<String, Dim> batch = given.isEmpty() ? batch(signature) : Map.of();
    Tensor[] inputs = new Tensor[signature.inputs().size()];
    for (int i = 0; i < inputs.length; i++) {
      TensorSpec spec = signature.inputs().get(i);
      Tensor tensor = given.get(spec.name());
      inputs[i] = tensor == null ? random(spec, batch, random) : tensor;
    }
    return inputs;
  }

  /** Whether inputs can be made without more shapes being given. */
  public static boolean areKnown(Signature signature) {
    Map<String, Dim> batch = batch(signature);
    return signature.inputs().stream()
        .allMatch(spec -> spec.type().substitute(batch).shape().isFixed());
  }

  private static Map<String, Dim> batch(Signature signature) {
    Map<String, Dim> batch = new HashMap<>();
    for (TensorSpec spec : signature.inputs()) {
      if (spec.type().rank() > 0 && spec.type().dim(0).isSymbol()) {
        batch.put(spec.type().dim(0).symbolName(), Dim.ONE);
      }
    }
    return batch;
  }

  private static Tensor random(TensorSpec spec, Map<String, Dim> batch, Random random) {
    TensorType type = spec.type().substitute(batch);
    if (!type.shape().isFixed()) {
      throw new BadInputException(
          "input "
              + spec
              + " has open sizes; fix them with --shape "
              + spec.name()
              + "=..., for example 1x3x224x224");
    }
    Tensor tensor = Tensor.allocate(type.elementType(), type.shape().sizes());
    for (long i = 0; i < tensor.elementCount(); i++) {
      tensor.setDouble(i, type.elementType().isFloat() ? random.nextFloat() : random.nextInt(2));
    }
    return tensor;
  }
}
