package dev.lathe.frontend.layers;

import dev.lathe.frontend.layers.Initializer.Constant;
import dev.lathe.frontend.layers.Initializer.Data;
import dev.lathe.frontend.layers.Initializer.Identity;
import dev.lathe.frontend.layers.Initializer.Orthogonal;
import dev.lathe.frontend.layers.Initializer.RandomNormal;
import dev.lathe.frontend.layers.Initializer.RandomUniform;
import dev.lathe.frontend.layers.Initializer.TruncatedNormal;
import dev.lathe.frontend.layers.Initializer.UnitForget;
import dev.lathe.frontend.layers.Initializer.Values;
import dev.lathe.frontend.layers.Initializer.VarianceScaling;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.OptionalLong;

/** Makes the elements that an {@link Initializer} describes, on off-heap memory. */
public final class InitialValues {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** The deviation of a normal distribution of deviation 1 that is cut at -2 and 2. */
  private static final double TRUNCATED_DEVIATION = 0.8796256610342398;

  private InitialValues() {}

  /**
   * The elements of a weight.
   *
   * @param path the weight's path, which decides what random initialisers draw beside their seed
   * @param type a type of fixed shape
   * @param arena owns the memory
   * @throws IllegalArgumentException if the initialiser objects to the type
   */
  public static ConstantData make(
      Initializer initializer, String path, TensorType type, Arena arena) {
    String objection = initializer.objection(type);
    if (!objection.isEmpty()) {
      throw new IllegalArgumentException(path + ": " + objection);
    }
    if (initializer instanceof Data data && data.data().type().equals(type)) {
      return data.data();
    }
    long count = type.shape().elementCount().value();
    MemorySegment segment = arena.allocate(Math.max(1, type.byteSize()), 64);
    ConstantData result = new ConstantData(type, segment.asSlice(0, type.byteSize()));
    Sink sink = new Sink(segment, type.elementType());
    fill(initializer, key(path, initializer), type.shape(), count, sink);
    return result;
  }

  /** Writes elements of one type. */
  private record Sink(MemorySegment segment, ElementType type) {
    void set(long index, double value) {
      if (type == ElementType.F32) {
        segment.set(FLOAT, 4 * index, (float) value);
      } else {
        long size = type.byteSize(1);
        MemorySegment.copy(
            ConstantData.ofScalar(type, value).segment(), 0, segment, index * size, size);
      }
    }
  }

  private static void fill(Initializer initializer, long key, Shape shape, long count, Sink sink) {
    switch (initializer) {
      case Constant constant -> {
        for (long i = 0; constant.value() != 0 && i < count; i++) {
          sink.set(i, constant.value());
        }
      }
      case RandomUniform u -> uniform(key, count, u.min(), u.max(), sink);
      case RandomNormal n -> normal(key, count, n.mean(), n.stddev(), sink);
      case TruncatedNormal n -> truncated(key, count, n.mean(), n.stddev(), sink);
      case VarianceScaling scaling -> scaled(scaling, key, shape, count, sink);
      case Orthogonal orthogonal -> orthogonal(orthogonal.gain(), key, shape, sink);
      case Identity identity -> {
        long columns = shape.dim(1).value();
        for (long i = 0; i < Math.min(shape.dim(0).value(), columns); i++) {
          sink.set(i * columns + i, identity.gain());
        }
      }
      case UnitForget forget -> {
        fill(forget.others(), key, shape, count, sink);
        for (long i = count / 4; i < count / 2; i++) {
          sink.set(i, 1);
        }
      }
      case Values values -> {
        int given = values.elements().size();
        for (long i = 0; i < count; i++) {
          sink.set(i, values.elements().get(given == 1 ? 0 : (int) i));
        }
      }
      case Data data -> {
        for (long i = 0; i < count; i++) {
          sink.set(i, data.data().getDouble(i));
        }
      }
    }
  }

  private static void scaled(
      VarianceScaling scaling, long key, Shape shape, long count, Sink sink) {
    double[] fans = fans(shape);
    double fan =
        switch (scaling.mode()) {
          case FAN_IN -> fans[0];
          case FAN_OUT -> fans[1];
          case FAN_AVG -> (fans[0] + fans[1]) / 2;
        };
    double scale = scaling.scale() / Math.max(1, fan);
    switch (scaling.distribution()) {
      case UNIFORM -> uniform(key, count, -Math.sqrt(3 * scale), Math.sqrt(3 * scale), sink);
      case UNTRUNCATED_NORMAL -> normal(key, count, 0, Math.sqrt(scale), sink);
      case TRUNCATED_NORMAL ->
          truncated(key, count, 0, Math.sqrt(scale) / TRUNCATED_DEVIATION, sink);
    }
  }

