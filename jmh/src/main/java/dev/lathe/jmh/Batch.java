package dev.lathe.jmh;

import dev.lathe.Lathe;
import dev.lathe.ir.Dim;
import dev.lathe.ir.TensorType;
import dev.lathe.runtime.Signature;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.TensorSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How many samples a run computes at once, and along which axis of each input they lie.
 *
 * <p>The batch of a model is the symbol that is the first size of an input, in the order of the
 * inputs. Where another input shares no symbol with that one, as a recurrent state whose sizes were
 * exported under names of their own, its batch is its first open axis that is as long as the batch
 * in the test data.
 *
 * @param size the samples; 0 for as many as the test data have
 * @param axes for every input the axis of its samples, or -1 where it has none
 */
record Batch(int size, List<Integer> axes) {
  /** The test data as they are. */
  static final Batch AS_GIVEN = new Batch(0, List.of());

  private static final String GIVEN = "-";

  Batch {
    axes = List.copyOf(axes);
  }

  /**
   * A batch of a model.
   *
   * @param model an {@code .onnx} file
   * @param size the samples; 0 for as many as the test data have
   */
  static Batch of(Path model, List<Tensor> testData, int size) {
    if (size == 0) {
      return AS_GIVEN;
    }
    try (Arena arena = Arena.ofShared()) {
      return of(Signature.of(Lathe.importModel(model, arena).forward()), testData, size);
    }
  }

  /** A batch of a model of a signature; {@link #AS_GIVEN} where no input has an open batch. */
  static Batch of(Signature signature, List<Tensor> testData, int size) {
    for (int i = 0; i < testData.size(); i++) {
      TensorType type = signature.inputs().get(i).type();
      if (type.rank() > 0 && type.dim(0).isSymbol()) {
        List<Integer> axes = new ArrayList<>();
        for (int j = 0; j < testData.size(); j++) {
          axes.add(axis(signature.inputs().get(j), type, testData.get(j), testData.get(i).dim(0)));
        }
        return new Batch(size, axes);
      }
    }
    return AS_GIVEN;
  }

  private static int axis(TensorSpec spec, TensorType first, Tensor data, long samples) {
    TensorType type = spec.type();
    int same = type.shape().dims().indexOf(first.dim(0));
    if (same >= 0) {
      return same;
    }
    boolean related = type.shape().dims().stream().anyMatch(d -> d.isSymbol() && has(first, d));
    for (int axis = 0; axis < type.rank() && !related; axis++) {
      if (type.dim(axis).isSymbol() && data.dim(axis) == samples) {
        return axis;
      }
    }
    return -1;
  }

  private static boolean has(TensorType type, Dim dim) {
    return type.shape().dims().contains(dim);
  }

  /**
   * Inputs of this batch: the samples of the test data in turn, from the first again where more are
   * needed.
   */
  List<Tensor> apply(List<Tensor> testData, Arena arena) {
    if (size == 0) {
      return testData;
    }
    List<Tensor> result = new ArrayList<>();
    for (int i = 0; i < testData.size(); i++) {
      int axis = axes.get(i);
      result.add(axis < 0 ? testData.get(i) : samples(testData.get(i), axis, arena));
    }
    return result;
  }

  private Tensor samples(Tensor from, int axis, Arena arena) {
    long[] shape = from.shape();
    long given = shape[axis];
    if (given == 0) {
      throw new IllegalArgumentException("the test data have no sample to make a batch of");
    }
    long outer = 1;
    for (int i = 0; i < axis; i++) {
      outer *= shape[i];
    }
    shape[axis] = size;
    Tensor to = Tensor.allocate(arena, from.elementType(), shape);
    long bytes = outer == 0 ? 0 : from.segment().byteSize() / (outer * given);
    for (long i = 0; i < outer; i++) {
      for (long j = 0; j < size; j++) {
        MemorySegment.copy(
            from.segment(),
            (i * given + j % given) * bytes,
            to.segment(),
            (i * size + j) * bytes,
            bytes);
      }
    }
    return to;
  }

  /** The shapes of inputs for people: {@code 1x3x224x224}, {@code 3 of 2x64}. */
  static String shapes(List<Tensor> inputs) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < inputs.size(); ) {
      int end = i + 1;
      while (end < inputs.size() && inputs.get(end).hasShape(inputs.get(i).shape())) {
        end++;
      }
      String shape =
          inputs.get(i).rank() == 0
              ? "scalar"
              : Arrays.stream(inputs.get(i).shape())
                  .mapToObj(Long::toString)
                  .collect(Collectors.joining("x"));
      parts.add(end - i == 1 ? shape : end - i + " of " + shape);
      i = end;
    }
    return String.join(", ", parts);
  }

  /** Reads what {@link #toString} writes. */
  static Batch parse(String text) {
    if (text.equals(GIVEN)) {
      return AS_GIVEN;
    }
    int colon = text.indexOf(':');
    return new Batch(
        Integer.parseInt(text.substring(0, colon)),
        Arrays.stream(text.substring(colon + 1).split(",", -1)).map(Integer::valueOf).toList());
  }

  /** {@code 8:0,0,1}: the samples, and the axis of each input; {@code -} for the test data's. */
  @Override
  public String toString() {
    return size == 0
        ? GIVEN
        : size + ":" + axes.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
