package dev.lathe.backend.onednn.program;

import dev.lathe.backend.onednn.binding.Attributes;
import dev.lathe.backend.onednn.binding.OpenMp;
import dev.lathe.backend.onednn.binding.Operation;
import dev.lathe.backend.onednn.binding.Primitive;
import dev.lathe.backend.onednn.binding.PrimitiveDescriptor;
import dev.lathe.backend.onednn.binding.PrimitiveFactory;
import org.jspecify.annotations.Nullable;

/**
 * A primitive that is generated later, perhaps by another thread: lowering needs only oneDNN's
 * promise, and generation is what takes time. Instructions that ask for the same share one.
 */
public final class PrimitiveSource implements AutoCloseable {
  private final Operation operation;
  private final Attributes attributes;
  private final int threads;
  private final @Nullable PrimitiveDescriptor descriptor;
  private volatile @Nullable Primitive primitive;

  private PrimitiveSource(
      Operation operation,
      Attributes attributes,
      int threads,
      @Nullable PrimitiveDescriptor descriptor) {
    this.operation = operation;
    this.attributes = attributes;
    this.threads = threads;
    this.descriptor = descriptor;
  }

  /**
   * A primitive that oneDNN has promised.
   *
   * @param descriptor what the primitive is generated from; open until then
   * @param threads the thread count under which it was asked for, and under which the primitive is
   *     to be generated and executed
   */
  public PrimitiveSource(PrimitiveDescriptor descriptor, int threads) {
    this(descriptor.operation(), descriptor.attributes(), threads, descriptor);
  }

  /**
   * A primitive that oneDNN is still to be asked for; see {@link #generate(PrimitiveFactory,
   * String)}.
   */
  public static PrimitiveSource unasked(Operation operation, Attributes attributes, int threads) {
    return new PrimitiveSource(operation, attributes, threads, null);
  }

  /** What it computes. */
  public Operation operation() {
    return operation;
  }

  /** What was asked of it beyond the operation. */
  public Attributes attributes() {
    return attributes;
  }

  /** The threads that execute the primitive. */
  public int threads() {
    return threads;
  }

  /**
   * Generates a primitive that was promised. To be called once; sets the thread count of the
   * calling thread.
   */
  public void generate() {
    if (descriptor == null) {
      throw new IllegalStateException(operation + " is not promised");
    }
    OpenMp.use(threads);
    primitive = descriptor.create();
  }

  /**
   * Asks for a primitive and generates it. To be called once; sets the thread count of the calling
   * thread.
   *
   * @param factory the calling thread's
   * @param implementation the kernel it has to be
   * @throws IllegalArgumentException if oneDNN has another or none
   */
  public void generate(PrimitiveFactory factory, String implementation) {
    OpenMp.use(threads);
    primitive = factory.create(operation, attributes, implementation);
  }

  /** The generated primitive, owned by this. */
  public Primitive primitive() {
    Primitive generated = primitive;
    if (generated == null) {
      throw new IllegalStateException(operation + " is not generated yet");
    }
    return generated;
  }

  @Override
  public void close() {
    Primitive generated = primitive;
    if (generated != null) {
      generated.close();
    }
  }
}
