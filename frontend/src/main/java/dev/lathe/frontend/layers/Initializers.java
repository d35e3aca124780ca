package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.ArgumentKinds.INTEGER;
import static dev.lathe.frontend.layers.ArgumentKinds.NUMBER;
import static dev.lathe.frontend.layers.ArgumentKinds.NUMBERS;
import static dev.lathe.frontend.layers.ArgumentKinds.oneOf;

import dev.lathe.frontend.layers.Initializer.Distribution;
import dev.lathe.frontend.layers.Initializer.Fan;
import dev.lathe.frontend.layers.Initializer.Identity;
import dev.lathe.frontend.layers.Initializer.Orthogonal;
import dev.lathe.frontend.layers.Initializer.RandomNormal;
import dev.lathe.frontend.layers.Initializer.RandomUniform;
import dev.lathe.frontend.layers.Initializer.TruncatedNormal;
import dev.lathe.frontend.layers.Initializer.Values;
import dev.lathe.frontend.layers.Initializer.VarianceScaling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** The initialisers of Keras 3 by name, with their arguments. */
public final class Initializers {
  /** All elements 0. */
  public static final Initializer ZEROS = new Initializer.Constant(0);

  /** All elements 1. */
  public static final Initializer ONES = new Initializer.Constant(1);

  private static final Argument<Long> SEED = Argument.optional("seed", INTEGER);
  private static final Argument<Double> MEAN = Argument.optional("mean", NUMBER, 0.0);
  private static final Argument<Double> STDDEV = Argument.optional("stddev", NUMBER, 0.05);
  private static final Argument<Double> MINVAL = Argument.optional("minval", NUMBER, -0.05);
  private static final Argument<Double> MAXVAL = Argument.optional("maxval", NUMBER, 0.05);
  private static final Argument<Double> GAIN = Argument.optional("gain", NUMBER, 1.0);
  private static final Argument<Double> SCALE = Argument.optional("scale", NUMBER, 1.0);
  private static final Argument<List<Double>> VALUE = Argument.optional("value", NUMBERS, 0.0);
  private static final Argument<String> MODE =
      Argument.optional("mode", oneOf("fan_in", "fan_out", "fan_avg"), "fan_in");
  private static final Argument<String> DISTRIBUTION =
      Argument.optional(
          "distribution",
          oneOf("truncated_normal", "untruncated_normal", "uniform"),
          "truncated_normal");

  private record Kind(Signature signature, Function<Bound, Initializer> make) {}

  private static final Map<String, Kind> KINDS = kinds();

  private Initializers() {}

  private static Map<String, Kind> kinds() {
    Map<String, Kind> kinds = new LinkedHashMap<>();
    add(kinds, Signature.of("zeros"), _ -> ZEROS);
    add(kinds, Signature.of("ones"), _ -> ONES);
    add(kinds, Signature.of("constant", VALUE), b -> new Values(b.get(VALUE)));
    add(
        kinds,
        Signature.of("random_uniform", MINVAL, MAXVAL, SEED),
        b -> new RandomUniform(b.get(MINVAL), b.get(MAXVAL), seed(b)));
    add(
        kinds,
        Signature.of("random_normal", MEAN, STDDEV, SEED),
        b -> new RandomNormal(b.get(MEAN), b.get(STDDEV), seed(b)));
    add(
        kinds,
        Signature.of("truncated_normal", MEAN, STDDEV, SEED),
        b -> new TruncatedNormal(b.get(MEAN), b.get(STDDEV), seed(b)));
    scaling(kinds, "glorot", 1, Fan.FAN_AVG);
    scaling(kinds, "he", 2, Fan.FAN_IN);
    scaling(kinds, "lecun", 1, Fan.FAN_IN);
    add(
        kinds,
        Signature.of("variance_scaling", SCALE, MODE, DISTRIBUTION, SEED),
        b ->
            new VarianceScaling(
                b.get(SCALE),
                Fan.valueOf(b.get(MODE).toUpperCase(Locale.ROOT)),
                Distribution.valueOf(b.get(DISTRIBUTION).toUpperCase(Locale.ROOT)),
                seed(b)));
    add(kinds, Signature.of("orthogonal", GAIN, SEED), b -> new Orthogonal(b.get(GAIN), seed(b)));
    add(kinds, Signature.of("identity", GAIN), b -> new Identity(b.get(GAIN)));
    return kinds;
  }

  private static void add(
      Map<String, Kind> kinds, Signature signature, Function<Bound, Initializer> make) {
    kinds.put(signature.name(), new Kind(signature, make));
  }

  private static void scaling(Map<String, Kind> kinds, String name, double scale, Fan fan) {
    add(
        kinds,
        Signature.of(name + "_uniform", SEED),
        b -> new VarianceScaling(scale, fan, Distribution.UNIFORM, seed(b)));
    add(
        kinds,
        Signature.of(name + "_normal", SEED),
        b -> new VarianceScaling(scale, fan, Distribution.TRUNCATED_NORMAL, seed(b)));
  }

  private static OptionalLong seed(Bound bound) {
    return bound.find(SEED).map(OptionalLong::of).orElse(OptionalLong.empty());
  }

  /** The signatures by name. */
  public static Map<String, Signature> signatures() {
    Map<String, Signature> signatures = new LinkedHashMap<>();
    KINDS.forEach((name, kind) -> signatures.put(name, kind.signature));
    return signatures;
  }

  /**
   * The initialiser of a name with arguments bound by its signature.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static Initializer make(String name, Bound arguments) {
    Kind kind = KINDS.get(name);
    if (kind == null) {
      throw new IllegalArgumentException("no initializer " + name);
    }
    return kind.make.apply(arguments);
  }

  /** The initialiser of a name, in snake case or as Keras's class, with default arguments. */
  static Optional<Initializer> named(String name) {
    Kind kind = KINDS.get(KerasTypes.snake(name));
    return kind == null
        ? Optional.empty()
        : Optional.of(kind.make.apply(kind.signature.bind(Map.of(), new java.util.ArrayList<>())));
  }
}
