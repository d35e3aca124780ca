package dev.lathe.backend.onednn.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

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
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(ValueLayout.JAVA_LONG);
      Status.check(
          Function.STREAM_CREATE.call(result.address(), engine.handle(), IN_ORDER),
          "creating a stream");
      return new Stream(result.get(ValueLayout.JAVA_LONG, 0));
    }
  }

  @Override
  public String toString() {
    return "stream";
  }
}
