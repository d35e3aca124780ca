package dev.lathe.backend.onednn.program;

import dev.lathe.backend.onednn.binding.Attributes;
import dev.lathe.backend.onednn.binding.OpenMp;
import dev.lathe.backend.onednn.binding.Operation;
import dev.lathe.backend.onednn.binding.Primitive;
import dev.lathe.backend.onednn.binding.PrimitiveDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * A primitive that oneDNN has promised and that is generated later, perhaps by another thread:
 * lowering needs only the promise, and generation is what takes time. Instructions that ask for the
 * same share one.
 */
public final class PrimitiveSource implements AutoCloseable {
  private final PrimitiveDescriptor descriptor;
  private final int threads;
  private volatile @Nullable Primitive primitive;

  /**
   * A promise.
   *
   * @param descriptor what the primitive is generated from; open until then
   * @param threads the thread count under which it was asked for, and under which the primitive is
   *     to be generated and executed
   */
  public PrimitiveSource(PrimitiveDescriptor descriptor, int threads) {
    this.descriptor = descriptor;
    this.threads = threads;
  }

  /** What it computes. */
  public Operation operation() {
    return descriptor.operation();
  }

  /** What was asked of it beyond the operation. */
  public Attributes attributes() {
    return descriptor.attributes();
  }

  /** The threads that execute the primitive. */
  public int threads() {
    return threads;
  }

  /** Generates the primitive. To be called once; sets the thread count of the calling thread. */
  public void generate() {
    OpenMp.use(threads);
    primitive = descriptor.create();
  }

  /** The generated primitive, owned by this. */
  public Primitive primitive() {
    Primitive generated = primitive;
    if (generated == null) {
      throw new IllegalStateException(descriptor + " is not generated yet");
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