  /** How many elements go in and out, Keras {@code compute_fans}. */
  private static double[] fans(Shape shape) {
    List<Dim> dims = shape.dims();
    int rank = dims.size();
    if (rank < 2) {
      double only = rank == 0 ? 1 : dims.get(0).value();
      return new double[] {only, only};
    }
    double field = new Shape(dims.subList(0, rank - 2)).elementCount().value();
    return new double[] {field * dims.get(rank - 2).value(), field * dims.get(rank - 1).value()};
  }

  private static void uniform(long key, long count, double min, double max, Sink sink) {
    for (long i = 0; i < count; i++) {
      sink.set(i, min + (max - min) * unit(mix(key + i * GOLDEN)));
    }
  }

  private static void normal(long key, long count, double mean, double stddev, Sink sink) {
    for (long i = 0; i < count; i++) {
      sink.set(i, mean + stddev * gaussian(mix(key + i * GOLDEN)));
    }
  }

  private static void truncated(long key, long count, double mean, double stddev, Sink sink) {
    for (long i = 0; i < count; i++) {
      long state = mix(key + i * GOLDEN);
      double value = gaussian(state);
      while (Math.abs(value) > 2) {
        state = mix(state);
        value = gaussian(state);
      }
      sink.set(i, mean + stddev * value);
    }
  }

  /**
   * The orthogonal factor of a random normal matrix, by Gram-Schmidt done twice, which keeps the
   * sign convention of a QR factorisation whose R has a positive diagonal.
   */
  private static void orthogonal(double gain, long key, Shape shape, Sink sink) {
    int columns = Math.toIntExact(shape.dim(shape.rank() - 1).value());
    int rows = Math.toIntExact(shape.elementCount().value() / Math.max(1, columns));
    int vectors = Math.min(rows, columns);
    int length = Math.max(rows, columns);
    double[][] basis = new double[vectors][length];
    for (int v = 0; v < vectors; v++) {
      for (int i = 0; i < length; i++) {
        basis[v][i] = gaussian(mix(key + ((long) v * length + i) * GOLDEN));
      }
      for (int pass = 0; pass < 2; pass++) {
        for (int u = 0; u < v; u++) {
          double dot = dot(basis[u], basis[v]);
          for (int i = 0; i < length; i++) {
            basis[v][i] -= dot * basis[u][i];
          }
        }
      }
      double norm = Math.sqrt(dot(basis[v], basis[v]));
      for (int i = 0; i < length; i++) {
        basis[v][i] /= norm;
      }
    }
    for (int v = 0; v < vectors; v++) {
      for (int i = 0; i < length; i++) {
        long index = rows >= columns ? (long) i * columns + v : (long) v * columns + i;
        sink.set(index, gain * basis[v][i]);
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  /** The finaliser of SplitMix64 (Steele et al. 2014). */
  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }

  private static double unit(long bits) {
    return (bits >>> 11) * 0x1.0p-53;
  }

  /** A normal number, by the method of Box and Muller. */
  private static double gaussian(long bits) {
    double radius = Math.sqrt(-2 * Math.log(1 - unit(bits)));
    return radius * StrictMath.cos(2 * Math.PI * unit(mix(bits + GOLDEN)));
  }

  private static long key(String path, Initializer initializer) {
    OptionalLong seed = seed(initializer);
    long hash = 0xCBF29CE484222325L;
    for (int i = 0; i < path.length(); i++) {
      hash = (hash ^ path.charAt(i)) * 0x100000001B3L;
    }
    return mix(hash) ^ mix(seed.orElse(0) + GOLDEN);
  }

  private static OptionalLong seed(Initializer initializer) {
    return switch (initializer) {
      case RandomUniform u -> u.seed();
      case RandomNormal n -> n.seed();
      case TruncatedNormal n -> n.seed();
      case VarianceScaling s -> s.seed();
      case Orthogonal o -> o.seed();
      case UnitForget forget -> seed(forget.others());
      case Constant _, Identity _, Values _, Data _ -> OptionalLong.empty();
    };
  }
}
