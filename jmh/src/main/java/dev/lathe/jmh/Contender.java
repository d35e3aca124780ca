package dev.lathe.jmh;

/** One engine with one model loaded and inputs bound, ready to be measured. */
interface Contender extends AutoCloseable {

  /** Computes all outputs once. */
  void run();

  @Override
  void close();
}
