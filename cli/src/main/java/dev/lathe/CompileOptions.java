package dev.lathe;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.Shape;
import dev.lathe.runtime.Tensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How a model shall be compiled.
 *
 * <p>Immutable; the methods that set return a copy.
 */
public final class CompileOptions {
  /** The error that a reduced precision may have where nothing else is said. */
  public static final double DEFAULT_PRECISION_ERROR = 1e-2;

  private static final CompileOptions DEFAULTS = new CompileOptions();

  private Map<String, Shape> shapes = Map.of();
  private int threads;
  private int level = 2;
  private long stopAfterRewrites = -1;
  private @Nullable Path dumpIr;
  private String packageName = "models";
  private String className = "";
  private boolean bundle;
  private @Nullable String backend;
  private @Nullable Path weights;
  private ElementType precision = ElementType.F32;
  private double precisionError = DEFAULT_PRECISION_ERROR;
  private Map<String, Tensor> precisionInputs = Map.of();

  private CompileOptions() {}

  private CompileOptions(CompileOptions other) {
    shapes = other.shapes;
    threads = other.threads;
    level = other.level;
    stopAfterRewrites = other.stopAfterRewrites;
    dumpIr = other.dumpIr;
    packageName = other.packageName;
    className = other.className;
    bundle = other.bundle;
    backend = other.backend;
    weights = other.weights;
    precision = other.precision;
    precisionError = other.precisionError;
    precisionInputs = other.precisionInputs;
  }

  /** Everything optimised, shapes as in the source, a class in package {@code models}. */
  public static CompileOptions defaults() {
    return DEFAULTS;
  }

  /**
   * These with a shape of an input, which binds the symbols of its dimensions throughout the model.
   */
  public CompileOptions shape(String input, Shape shape) {
    CompileOptions copy = new CompileOptions(this);
    Map<String, Shape> more = new LinkedHashMap<>(shapes);
    more.put(input, shape);
    copy.shapes = Collections.unmodifiableMap(more);
    return copy;
  }

  /**
   * These with a file of weights for a model in the Lathe language: {@code .npz}, {@code
   * .safetensors} or Keras's {@code .weights.h5}. Without one, weights are what their initialisers
   * make.
   */
  public CompileOptions weights(Path file) {
    CompileOptions copy = new CompileOptions(this);
    copy.weights = file;
    return copy;
  }

  /** The file of weights, if one was set. */
  public Optional<Path> weights() {
    return Optional.ofNullable(weights);
  }

  /** The shapes of inputs that were set, by name. */
  public Map<String, Shape> shapes() {
    return shapes;
  }

  /**
   * These with the number of threads that compute one run, where whoever loads the model does not
   * say otherwise.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public CompileOptions threads(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("the number of threads must be at least 1, not " + count);
    }
    CompileOptions copy = new CompileOptions(this);
    copy.threads = count;
    return copy;
  }

  /** The number of threads, if set. */
  public OptionalInt threads() {
    return threads == 0 ? OptionalInt.empty() : OptionalInt.of(threads);
  }

  /**
   * These with a level of optimisation: 0 leaves the graph as it was read, 1 simplifies it, 2 also
   * fuses.
   *
   * @throws IllegalArgumentException if there is no such level
   */
  public CompileOptions optimizationLevel(int newLevel) {
    if (newLevel < 0 || newLevel > 2) {
      throw new IllegalArgumentException(
          "the optimisation level must be 0 (none), 1 (simplify) or 2 (all), not " + newLevel);
    }
    CompileOptions copy = new CompileOptions(this);
    copy.level = newLevel;
    return copy;
  }

  /** The level of optimisation. */
  public int optimizationLevel() {
    return level;
  }

  /**
   * These with a number of rewrites after which the graph is changed no more, for finding a wrong
   * one by bisection.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public CompileOptions stopAfterRewrites(long count) {
    if (count < 0) {
      throw new IllegalArgumentException(
          "the number of rewrites must not be negative, but is " + count);
    }
    CompileOptions copy = new CompileOptions(this);
    copy.stopAfterRewrites = count;
    return copy;
  }

  /** The number of rewrites after which the graph is changed no more, if set. */
  public OptionalLong stopAfterRewrites() {
    return stopAfterRewrites < 0 ? OptionalLong.empty() : OptionalLong.of(stopAfterRewrites);
  }

  /** These with a folder, made if missing, into which the IR is written after every pass. */
  public CompileOptions dumpIr(Path folder) {
    CompileOptions copy = new CompileOptions(this);
    copy.dumpIr = folder;
    return copy;
  }

