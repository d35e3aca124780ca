package dev.lathe.backend.onednn.binding;

import dev.lathe.backend.onednn.binding.Operation.RnnCell;
import java.util.List;

/**
 * Writes operations and attributes in the binary form by which a program is kept for another
 * process: a number for the kind, then the fields in the order of the record. {@link
 * OperationReader} reads it.
 */
public final class OperationWriter {
  private OperationWriter() {}

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

  private static void write(BinaryOutput out, Window window) {
    out.numbers(window.strides())
        .numbers(window.dilations())
        .numbers(window.padBegin())
        .numbers(window.padEnd());
  }

  private static void write(BinaryOutput out, List<MemoryDescriptor> descriptors) {
    out.number(descriptors.size());
    descriptors.forEach(out::descriptor);
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

  private static void writeQuantizations(
      BinaryOutput out, List<Attributes.Quantization> quantizations) {
    out.number(quantizations.size());
    for (Attributes.Quantization q : quantizations) {
      out.number(q.argument()).number(q.mask()).numbers(q.groups()).number(q.type().code());
    }
  }
}
