package dev.lathe.backend.onednn.program;

import dev.lathe.backend.onednn.binding.OpenMp;
import dev.lathe.backend.onednn.binding.Primitive;
import dev.lathe.backend.onednn.binding.PrimitiveDescriptor;
import dev.lathe.backend.onednn.binding.PrimitiveFactory;
import dev.lathe.backend.onednn.binding.Recipe;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A primitive that is generated later, perhaps by another thread: lowering needs only oneDNN's
 * promise, and generation is what takes time. Instructions that ask for the same share one.
 */
public final class PrimitiveSource implements AutoCloseable {
  private final @Nullable PrimitiveDescriptor descriptor;
  private final @Nullable Recipe recipe;
  private final String implementation;
  private final int threads;
  private volatile @Nullable Primitive primitive;

  private PrimitiveSource(
      @Nullable PrimitiveDescriptor descriptor,
      @Nullable Recipe recipe,
      String implementation,
      int threads) {
    this.descriptor = descriptor;
    this.recipe = recipe;
    this.implementation = implementation;
    this.threads = threads;
  }

  /**
   * A primitive that oneDNN has promised.
   *
   * @param descriptor what the primitive is generated from; open until then
   * @param threads the thread count under which it was asked for, and under which the primitive is
   *     to be generated and executed
   */
  public PrimitiveSource(PrimitiveDescriptor descriptor, int threads) {
    this(descriptor, null, descriptor.implementation(), threads);
  }

  /**
   * A primitive that oneDNN is still to be asked for; see {@link #generate(PrimitiveFactory)}.
   *
   * @param implementation the kernel that it has to be
   */
  public static PrimitiveSource stored(Recipe recipe, String implementation, int threads) {
    return new PrimitiveSource(null, recipe, implementation, threads);
  }

  /** What was promised, which tells what the primitive computes; perhaps closed by now. */
  public PrimitiveDescriptor descriptor() {
    if (descriptor == null) {
      throw new IllegalStateException("of a stored primitive nothing is known but " + recipe);
    }
    return descriptor;
  }

  /** The name of the kernel. */
  public String implementation() {
    return implementation;
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
    OpenMp.use(threads);
    primitive = descriptor().create();
  }

  /**
   * Asks for a stored primitive and generates it. To be called once; sets the thread count of the
   * calling thread.
   *
   * @param factory the calling thread's
   * @throws IllegalArgumentException if oneDNN has another kernel or none
   */
  public void generate(PrimitiveFactory factory) {
    OpenMp.use(threads);
    primitive = factory.create(Objects.requireNonNull(recipe), implementation);
  }

  /** The generated primitive, owned by this. */
  public Primitive primitive() {
    Primitive generated = primitive;
    if (generated == null) {
      throw new IllegalStateException(implementation + " is not generated yet");
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
