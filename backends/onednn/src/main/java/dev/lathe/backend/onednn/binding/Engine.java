package dev.lathe.backend.onednn.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

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
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(ValueLayout.JAVA_LONG);
      Status.check(
          Function.ENGINE_CREATE.call(result.address(), CPU, 0), "creating the CPU engine");
      return new Engine(result.get(ValueLayout.JAVA_LONG, 0));
    }
  }

  @Override
  public String toString() {
    return "CPU engine";
  }
}
