package dev.lathe.backend.onednn.binding;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * OneDNN's answer to an {@link Operation}: the kernel it will use and the layouts that kernel
 * wants. Needed only until the {@link Primitive} is made. Used by one thread at a time.
 */
public final class PrimitiveDescriptor extends NativeResource {
  private static final int QUERY_SOURCE = 129;
  private static final int QUERY_WEIGHTS = 131;
  private static final int QUERY_DESTINATION = 133;
  private static final int QUERY_SCRATCHPAD = 136;
  private static final int QUERY_ARGUMENT = 255;

  private final Operation operation;
  private final Attributes attributes;
  private final Map<Integer, MemoryDescriptor> descriptors = new HashMap<>();
  private @Nullable String implementation;
  private long scratchpadSize = -1;

  private PrimitiveDescriptor(long handle, Operation operation, Attributes attributes) {
    super(handle, Function.PRIMITIVE_DESC_DESTROY);
    this.operation = operation;
    this.attributes = attributes;
  }

  /**
   * Asks for a kernel. The thread count of the calling thread ({@link OpenMp#use}) is part of the
   * question.
   *
   * @return the descriptor, the caller's to close; nothing where oneDNN has no kernel for the
   *     operation with these descriptors and attributes
   * @throws OneDnnException where the operation makes no sense, as with dimensions that do not fit
   */
  public static Optional<PrimitiveDescriptor> of(
      Engine engine, Operation operation, Attributes attributes) {
    try (NativeScope scope = new NativeScope()) {
      long result = scope.cell();
      int status =
          (int)
              new DescriptorCreation(scope, result, engine.handle(), attributes.create(scope))
                  .create(operation);
      if (status == Status.SUCCESS) {
        return Optional.of(new PrimitiveDescriptor(scope.value(result), operation, attributes));
      }
      if (status == Status.UNIMPLEMENTED) {
        return Optional.empty();
      }
      throw Status.failure(
          status,
          attributes.equals(Attributes.NONE) ? "" + operation : operation + " " + attributes);
    }
  }

  /** What was asked for. */
  public Operation operation() {
    return operation;
  }

  /** What was asked of it beyond the operation. */
  public Attributes attributes() {
    return attributes;
  }

  /**
   * The kernel's name, such as {@code brg_conv_fwd:avx512_core}. One that begins with {@code ref}
   * is the slow reference.
   */
  public String implementation() {
    String known = implementation;
    if (known == null) {
      known = PrimitiveFactory.implementation(handle(), operation);
      implementation = known;
    }
    return known;
  }

  /** The descriptor of source number {@code index}. */
  public MemoryDescriptor source(int index) {
    return query(QUERY_SOURCE, index);
  }

  /** The descriptor of the weights number {@code index}. */
  public MemoryDescriptor weights(int index) {
    return query(QUERY_WEIGHTS, index);
  }

  /** The descriptor of destination number {@code index}. */
  public MemoryDescriptor destination(int index) {
    return query(QUERY_DESTINATION, index);
  }

  /** The descriptor of the argument with a number of {@link Argument}. */
  public MemoryDescriptor argument(int argument) {
    return query(QUERY_ARGUMENT, argument);
  }

  /** The bytes of scratchpad an execution needs; 0 where it needs none. */
  public long scratchpadSize() {
    if (scratchpadSize < 0) {
      long descriptor = Function.PRIMITIVE_DESC_QUERY_MD.call(handle(), QUERY_SCRATCHPAD, 0);
      scratchpadSize = descriptor == 0 ? 0 : Function.MEMORY_DESC_GET_SIZE.call(descriptor);
    }
    return scratchpadSize;
  }

  /** The descriptor of the scratchpad; only where its size is not 0. */
  public MemoryDescriptor scratchpad() {
    return query(QUERY_SCRATCHPAD, 0);
  }

  private MemoryDescriptor query(int what, int index) {
    // No query has a number of more than 8 bits, and no argument one of more than 20.
    int key = index << 8 | what;
    MemoryDescriptor known = descriptors.get(key);
    if (known == null) {
      known = read(what, index);
      descriptors.put(key, known);
    }
    return known;
  }

  private MemoryDescriptor read(int what, int index) {
    long descriptor = Function.PRIMITIVE_DESC_QUERY_MD.call(handle(), what, index);
    if (descriptor == 0) {
      throw new OneDnnException(
          "oneDNN: " + operation + " has no descriptor (query " + what + ", " + index + ")");
    }
    return MemoryDescriptor.copyOf(descriptor);
  }

  /**
   * Generates the kernel. Takes about a millisecond unless the process has generated an equal one
   * before.
   *
   * @return the primitive, the caller's to close; it outlives this descriptor
   */
  public Primitive create() {
    try (NativeScope scope = new NativeScope()) {
      long result = scope.cell();
      Status.check(Function.PRIMITIVE_CREATE.call(result, handle()), "generating", operation);
      return new Primitive(scope.value(result), operation);
    }
  }

  @Override
  public String toString() {
    return operation.toString();
  }
}