  /** The folder into which the IR is written after every pass, if set. */
  public Optional<Path> dumpIr() {
    return Optional.ofNullable(dumpIr);
  }

  /** These with a package for the generated class. */
  public CompileOptions packageName(String name) {
    CompileOptions copy = new CompileOptions(this);
    copy.packageName = name;
    return copy;
  }

  /** The package of the generated class. */
  public String packageName() {
    return packageName;
  }

  /** These with a simple name for the generated class. */
  public CompileOptions className(String name) {
    CompileOptions copy = new CompileOptions(this);
    copy.className = name;
    return copy;
  }

  /** The simple name of the generated class; empty for one made of the model's name. */
  public String className() {
    return className;
  }

  /** These for a jar that holds all it needs to run by {@code java -jar}, or one that does not. */
  public CompileOptions bundle(boolean wanted) {
    CompileOptions copy = new CompileOptions(this);
    copy.bundle = wanted;
    return copy;
  }

  /** Whether the jar holds all it needs to run by {@code java -jar}. */
  public boolean bundle() {
    return bundle;
  }

  /** These with the backend of a model that is compiled in memory. */
  public CompileOptions backend(String name) {
    CompileOptions copy = new CompileOptions(this);
    copy.backend = name;
    return copy;
  }

  /** The backend of a model that is compiled in memory, if set. */
  public Optional<String> backend() {
    return Optional.ofNullable(backend);
  }

  /**
   * These with a type in which convolutions and matrix products read, multiply and store numbers;
   * they add in f32. Inputs and outputs of the model keep their types. The default, f32, changes
   * nothing; bf16 takes half the memory and, on processors with instructions for it, about half the
   * time, and rounds what is stored to 8 significant bits; f16 rounds to 11, and overflows beyond
   * 65,504.
   *
   * @throws IllegalArgumentException if it is not f32, bf16 or f16
   */
  public CompileOptions precision(ElementType type) {
    if (type != ElementType.F32 && type != ElementType.BF16 && type != ElementType.F16) {
      throw new IllegalArgumentException(
          "the precision must be f32 (as the model says), bf16 or f16, not " + type);
    }
    CompileOptions copy = new CompileOptions(this);
    copy.precision = type;
    return copy;
  }

  /** The type in which convolutions and matrix products read, multiply and store numbers. */
  public ElementType precision() {
    return precision;
  }

  /**
   * These with the greatest error that a reduced precision may have: of each output the root of the
   * mean squared difference from f32 by the root of the mean square. The compiler measures it, and
   * takes products back to f32 until it holds. The default is {@value #DEFAULT_PRECISION_ERROR};
   * with 1 or more, nothing is measured.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public CompileOptions precisionError(double limit) {
    if (!(limit > 0)) {
      throw new IllegalArgumentException(
          "the error of a reduced precision must be positive, not " + limit);
    }
    CompileOptions copy = new CompileOptions(this);
    copy.precisionError = limit;
    return copy;
  }

  /** The greatest error that a reduced precision may have. */
  public double precisionError() {
    return precisionError;
  }

  /**
   * These with inputs, by name, on which the error of a reduced precision is measured. Without any,
   * it is the test data beside the model, or random numbers. The tensors stay the caller's, and are
   * read while the model is compiled.
   */
  public CompileOptions precisionInputs(Map<String, Tensor> inputs) {
    CompileOptions copy = new CompileOptions(this);
    copy.precisionInputs = Map.copyOf(inputs);
    return copy;
  }

  /** The inputs on which the error of a reduced precision is measured; none for the default. */
  public Map<String, Tensor> precisionInputs() {
    return precisionInputs;
  }

  /** What is set and changes the compiled model, as {@code key=value} separated by spaces. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("level=").append(level);
    shapes.forEach((name, shape) -> text.append(" shape:").append(name).append('=').append(shape));
    if (threads != 0) {
      text.append(" threads=").append(threads);
    }
    if (stopAfterRewrites >= 0) {
      text.append(" stop-after-rewrites=").append(stopAfterRewrites);
    }
    if (weights != null) {
      text.append(" weights=").append(weights.getFileName());
    }
    if (precision != ElementType.F32) {
      text.append(" precision=").append(precision);
      if (precisionError != DEFAULT_PRECISION_ERROR) {
        text.append(" precision-error=").append(precisionError);
      }
    }
    return text.toString();
  }
}
