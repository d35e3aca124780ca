package dev.lathe.frontend.onnx.proto;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the data of some tensors of a model stands that is kept in a file beside it.
 *
 * <p>Source: {@code onnx.proto}, {@code TensorProto.external_data}; the offsets are multiples of
 * what the schema recommends, so that each tensor may be mapped alone.
 */
public final class ExternalData {
  /** Every tensor begins at a multiple of this, in bytes. */
  public static final long ALIGNMENT = 4096;

  private final String location;
  private final List<TensorProto> tensors;
  private final IdentityHashMap<TensorProto, Long> offsets = new IdentityHashMap<>();
  private final long size;

  private ExternalData(String location, List<TensorProto> tensors) {
    this.location = location;
    this.tensors = List.copyOf(tensors);
    long at = 0;
    for (TensorProto tensor : tensors) {
      at = align(at);
      offsets.put(tensor, at);
      at += tensor.data().byteSize();
    }
    this.size = at;
  }

  /** Nothing: every tensor has its data with it. */
  public static ExternalData none() {
    return new ExternalData("", Collections.emptyList());
  }

  /**
   * The data of some tensors.
   *
   * @param location the name of the file, in the model's folder
   * @param tensors those whose data the file holds, in this order; known by identity
   */
  public static ExternalData of(String location, List<TensorProto> tensors) {
    return new ExternalData(location, tensors);
  }

  /** The next multiple of {@link #ALIGNMENT}. */
  public static long align(long offset) {
    return Math.ceilDiv(offset, ALIGNMENT) * ALIGNMENT;
  }

  /** The name of the file. */
  public String location() {
    return location;
  }

  /** The tensors whose data the file holds. */
  public List<TensorProto> tensors() {
    return tensors;
  }

  /** Where the data of a tensor begins, in bytes; null where it stands in the model. */
  public @Nullable Long offset(TensorProto tensor) {
    return offsets.get(tensor);
  }

  /** The bytes of the file. */
  public long size() {
    return size;
  }
}
