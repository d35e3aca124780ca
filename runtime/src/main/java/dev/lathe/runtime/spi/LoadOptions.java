package dev.lathe.runtime.spi;

/**
 * How a backend shall run a graph.
 *
 * @param threads the threads that compute one run, at least 1
 */
public record LoadOptions(int threads) {
  /**
   * @throws IllegalArgumentException if there is no thread
   */
  public LoadOptions {
    if (threads < 1) {
      throw new IllegalArgumentException(
          "the number of threads must be at least 1, not " + threads);
    }
  }

  /** As many threads as the process may use processors, which honours a container's limit. */
  public static LoadOptions defaults() {
    return new LoadOptions(Runtime.getRuntime().availableProcessors());
  }
}
