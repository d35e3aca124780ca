package dev.lathe.runtime.spi;

import dev.lathe.runtime.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The scratch memory and the state of one run after another. Used by one thread at a time. */
public interface Execution extends AutoCloseable {

  /**
   * Computes the outputs of the forward function.
   *
   * @param inputs one tensor for each input, in order, of the element type, rank and (as far as
   *     fixed) sizes that the function declares
   * @param outputs one place for each output; a tensor that stands there and has the type of the
   *     output is written, else a new one, which is freed when it is no longer reachable, is put
   *     there
   * @throws IllegalArgumentException if an input does not fit; the message names it
   */
  void run(Tensor[] inputs, @Nullable Tensor[] outputs);

  /**
   * Does before a run what is done once for inputs like these, such as making the program and
   * planning its memory; a backend that has nothing to prepare does nothing.
   *
   * @param inputs as for {@link #run}
   * @throws IllegalArgumentException if an input does not fit; the message names it
   */
  default void prepare(Tensor[] inputs) {}

  /**
   * Runs {@code iterations} times and measures every kernel.
   *
   * @return the kernels in the order in which they ran, with their median times
   */
  List<KernelProfile> profile(Tensor[] inputs, int iterations);

  /**
   * Bytes of activations and scratch memory that the last run used, or the next will where it was
   * prepared; 0 before the first.
   */
  long activationBytes();

  /**
   * The most bytes of {@link #activationBytes()} that hold something needed at one moment, which no
   * plan of memory can go below.
   */
  long liveActivationBytes();

  /** Frees scratch memory. A second call does nothing. */
  @Override
  void close();
}
