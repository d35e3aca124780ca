package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The activations as functions of {@code keras.ops}, which has other defaults for some. */
final class ActivationFunctions {
  private static final Map<String, Argument<?>> DEFAULTS =
      Map.of(
          "gelu", optional("approximate", ArgumentKinds.FLAG, true),
          "leaky_relu", optional("negative_slope", ArgumentKinds.NUMBER, 0.2));

  private ActivationFunctions() {}

  static void register(LayerIndex index) {
    for (LayerKind kind : Activations.all()) {
      List<Argument<?>> arguments = new ArrayList<>();
      Argument<?> changed = DEFAULTS.get(kind.name());
      for (Argument<?> argument : kind.signature().arguments()) {
        arguments.add(
            changed != null && changed.name().equals(argument.name()) ? changed : argument);
      }
      LayerKind plain =
          new LayerKind(
              new Signature(kind.name(), arguments),
              "ops." + kind.name(),
              kind.inputs(),
              1,
              false,
              kind.rule());
      index.add(plain);
    }
  }
}
