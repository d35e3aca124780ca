package dev.lathe.backend.onednn.binding;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Generates many primitives in a row by their recipes: the native form of a descriptor that comes
 * again is made once. Used by one thread; what it made outlives it.
 */
public final class PrimitiveFactory implements AutoCloseable {
  private static final int QUERY_IMPLEMENTATION = 8;

  private final Engine engine;
  private final NativeScope scope = new NativeScope();

  /** A factory of primitives of {@code engine}. */
  public PrimitiveFactory(Engine engine) {
    this.engine = engine;
  }

  /**
   * Asks for a kernel and generates it. The thread count of the calling thread ({@link OpenMp#use})
   * is part of the question.
   *
   * @param implementation the name of the kernel it has to be
   * @return the primitive, the caller's to close
   * @throws IllegalArgumentException if oneDNN has another or none, or the recipe is damaged
   */
  public Primitive create(Recipe recipe, String implementation) {
    try (NativeScope own = new NativeScope()) {
      long cell = own.cell();
      long status = recipe.follow(scope, own, cell, engine.handle());
      if ((int) status == Status.UNIMPLEMENTED) {
        throw new IllegalArgumentException("no kernel for " + recipe);
      }
      Status.check(status, "asking for", recipe);
      long descriptor = own.own(own.value(cell), Function.PRIMITIVE_DESC_DESTROY);
      check(implementation(descriptor, recipe), implementation);
      Status.check(Function.PRIMITIVE_CREATE.call(cell, descriptor), "generating", recipe);
      return new Primitive(own.value(cell), recipe);
    }
  }

  /** The name of the kernel of a native descriptor of an operation. */
  static String implementation(long descriptor, Object operation) {
    try (NativeScope scope = new NativeScope()) {
      long result = scope.cell();
      Status.check(
          Function.PRIMITIVE_DESC_QUERY.call(descriptor, QUERY_IMPLEMENTATION, 0, result),
          "querying the implementation of",
          operation);
      long text = scope.value(result);
      byte[] bytes = new byte[Math.toIntExact(Function.STRLEN.call(text))];
      MemorySegment.ofAddress(text).reinterpret(bytes.length).asByteBuffer().get(bytes);
      return new String(bytes, StandardCharsets.US_ASCII);
    }
  }

  private static void check(String found, String implementation) {
    if (!found.equals(implementation)) {
      throw new IllegalArgumentException("the kernel is " + found + " and not " + implementation);
    }
  }

  /** Destroys the descriptors. */
  @Override
  public void close() {
    scope.close();
  }
}
