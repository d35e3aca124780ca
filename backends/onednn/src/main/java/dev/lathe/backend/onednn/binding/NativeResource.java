package dev.lathe.backend.onednn.binding;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A native object with one owner, who closes it. Closing twice is harmless; use after closing is an
 * {@link IllegalStateException}. Closing while another thread is inside a call with the object is
 * the owner's mistake to avoid.
 */
public abstract sealed class NativeResource implements AutoCloseable
    permits Engine, Stream, Memory, PrimitiveDescriptor, Primitive {
  private static final VarHandle HANDLE;

  static {
    try {
      HANDLE = MethodHandles.lookup().findVarHandle(NativeResource.class, "handle", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Function destroy;
  private long handle;

  NativeResource(long handle, Function destroy) {
    this.handle = handle;
    this.destroy = destroy;
  }

  /** The native object's address. */
  final long handle() {
    long current = handle;
    if (current == 0) {
      throw new IllegalStateException(this + " is closed");
    }
    return current;
  }

  /** Destroys the native object, the first time it is called. */
  @Override
  public final void close() {
    long current = (long) HANDLE.getAndSet(this, 0L);
    if (current != 0) {
      Status.check(destroy.call(current), "destroying", this);
    }
  }
}
