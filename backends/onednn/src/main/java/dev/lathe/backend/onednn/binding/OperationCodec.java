package dev.lathe.backend.onednn.binding;

import dev.lathe.backend.onednn.binding.Operation.RnnCell;
import java.util.ArrayList;
import java.util.List;

/**
 * The binary form of operations and attributes, by which a program is kept for another process. A
 * number for the kind, then the fields in the order of the record.
 */
public final class OperationCodec {
  private OperationCodec() {}

  /** Writes an operation. */
  public static void write(BinaryOutput out, Operation operation) {
    switch (operation) {
      case Operation.Convolution o -> {
        out.number(0).descriptor(o.source()).descriptor(o.weights()).descriptor(o.bias());
        out.descriptor(o.destination());
        write(out, o.window());
      }
      case Operation.Deconvolution o -> {
        out.number(1).descriptor(o.source()).descriptor(o.weights()).descriptor(o.bias());
        out.descriptor(o.destination());
        write(out, o.window());
      }
      case Operation.InnerProduct o -> {
        out.number(2).descriptor(o.source()).descriptor(o.weights()).descriptor(o.bias());
        out.descriptor(o.destination());
      }
      case Operation.MatMul o -> {
        out.number(3).descriptor(o.source()).descriptor(o.weights()).descriptor(o.bias());
        out.descriptor(o.destination());
      }
      case Operation.Pooling o -> {
        out.number(4).constant(o.algorithm()).descriptor(o.source());
        out.descriptor(o.destination()).numbers(o.kernel());
        write(out, o.window());
      }
      case Operation.Softmax o ->
          out.number(5)
              .bool(o.logarithm())
              .descriptor(o.source())
              .descriptor(o.destination())
              .number(o.axis());
      case Operation.LayerNormalization o ->
          out.number(6)
              .descriptor(o.source())
              .descriptor(o.destination())
              .descriptor(o.statistics())
              .single(o.epsilon())
              .bool(o.scale())
              .bool(o.shift())
              .bool(o.rms());
      case Operation.GroupNormalization o ->
          out.number(7)
              .descriptor(o.source())
              .descriptor(o.destination())
              .number(o.groups())
              .single(o.epsilon());
      case Operation.Eltwise o ->
          out.number(8)
              .constant(o.algorithm())
              .descriptor(o.source())
              .descriptor(o.destination())
              .single(o.alpha())
              .single(o.beta());
      case Operation.Binary o ->
          out.number(9)
              .constant(o.algorithm())
              .descriptor(o.first())
              .descriptor(o.second())
              .descriptor(o.condition())
              .descriptor(o.destination());
      case Operation.Prelu o ->
          out.number(10).descriptor(o.source()).descriptor(o.weights()).descriptor(o.destination());
      case Operation.Reduction o ->
          out.number(11)
              .constant(o.algorithm())
              .descriptor(o.source())
              .descriptor(o.destination())
              .single(o.p())
              .single(o.epsilon());
      case Operation.Reorder o -> out.number(12).descriptor(o.source()).descriptor(o.destination());
      case Operation.Concat o -> {
        write(out.number(13), o.sources());
        out.descriptor(o.destination()).number(o.axis());
      }
      case Operation.Sum o -> {
        write(out.number(14), o.sources());
        out.singles(o.scales()).descriptor(o.destination());
      }
      case Operation.Resampling o ->
          out.number(15)
              .bool(o.linear())
              .descriptor(o.source())
              .descriptor(o.destination())
              .singles(o.factors());
      case Operation.Lrn o ->
          out.number(16)
              .bool(o.acrossChannels())
              .descriptor(o.source())
              .descriptor(o.destination())
              .number(o.size())
              .single(o.alpha())
              .single(o.beta())
              .single(o.k());
      case Operation.Shuffle o ->
          out.number(17)
              .descriptor(o.source())
              .descriptor(o.destination())
              .number(o.axis())
              .number(o.groupSize());
      case Operation.Rnn o -> write(out.number(18), o);
    }
  }

