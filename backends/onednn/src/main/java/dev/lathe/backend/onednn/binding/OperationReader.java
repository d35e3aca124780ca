package dev.lathe.backend.onednn.binding;

import dev.lathe.backend.onednn.binding.Operation.RnnCell;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what {@link OperationWriter} writes.
 *
 * <p>Methods return from each case, rather than have a switch with a value: where values of several
 * records meet, the JVM loads the class of each to verify the method. Constants of enums are found
 * by their place: by name, the JVM would reflect on each enum first.
 */
@SuppressWarnings({"EnumOrdinal", "RefactorSwitch"})
public final class OperationReader {
  private OperationReader() {}

  /**
   * Reads an operation.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Operation read(BinaryInput in) {
    int kind = in.integer();
    switch (kind) {
      case 0 -> {
        return new Operation.Convolution(
            in.descriptor(), in.descriptor(), in.descriptorOrNull(), in.descriptor(), window(in));
      }
      case 1 -> {
        return new Operation.Deconvolution(
            in.descriptor(), in.descriptor(), in.descriptorOrNull(), in.descriptor(), window(in));
      }
      case 2 -> {
        return new Operation.InnerProduct(
            in.descriptor(), in.descriptor(), in.descriptorOrNull(), in.descriptor());
      }
      case 3 -> {
        return new Operation.MatMul(
            in.descriptor(), in.descriptor(), in.descriptorOrNull(), in.descriptor());
      }
      case 4 -> {
        return new Operation.Pooling(
            PoolingAlgorithm.values()[in.integer()],
            in.descriptor(),
            in.descriptor(),
            in.list(),
            window(in));
      }
      case 5 -> {
        return new Operation.Softmax(in.bool(), in.descriptor(), in.descriptor(), in.integer());
      }
      case 6 -> {
        return new Operation.LayerNormalization(
            in.descriptor(),
            in.descriptor(),
            in.descriptorOrNull(),
            in.single(),
            in.bool(),
            in.bool(),
            in.bool());
      }
      case 7 -> {
        return new Operation.GroupNormalization(
            in.descriptor(), in.descriptor(), in.number(), in.single());
      }
      case 8 -> {
        return new Operation.Eltwise(
            EltwiseAlgorithm.values()[in.integer()],
            in.descriptor(),
            in.descriptor(),
            in.single(),
            in.single());
      }
      case 9 -> {
        return new Operation.Binary(
            BinaryAlgorithm.values()[in.integer()],
            in.descriptor(),
            in.descriptor(),
            in.descriptorOrNull(),
            in.descriptor());
      }
      default -> {
        return readMore(in, kind);
      }
    }
  }

  private static Operation readMore(BinaryInput in, int kind) {
    switch (kind) {
      case 10 -> {
        return new Operation.Prelu(in.descriptor(), in.descriptor(), in.descriptor());
      }
      case 11 -> {
        return new Operation.Reduction(
            ReductionAlgorithm.values()[in.integer()],
            in.descriptor(),
            in.descriptor(),
            in.single(),
            in.single());
      }
      case 12 -> {
        return new Operation.Reorder(in.descriptor(), in.descriptor());
      }
      case 13 -> {
        return new Operation.Concat(descriptors(in), in.descriptor(), in.integer());
      }
      case 14 -> {
        return new Operation.Sum(descriptors(in), in.singles(), in.descriptor());
      }
      case 15 -> {
        return new Operation.Resampling(in.bool(), in.descriptor(), in.descriptor(), in.singles());
      }
      case 16 -> {
        return new Operation.Lrn(
            in.bool(),
            in.descriptor(),
            in.descriptor(),
            in.number(),
            in.single(),
            in.single(),
            in.single());
      }
      case 17 -> {
        return new Operation.Shuffle(in.descriptor(), in.descriptor(), in.integer(), in.number());
      }
      case 18 -> {
        return rnn(in);
      }
      default -> throw new IllegalArgumentException("an operation of kind " + kind);
    }
  }

  private static Window window(BinaryInput in) {
    return new Window(in.list(), in.list(), in.list(), in.list());
  }

  private static List<MemoryDescriptor> descriptors(BinaryInput in) {
    int count = in.count();
    List<MemoryDescriptor> descriptors = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      descriptors.add(in.descriptor());
    }
    return descriptors;
  }

  private static Operation rnn(BinaryInput in) {
    return new Operation.Rnn(
        cell(in),
        RnnDirection.values()[in.integer()],
        in.descriptor(),
        in.descriptorOrNull(),
        in.descriptor(),
        in.descriptor(),
        in.descriptorOrNull(),
        in.descriptor(),
        in.descriptorOrNull());
  }

  private static RnnCell cell(BinaryInput in) {
    int kind = in.integer();
    switch (kind) {
      case 0 -> {
        return new RnnCell.Vanilla(
            EltwiseAlgorithm.values()[in.integer()], in.single(), in.single());
      }
      case 1 -> {
        return new RnnCell.Gru();
      }
      case 2 -> {
        return new RnnCell.GruLinearBeforeReset();
      }
      case 3 -> {
        return new RnnCell.Lstm(
            in.descriptorOrNull(),
            in.descriptorOrNull(),
            in.descriptorOrNull(),
            in.descriptorOrNull());
      }
      default -> throw new IllegalArgumentException("a cell of kind " + kind);
    }
  }

  /**
   * Reads attributes.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Attributes readAttributes(BinaryInput in) {
    int count = in.count();
    List<PostOp> postOps = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      postOps.add(postOp(in));
    }
    List<Attributes.Quantization> scales = quantizations(in);
    List<Attributes.Quantization> zeroPoints = quantizations(in);
    Attributes.FpMath fpMath = new Attributes.FpMath(FpMathMode.values()[in.integer()], in.bool());
    Attributes.RnnQuantization rnn =
        in.bool() ? new Attributes.RnnQuantization(in.single(), in.single(), in.singles()) : null;
    return new Attributes(postOps, scales, zeroPoints, fpMath, rnn);
  }

  private static PostOp postOp(BinaryInput in) {
    int kind = in.integer();
    switch (kind) {
      case 0 -> {
        return new PostOp.Eltwise(
            EltwiseAlgorithm.values()[in.integer()], in.single(), in.single());
      }
      case 1 -> {
        return new PostOp.Sum(in.single(), in.integer());
      }
      case 2 -> {
        return new PostOp.Binary(BinaryAlgorithm.values()[in.integer()], in.descriptor());
      }
      case 3 -> {
        return new PostOp.Prelu(in.integer());
      }
      case 4 -> {
        return new PostOp.Depthwise(
            DataType.of(in.integer()),
            DataType.of(in.integer()),
            DataType.of(in.integer()),
            in.number(),
            in.number(),
            in.number());
      }
      default -> throw new IllegalArgumentException("a post-op of kind " + kind);
    }
  }

  private static List<Attributes.Quantization> quantizations(BinaryInput in) {
    int count = in.count();
    List<Attributes.Quantization> quantizations = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      quantizations.add(
          new Attributes.Quantization(
              in.integer(), in.integer(), in.list(), DataType.of(in.integer())));
    }
    return quantizations;
  }
}
