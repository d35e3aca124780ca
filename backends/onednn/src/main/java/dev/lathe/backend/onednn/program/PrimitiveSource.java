package dev.lathe.backend.onednn.program;

import dev.lathe.backend.onednn.binding.Primitive;
import dev.lathe.backend.onednn.binding.PrimitiveDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * A primitive that oneDNN has promised and that is generated later, perhaps by another thread:
 * lowering needs only the promise, and generation is what takes time.
 */
public final class PrimitiveSource implements AutoCloseable {
  private final PrimitiveDescriptor descriptor;
  private volatile @Nullable Primitive primitive;

  /** Owns {@code descriptor} from now on. */
  public PrimitiveSource(PrimitiveDescriptor descriptor) {
    this.descriptor = descriptor;
  }

  /** The promise; closed once the primitive is generated. */
  public PrimitiveDescriptor descriptor() {
    return descriptor;
  }

  /**
   * Generates the primitive. To be called once, in a thread that has the program's thread count.
   */
  public void generate() {
    primitive = descriptor.create();
    descriptor.close();
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
    descriptor.close();
    Primitive generated = primitive;
    if (generated != null) {
      generated.close();
    }
  }
}
