package dev.lathe.backend.onednn.binding;

import org.jspecify.annotations.Nullable;

/**
 * Generates many primitives in a row whose kernels are known by name: the native form of a
 * descriptor that comes again is made once. Used by one thread; what it made outlives it.
 */
public final class PrimitiveFactory implements AutoCloseable {
  private final Engine engine;
  private final NativeScope scope = new NativeScope();
  private final long cell = scope.cell();

  /** The native form of {@link Attributes#NONE}; 0 before it is needed. */
  private long none;

  /** A factory of primitives of {@code engine}. */
  public PrimitiveFactory(Engine engine) {
    this.engine = engine;
  }

  /**
   * Asks for a kernel and generates it. The thread count of the calling thread ({@link OpenMp#use})
   * is part of the question.
   *
   * @param implementation the name of the kernel it has to be; null for any
   * @return the primitive, the caller's to close
   * @throws IllegalArgumentException if oneDNN has another or none
   */
  public Primitive create(
      Operation operation, Attributes attributes, @Nullable String implementation) {
    try (NativeScope own = new NativeScope()) {
      int status =
          (int)
              new DescriptorCreation(scope, cell, engine.handle(), attributes(attributes, own))
                  .create(operation);
      if (status == Status.UNIMPLEMENTED) {
        throw new IllegalArgumentException("no kernel for " + operation);
      }
      if (status != Status.SUCCESS) {
        throw Status.failure(status, operation + " " + attributes);
      }
      long descriptor = own.own(scope.value(cell), Function.PRIMITIVE_DESC_DESTROY);
      if (implementation != null) {
        check(PrimitiveDescriptor.implementation(descriptor, operation), implementation);
      }
      Status.check(Function.PRIMITIVE_CREATE.call(cell, descriptor), "generating", operation);
      return new Primitive(scope.value(cell), operation);
    }
  }

  private static void check(String found, String implementation) {
    if (!found.equals(implementation)) {
      throw new IllegalArgumentException("the kernel is " + found + " and not " + implementation);
    }
  }

  private long attributes(Attributes attributes, NativeScope own) {
    if (!attributes.equals(Attributes.NONE)) {
      return attributes.create(own);
    }
    if (none == 0) {
      none = attributes.create(scope);
    }
    return none;
  }

  /** Destroys the descriptors. */
  @Override
  public void close() {
    scope.close();
  }
}
