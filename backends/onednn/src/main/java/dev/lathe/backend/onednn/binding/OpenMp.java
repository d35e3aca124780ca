package dev.lathe.backend.onednn.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Map;

/**
 * The one place that decides how oneDNN's threads behave.
 *
 * <p>oneDNN runs on OpenMP (libgomp). Every Java thread that calls in is the master of a team of
 * its own, and the number of threads is a property of the calling thread: {@link #use(int)} sets
 * it, and has to be called in a thread before it creates or executes primitives, with the same
 * number for both, because oneDNN divides work and sizes scratchpads by it when it creates one.
 *
 * <p>How long a worker waits for work before it sleeps is read by libgomp from the environment when
 * the library loads. Its default, several milliseconds of spinning, takes the processor from other
 * sessions and from the garbage collector whenever a program pauses; sleeping at once makes every
 * kernel pay for a wake-up. {@value #SPIN_COUNT} turns (some hundred microseconds) bridge the gap
 * between two kernels of a program, be there kernels in Java between them that one thread computes:
 * with a twentieth of that, a quantised transformer took a sixth longer, and several sessions at
 * once were no faster. Variables that the user has set are left alone.
 */
public final class OpenMp {
  private static final String SPIN_COUNT = "20000";

  private OpenMp() {}

  /** Apart from its owner, whose environment is prepared before the library is loaded. */
  private static final class Symbols {
    static final MemorySegment SET_THREADS = Function.OMP_SET_NUM_THREADS.symbol();
  }

  /**
   * The number of threads a model uses unless it says otherwise: the processors this process may
   * use, container limits included.
   */
  public static int defaultThreads() {
    return Runtime.getRuntime().availableProcessors();
  }

  /**
   * Makes the calling thread's later calls of oneDNN use {@code threads} threads, itself included.
   * Costs some nanoseconds.
   *
   * @throws IllegalArgumentException where {@code threads} is not positive
   */
  public static void use(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("a thread count must be positive, not " + threads);
    }
    Downcall.narrow(Symbols.SET_THREADS, threads, 0, 0, 0, 0, 0);
  }

  /** The number of threads the calling thread's calls of oneDNN use. */
  public static int current() {
    return (int) Function.OMP_GET_MAX_THREADS.call();
  }

  /** Sets what libgomp reads when it is loaded; to be called before that. */
  static void prepareEnvironment() {
    Map<String, String> environment = System.getenv();
    if (environment.containsKey("OMP_WAIT_POLICY") || environment.containsKey("GOMP_SPINCOUNT")) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      // The C library is loaded already; to ask for it by name is quicker than the linker's lookup.
      MemorySegment symbol = SymbolLookup.libraryLookup("libc.so.6", arena).findOrThrow("setenv");
      long name = arena.allocateFrom("GOMP_SPINCOUNT").address();
      long value = arena.allocateFrom(SPIN_COUNT).address();
      Downcall.narrow(symbol, name, value, 0, 0, 0, 0);
    }
  }
}