  /**
   * Reads an operation.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Operation read(BinaryInput in) {
    int kind = in.integer();
    return switch (kind) {
      case 0 ->
          new Operation.Convolution(
              in.descriptor(), in.descriptor(), in.descriptorOrNull(), in.descriptor(), window(in));
      case 1 ->
          new Operation.Deconvolution(
              in.descriptor(), in.descriptor(), in.descriptorOrNull(), in.descriptor(), window(in));
      case 2 ->
          new Operation.InnerProduct(
              in.descriptor(), in.descriptor(), in.descriptorOrNull(), in.descriptor());
      case 3 ->
          new Operation.MatMul(
              in.descriptor(), in.descriptor(), in.descriptorOrNull(), in.descriptor());
      case 4 ->
          new Operation.Pooling(
              in.constant(PoolingAlgorithm.class),
              in.descriptor(),
              in.descriptor(),
              in.list(),
              window(in));
      case 5 -> new Operation.Softmax(in.bool(), in.descriptor(), in.descriptor(), in.integer());
      case 6 ->
          new Operation.LayerNormalization(
              in.descriptor(),
              in.descriptor(),
              in.descriptorOrNull(),
              in.single(),
              in.bool(),
              in.bool(),
              in.bool());
      case 7 ->
          new Operation.GroupNormalization(
              in.descriptor(), in.descriptor(), in.number(), in.single());
      case 8 ->
          new Operation.Eltwise(
              in.constant(EltwiseAlgorithm.class),
              in.descriptor(),
              in.descriptor(),
              in.single(),
              in.single());
      case 9 ->
          new Operation.Binary(
              in.constant(BinaryAlgorithm.class),
              in.descriptor(),
              in.descriptor(),
              in.descriptorOrNull(),
              in.descriptor());
      default -> readMore(in, kind);
    };
  }

  private static Operation readMore(BinaryInput in, int kind) {
    return switch (kind) {
      case 10 -> new Operation.Prelu(in.descriptor(), in.descriptor(), in.descriptor());
      case 11 ->
          new Operation.Reduction(
              in.constant(ReductionAlgorithm.class),
              in.descriptor(),
              in.descriptor(),
              in.single(),
              in.single());
      case 12 -> new Operation.Reorder(in.descriptor(), in.descriptor());
      case 13 -> new Operation.Concat(descriptors(in), in.descriptor(), in.integer());
      case 14 -> new Operation.Sum(descriptors(in), in.singles(), in.descriptor());
      case 15 ->
          new Operation.Resampling(in.bool(), in.descriptor(), in.descriptor(), in.singles());
      case 16 ->
          new Operation.Lrn(
              in.bool(),
              in.descriptor(),
              in.descriptor(),
              in.number(),
              in.single(),
              in.single(),
              in.single());
      case 17 -> new Operation.Shuffle(in.descriptor(), in.descriptor(), in.integer(), in.number());
      case 18 -> rnn(in);
      default -> throw new IllegalArgumentException("an operation of kind " + kind);
    };
  }

  private static void write(BinaryOutput out, Window window) {
    out.numbers(window.strides())
        .numbers(window.dilations())
        .numbers(window.padBegin())
        .numbers(window.padEnd());
  }

  private static Window window(BinaryInput in) {
    return new Window(in.list(), in.list(), in.list(), in.list());
  }

  private static void write(BinaryOutput out, List<MemoryDescriptor> descriptors) {
    out.number(descriptors.size());
    descriptors.forEach(out::descriptor);
  }

  private static List<MemoryDescriptor> descriptors(BinaryInput in) {
    int count = in.count();
    List<MemoryDescriptor> descriptors = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      descriptors.add(in.descriptor());
    }
    return descriptors;
  }

  private static void write(BinaryOutput out, Operation.Rnn o) {
    switch (o.cell()) {
      case RnnCell.Vanilla cell ->
          out.number(0).constant(cell.activation()).single(cell.alpha()).single(cell.beta());
      case RnnCell.Gru cell -> out.number(1);
      case RnnCell.GruLinearBeforeReset cell -> out.number(2);
      case RnnCell.Lstm cell ->
          out.number(3)
              .descriptor(cell.sourceCell())
              .descriptor(cell.peephole())
              .descriptor(cell.projection())
              .descriptor(cell.destinationCell());
    }
    out.constant(o.direction())
        .descriptor(o.source())
        .descriptor(o.sourceIteration())
        .descriptor(o.weightsLayer())
        .descriptor(o.weightsIteration())
        .descriptor(o.bias())
        .descriptor(o.destination())
        .descriptor(o.destinationIteration());
  }

  private static Operation rnn(BinaryInput in) {
    int kind = in.integer();
    RnnCell cell =
        switch (kind) {
          case 0 ->
              new RnnCell.Vanilla(in.constant(EltwiseAlgorithm.class), in.single(), in.single());
          case 1 -> new RnnCell.Gru();
          case 2 -> new RnnCell.GruLinearBeforeReset();
          case 3 ->
              new RnnCell.Lstm(
                  in.descriptorOrNull(),
                  in.descriptorOrNull(),
                  in.descriptorOrNull(),
                  in.descriptorOrNull());
          default -> throw new IllegalArgumentException("a cell of kind " + kind);
        };
    return new Operation.Rnn(
        cell,
        in.constant(RnnDirection.class),
        in.descriptor(),
        in.descriptorOrNull(),
        in.descriptor(),
        in.descriptor(),
        in.descriptorOrNull(),
        in.descriptor(),
        in.descriptorOrNull());
  }

  /** Writes attributes. */
  public static void write(BinaryOutput out, Attributes attributes) {
    out.number(attributes.postOps().size());
    for (PostOp postOp : attributes.postOps()) {
      write(out, postOp);
    }
    writeQuantizations(out, attributes.scales());
    writeQuantizations(out, attributes.zeroPoints());
    out.constant(attributes.fpMath().mode()).bool(attributes.fpMath().applyToIntegers());
    Attributes.RnnQuantization rnn = attributes.rnn();
    out.bool(rnn != null);
    if (rnn != null) {
      out.single(rnn.dataScale()).single(rnn.dataShift()).singles(rnn.weightScales());
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
    Attributes.FpMath fpMath = new Attributes.FpMath(in.constant(FpMathMode.class), in.bool());
    Attributes.RnnQuantization rnn =
        in.bool() ? new Attributes.RnnQuantization(in.single(), in.single(), in.singles()) : null;
    return new Attributes(postOps, scales, zeroPoints, fpMath, rnn);
  }

  private static void write(BinaryOutput out, PostOp postOp) {
    switch (postOp) {
      case PostOp.Eltwise e ->
          out.number(0).constant(e.algorithm()).single(e.alpha()).single(e.beta());
      case PostOp.Sum s -> out.number(1).single(s.scale()).number(s.zeroPoint());
      case PostOp.Binary b -> out.number(2).constant(b.algorithm()).descriptor(b.operand());
      case PostOp.Prelu p -> out.number(3).number(p.mask());
      case PostOp.Depthwise d ->
          out.number(4)
              .number(d.weights().code())
              .number(d.bias().code())
              .number(d.destination().code())
              .number(d.kernel())
              .number(d.stride())
              .number(d.padBegin());
    }
  }

  private static PostOp postOp(BinaryInput in) {
    int kind = in.integer();
    return switch (kind) {
      case 0 -> new PostOp.Eltwise(in.constant(EltwiseAlgorithm.class), in.single(), in.single());
      case 1 -> new PostOp.Sum(in.single(), in.integer());
      case 2 -> new PostOp.Binary(in.constant(BinaryAlgorithm.class), in.descriptor());
      case 3 -> new PostOp.Prelu(in.integer());
      case 4 ->
          new PostOp.Depthwise(
              DataType.of(in.integer()),
              DataType.of(in.integer()),
              DataType.of(in.integer()),
              in.number(),
              in.number(),
              in.number());
      default -> throw new IllegalArgumentException("a post-op of kind " + kind);
    };
  }

  private static void writeQuantizations(
      BinaryOutput out, List<Attributes.Quantization> quantizations) {
    out.number(quantizations.size());
    for (Attributes.Quantization q : quantizations) {
      out.number(q.argument()).number(q.mask()).numbers(q.groups()).number(q.type().code());
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
