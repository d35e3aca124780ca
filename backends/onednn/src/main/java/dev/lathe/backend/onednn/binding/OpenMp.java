package dev.lathe.backend.onednn.binding;

import java.lang.foreign.Arena;
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
 * <p>How long a thread waits for the others before it sleeps is read by libgomp from the
 * environment when the library loads, so it is one for all models of a process; {@link Waiting}
 * chooses it. Variables that the user has set are left alone.
 */
public final class OpenMp {
  /** As many processors as the mask of {@link #allowedProcessors} has bits for. */
  private static final int MASK_BYTES = 128;

  private static final int SC_NPROCESSORS_ONLN = 84;

  private static final String WAIT_POLICY = "OMP_WAIT_POLICY";

  private OpenMp() {}

  /** Apart from its owner, whose environment is prepared before the library is loaded. */
  private static final class Symbols {
    static final long SET_THREADS = Function.OMP_SET_NUM_THREADS.address();
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

  /** Whether threads wait as the machine's load suggests, rather than as somebody has asked for. */
  static boolean adapts() {
    return !isSetByEnvironment()
        && Waiting.of(System.getProperty(Waiting.PROPERTY)) == Waiting.AUTO
        && defaultThreads() > 1;
  }

  /** Whether somebody has asked for threads that do not wait actively. */
  static boolean waitsPassively() {
    return waitsPassively(System.getenv(), Waiting.of(System.getProperty(Waiting.PROPERTY)));
  }

  static boolean waitsPassively(Map<String, String> environment, Waiting waiting) {
    return isSetBy(environment)
        ? "passive".equalsIgnoreCase(environment.get(WAIT_POLICY))
        : waiting == Waiting.PASSIVE;
  }

  private static boolean isSetByEnvironment() {
    return isSetBy(System.getenv());
  }

  private static boolean isSetBy(Map<String, String> environment) {
    return environment.containsKey(WAIT_POLICY) || environment.containsKey("GOMP_SPINCOUNT");
  }

  /** Sets what libgomp reads when it is loaded; to be called before that. */
  static void prepareEnvironment() {
    if (isSetByEnvironment()) {
      return;
    }
    Waiting waiting = Waiting.of(System.getProperty(Waiting.PROPERTY));
    try (Arena arena = Arena.ofConfined();
        NativeScope scope = new NativeScope()) {
      // The C library is loaded already; to ask for it by name is quicker than the linker's lookup.
      SymbolLookup library = SymbolLookup.libraryLookup("libc.so.6", arena);
      long turns = waiting.turns(defaultThreads(), allowedProcessors(library, scope));
      long name = scope.text("GOMP_SPINCOUNT");
      long value = scope.text(Long.toString(turns));
      Downcall.narrow(library.findOrThrow("setenv").address(), name, value, 0, 0, 0, 0);
    }
  }

  /** The processors that the machine has, whichever of them the process may run on. */
  static int onlineProcessors() {
    try (Arena arena = Arena.ofConfined()) {
      SymbolLookup library = SymbolLookup.libraryLookup("libc.so.6", arena);
      long function = library.findOrThrow("sysconf").address();
      return (int) Downcall.narrow(function, SC_NPROCESSORS_ONLN, 0, 0, 0, 0, 0);
    }
  }

  /** The processors that the process may run on, whatever part of their time it gets. */
  static int allowedProcessors() {
    try (Arena arena = Arena.ofConfined();
        NativeScope scope = new NativeScope()) {
      return allowedProcessors(SymbolLookup.libraryLookup("libc.so.6", arena), scope);
    }
  }

  private static int allowedProcessors(SymbolLookup library, NativeScope scope) {
    long mask = scope.array(new long[MASK_BYTES / Long.BYTES]);
    long function = library.findOrThrow("sched_getaffinity").address();
    if ((int) Downcall.narrow(function, 0, MASK_BYTES, mask, 0, 0, 0) != 0) {
      // More processors than the mask has bits for.
      return Byte.SIZE * MASK_BYTES;
    }
    int count = 0;
    for (int i = 0; i < MASK_BYTES / Long.BYTES; i++) {
      count += Long.bitCount(scope.value(mask + (long) i * Long.BYTES));
    }
    return count;
  }
}
