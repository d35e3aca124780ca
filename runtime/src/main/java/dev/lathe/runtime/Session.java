package dev.lathe.runtime;

import dev.lathe.runtime.spi.Execution;
import dev.lathe.runtime.spi.KernelProfile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A context in which one thread at a time runs a model: its scratch memory, and nothing that one
 * run leaves to the next.
 *
 * <p>A second thread that enters while a run is under way gets an {@link IllegalStateException};
 * make one session for each thread.
 */
public final class Session implements AutoCloseable {
  private final Model model;
  private final Signature signature;
  private final Execution execution;
  private final TensorChecker checker;
  private final AtomicBoolean busy = new AtomicBoolean();
  private boolean closed;

  Session(Model model, Execution execution) {
    this.model = model;
    this.signature = model.signature();
    this.execution = execution;
    this.checker = new TensorChecker(signature);
  }

  /** The model that this runs. */
  public Model model() {
    return model;
  }

  /**
   * Computes the outputs.
   *
   * @param inputs a tensor for each input, by name
   * @return the outputs by name, in the order of the signature; their memory is freed when they are
   *     no longer reachable
   * @throws InvalidTensorException if an input is missing, unknown, or of another type or shape
   * @throws IllegalStateException if the session is closed or another thread is running it
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    Tensor[] ordered = order(inputs);
    Tensor[] outputs = run(ordered);
    Map<String, Tensor> named = new LinkedHashMap<>();
    for (int i = 0; i < outputs.length; i++) {
      named.put(signature.outputs().get(i).name(), outputs[i]);
    }
    return Collections.unmodifiableMap(named);
  }

  private Tensor[] order(Map<String, Tensor> inputs) {
    for (String given : inputs.keySet()) {
      signature.inputIndex(given);
    }
    List<String> missing = new ArrayList<>();
    Tensor[] ordered = new Tensor[signature.inputs().size()];
    for (int i = 0; i < ordered.length; i++) {
      Tensor tensor = inputs.get(signature.inputs().get(i).name());
      if (tensor == null) {
        missing.add("'" + signature.inputs().get(i).name() + "'");
      } else {
        ordered[i] = tensor;
      }
    }
    if (!missing.isEmpty()) {
      throw new InvalidTensorException(
          (missing.size() == 1 ? "input " : "inputs ")
              + String.join(", ", missing)
              + (missing.size() == 1 ? " is" : " are")
              + " missing; the model takes "
              + Signature.list(signature.inputs()));
    }
    return ordered;
  }

  /**
   * Computes the outputs.
   *
   * @param inputs a tensor for each input, in the order of the signature
   * @return the outputs in the order of the signature; their memory is freed when they are no
   *     longer reachable
   * @throws InvalidTensorException if there are too many or too few inputs, or one is of another
   *     type or shape
   * @throws IllegalStateException if the session is closed or another thread is running it
   */
  public Tensor[] run(Tensor... inputs) {
    Tensor[] outputs = new Tensor[signature.outputs().size()];
    run(inputs, outputs);
    checker.checkComplete(outputs);
    return outputs;
  }

  /**
   * Computes the outputs into given memory. Once it has run with inputs of these shapes, it
   * allocates nothing on the Java heap.
   *
   * @param inputs a tensor for each input, in the order of the signature
   * @param outputs a place for each output, in the order of the signature. A tensor that stands
   *     there is written. Where null stands, or a tensor that differs from this run's output in
   *     dimensions that the signature does not fix, a new tensor is put there
   * @throws InvalidTensorException if there are too many or too few tensors, one is of another type
   *     or shape, or an output shares memory with another tensor
   * @throws IllegalStateException if the session is closed or another thread is running it
   */
  public void run(Tensor[] inputs, @Nullable Tensor[] outputs) {
    enter();
    try {
      checker.checkInputs(inputs);
      checker.checkOutputs(inputs, outputs);
      execution.run(inputs, outputs);
    } finally {
      busy.set(false);
    }
  }

  /**
   * Does before the first run what is done once for inputs of these shapes, such as making the
   * program and planning its memory, so that the run itself is short.
   *
   * @param inputs a tensor for each input, in the order of the signature; what their elements are
   *     matters only where shapes depend on them
   * @throws InvalidTensorException as for {@link #run(Tensor...)}
   * @throws IllegalStateException if the session is closed or another thread is running it
   */
  public void prepare(Tensor... inputs) {
    enter();
    try {
      checker.checkInputs(inputs);
      execution.prepare(inputs);
    } finally {
      busy.set(false);
    }
  }

  /**
   * Runs several times and measures every kernel.
   *
   * @param iterations how often to run, at least once
   * @param inputs a tensor for each input, in the order of the signature
   * @return the kernels in the order in which they ran, with their median times
   * @throws InvalidTensorException as for {@link #run(Tensor...)}
   */
  public List<KernelProfile> profile(int iterations, Tensor... inputs) {
    if (iterations < 1) {
      throw new IllegalArgumentException("a profile needs an iteration, not " + iterations);
    }
    enter();
    try {
      checker.checkInputs(inputs);
      return execution.profile(inputs, iterations);
    } finally {
      busy.set(false);
    }
  }

  /**
   * Bytes of activations and scratch memory that the last run used, or the next will where it was
   * {@linkplain #prepare prepared}; 0 before the first, and where nothing is planned before a run.
   */
  public long activationBytes() {
    enter();
    try {
      return execution.activationBytes();
    } finally {
      busy.set(false);
    }
  }

  /**
   * The most bytes of {@link #activationBytes()} that hold something needed at one moment, which no
   * plan of memory can go below.
   */
  public long liveActivationBytes() {
    enter();
    try {
      return execution.liveActivationBytes();
    } finally {
      busy.set(false);
    }
  }

  private void enter() {
    enterUnlessBusy();
    if (closed) {
      busy.set(false);
      throw new IllegalStateException(
          "the session is closed; make another with the model's newSession()");
    }
  }

  private void enterUnlessBusy() {
    if (!busy.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "another thread is running this session; make a session for each thread with the model's"
              + " newSession()");
    }
  }

  /**
   * Frees scratch memory. A second call does nothing.
   *
   * @throws IllegalStateException if another thread is running the session
   */
  @Override
  public void close() {
    enterUnlessBusy();
    try {
      if (!closed) {
        closed = true;
        try {
          execution.close();
        } finally {
          model.sessionClosed();
        }
      }
    } finally {
      busy.set(false);
    }
  }
}
