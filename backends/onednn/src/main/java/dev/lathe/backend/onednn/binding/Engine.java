package dev.lathe.backend.onednn.binding;

/**
 * The CPU as a device of oneDNN. Primitives, memory and streams belong to an engine, and are closed
 * before it. Thread-safe; engines share the process's cache of generated kernels.
 */
public final class Engine extends NativeResource {
  private static final int CPU = 1;

  private Engine(long handle) {
    super(handle, Function.ENGINE_DESTROY);
  }

  /**
   * Creates an engine, loading the native library if this is the first use of it.
   *
   * @throws OneDnnException where the library cannot be loaded on this machine
   */
  public static Engine cpu() {
    OneDnn.load();
    try (NativeScope scope = new NativeScope()) {
      long result = scope.cell();
      Status.check(Function.ENGINE_CREATE.call(result, CPU, 0), "creating the CPU engine");
      return new Engine(scope.value(result));
    }
  }

  @Override
  public String toString() {
    return "CPU engine";
  }
}
