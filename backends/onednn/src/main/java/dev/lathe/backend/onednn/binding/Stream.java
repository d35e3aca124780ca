package dev.lathe.backend.onednn.binding;

/**
 * A queue of primitives to execute, one thread's. On the CPU a primitive has run to its end when
 * its execution returns.
 */
public final class Stream extends NativeResource {
  private static final int IN_ORDER = 1;

  private Stream(long handle) {
    super(handle, Function.STREAM_DESTROY);
  }

  /** Creates a stream of {@code engine}. */
  public static Stream of(Engine engine) {
    try (NativeScope scope = new NativeScope()) {
      long result = scope.cell();
      Status.check(
          Function.STREAM_CREATE.call(result, engine.handle(), IN_ORDER), "creating a stream");
      return new Stream(scope.value(result));
    }
  }

  @Override
  public String toString() {
    return "stream";
  }
}
