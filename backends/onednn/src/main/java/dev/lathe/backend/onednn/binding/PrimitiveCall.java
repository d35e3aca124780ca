package dev.lathe.backend.onednn.binding;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * A primitive with its arguments bound: one thread's, to be run any number of times without
 * allocating. The argument array lives in the scope the call was made in; primitive, stream and
 * memory are referred to, and must stay open as long as it is run.
 */
public final class PrimitiveCall {
  private static final long EXECUTE = Function.PRIMITIVE_EXECUTE.address();

  // struct dnnl_exec_arg_t { int arg; dnnl_memory_t memory; }
  private static final int ARGUMENT_BYTES = 16;
  private static final int MEMORY_OFFSET = 8;

  private final Primitive primitive;
  private final Stream stream;
  private final MemorySegment arguments;
  private final int count;

  /**
   * Binds arguments.
   *
   * @param scope owns the argument array; the call may not be run once it is closed
   * @param arguments the memory of every argument, by the numbers of {@link Argument}
   */
  public PrimitiveCall(
      Scope scope, Primitive primitive, Stream stream, Map<Integer, Memory> arguments) {
    this.primitive = primitive;
    this.stream = stream;
    this.arguments = scope.allocate((long) arguments.size() * ARGUMENT_BYTES);
    this.count = arguments.size();
    // A buffer: the segment's own accessors are method handles that a first run would wait for.
    ByteBuffer array = this.arguments.asByteBuffer().order(ByteOrder.nativeOrder());
    int index = 0;
    for (Map.Entry<Integer, Memory> argument : arguments.entrySet()) {
      int offset = index++ * ARGUMENT_BYTES;
      array.putInt(offset, argument.getKey());
      array.putLong(offset + MEMORY_OFFSET, argument.getValue().handle());
    }
  }

  /** Executes the primitive with its arguments; it is done on return. Allocates nothing. */
  public void run() {
    if (!arguments.scope().isAlive()) {
      throw new IllegalStateException("the scope of the call of " + primitive + " is closed");
    }
    int status =
        (int)
            Downcall.narrow(
                EXECUTE, primitive.handle(), stream.handle(), count, arguments.address(), 0, 0);
    if (status != Status.SUCCESS) {
      throw Status.failure(status, "executing " + primitive);
    }
  }

  /** The primitive that is executed. */
  public Primitive primitive() {
    return primitive;
  }
}
