package dev.lathe.backend.onednn.binding;

/**
 * A generated kernel. Any number of threads may execute it at the same time, each through its own
 * {@link PrimitiveCall}, with its own memory and scratchpad.
 */
public final class Primitive extends NativeResource {
  private final Object operation;

  /**
   * @param operation what it computes, for messages
   */
  Primitive(long handle, Object operation) {
    super(handle, Function.PRIMITIVE_DESTROY);
    this.operation = operation;
  }

  @Override
  public String toString() {
    return operation.toString();
  }
}
