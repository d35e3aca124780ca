package dev.lathe.runtime;

/**
 * A model and one session of it: what an instance of a generated class holds. For generated
 * classes.
 *
 * <p>Used by one thread at a time, as its session is; other threads {@link #fork} it.
 */
public final class ModelHandle implements AutoCloseable {
  private final Model model;
  private final Session session;
  private final boolean ownsModel;

  private ModelHandle(Model model, boolean ownsModel) {
    this.model = model;
    this.session = model.newSession();
    this.ownsModel = ownsModel;
  }

  /**
   * Loads the model of a generated class; {@link #close} closes it.
   *
   * @throws ModelLoadException if it cannot be loaded
   */
  public static ModelHandle load(Class<?> type, ModelOptions options) {
    Model model = Model.load(type, options);
    boolean made = false;
    try {
      ModelHandle handle = new ModelHandle(model, true);
      made = true;
      return handle;
    } finally {
      if (!made) {
        model.close();
      }
    }
  }

  /** Another session of the same model, for another thread; close it before this. */
  public ModelHandle fork() {
    return new ModelHandle(model, false);
  }

  /** Computes the outputs; see {@link Session#run(Tensor...)}. */
  public Tensor[] run(Tensor... inputs) {
    return session.run(inputs);
  }

  /** The session. */
  public Session session() {
    return session;
  }

  /** The model. */
  public Model model() {
    return model;
  }

  /**
   * Closes the session, and the model if this loaded it.
   *
   * @throws IllegalStateException if forks of this are still open
   */
  @Override
  public void close() {
    session.close();
    if (ownsModel) {
      model.close();
    }
  }
}
