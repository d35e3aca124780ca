package dev.lathe.cli;

import dev.lathe.compiler.BadInputException;
import dev.lathe.ir.TensorType;
import dev.lathe.runtime.Signature;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.TensorSpec;
import java.util.Map;
import java.util.Random;

/** Inputs for measurements: the same for every run. */
final class RandomInputs {
  private static final long SEED = 20250101;

  private RandomInputs() {}

  /**
   * A tensor for each input: the one given, or random elements; floats in [0, 1), integers 0 or 1,
   * which are valid indices nearly everywhere.
   *
   * @throws BadInputException if a shape is open; the message says which
   */
  static Tensor[] of(Signature signature, Map<String, Tensor> given) {
    given.keySet().forEach(signature::inputIndex);
    Random random = new Random(SEED);
    Tensor[] inputs = new Tensor[signature.inputs().size()];
    for (int i = 0; i < inputs.length; i++) {
      TensorSpec spec = signature.inputs().get(i);
      Tensor tensor = given.get(spec.name());
      inputs[i] = tensor == null ? random(spec, random) : tensor;
    }
    return inputs;
  }

  private static Tensor random(TensorSpec spec, Random random) {
    TensorType type = spec.type();
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
