package dev.lathe.runtime;

import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How a model shall run. What is not set is taken from the compiled jar, and where that says
 * nothing, from the machine.
 *
 * <p>Immutable; the methods that set return a copy.
 */
public final class ModelOptions {
  private static final ModelOptions DEFAULTS = new ModelOptions(0, null);

  private final int threads;
  private final @Nullable String backend;

  private ModelOptions(int threads, @Nullable String backend) {
    this.threads = threads;
    this.backend = backend;
  }

  /** Nothing set. */
  public static ModelOptions defaults() {
    return DEFAULTS;
  }

  /**
   * These with a number of threads that compute one run. Where it is not set, it is what the model
   * was compiled for, else the number of processors the process may use, which honours a
   * container's limit. Sessions that run at the same time each use as many.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public ModelOptions threads(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("the number of threads must be at least 1, not " + count);
    }
    return new ModelOptions(count, backend);
  }

  /**
   * These with a backend, such as {@code onednn} or {@code reference}. Where it is not set, it is
   * the first of these that is on the class path or the module path.
   */
  public ModelOptions backend(String name) {
    return new ModelOptions(threads, name);
  }

  /** The number of threads, if set. */
  public OptionalInt threads() {
    return threads == 0 ? OptionalInt.empty() : OptionalInt.of(threads);
  }

  /** The name of the backend, if set. */
  public Optional<String> backend() {
    return Optional.ofNullable(backend);
  }

  @Override
  public String toString() {
    return "threads="
        + (threads == 0 ? "default" : threads)
        + " backend="
        + (backend == null ? "default" : backend);
  }
}
