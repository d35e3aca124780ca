package dev.lathe.runtime.spi;

/**
 * A graph that a backend made ready to run. Immutable as seen from outside, and shared by threads.
 */
public interface Executable extends AutoCloseable {

  /** A new context of execution, for one thread at a time. Close it before this. */
  Execution newExecution();

  /** Frees packed weights and programs. A second call does nothing. */
  @Override
  void close();
}
