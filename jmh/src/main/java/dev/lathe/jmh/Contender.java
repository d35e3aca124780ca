package dev.lathe.jmh;

import dev.lathe.ir.ElementType;
import dev.lathe.runtime.Tensor;
import java.nio.file.Path;
import java.util.List;

/** One engine with one model loaded and inputs bound, ready to be measured. */
interface Contender extends AutoCloseable {
  /** The name of Lathe. */
  String LATHE = "lathe";

  /** The name of its peer. */
  String PEER = "onnxruntime";

  /** Loads a model into the engine of a name. */
  static Contender of(String engine, Path model, List<Tensor> inputs, int threads) {
    return of(engine, model, inputs, threads, ElementType.F32);
  }

  /**
   * Loads a model into the engine of a name.
   *
   * @param precision in which Lathe computes, where the model is no compiled jar
   */
  static Contender of(
      String engine, Path model, List<Tensor> inputs, int threads, ElementType precision) {
    return switch (engine) {
      case LATHE -> new LatheContender(model, inputs, threads, precision);
      case PEER -> new OnnxRuntimeContender(model, inputs, threads);
      default -> throw new IllegalArgumentException("there is no engine " + engine);
    };
  }

  /** Computes all outputs once. */
  void run();

  @Override
  void close();
}
