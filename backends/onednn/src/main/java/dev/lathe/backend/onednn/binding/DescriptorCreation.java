package dev.lathe.backend.onednn.binding;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks oneDNN for a primitive descriptor: one C function for each {@link Operation}. */
final class DescriptorCreation {
  private static final int FORWARD_INFERENCE = 96;
  private static final int CONVOLUTION_DIRECT = 0x1;
  private static final int DECONVOLUTION_DIRECT = 0xa;
  private static final int SOFTMAX_ACCURATE = 0x30000;
  private static final int SOFTMAX_LOG = 0x30001;
  private static final int LRN_ACROSS_CHANNELS = 0xaff;
  private static final int LRN_WITHIN_CHANNEL = 0xbff;
  private static final int RESAMPLING_NEAREST = 0x2fff0;
  private static final int RESAMPLING_LINEAR = 0x2fff1;
  private static final int USE_SCALE = 0x2;
  private static final int USE_SHIFT = 0x4;
  private static final int RMS_NORM = 0x20;

  private final Calls scope;
  private final long result;
  private final long engine;
  private final long attributes;

  DescriptorCreation(Calls scope, long result, long engine, long attributes) {
    this.scope = scope;
    this.result = result;
    this.engine = engine;
    this.attributes = attributes;
  }

  /** The status of the creation; the descriptor is in the result cell if it is success. */
  long create(Operation operation) {
    return switch (operation) {
      // The commonest first: classes are asked for in this order, and loaded as they are.
      case Operation.Convolution o -> convolution(o);
      case Operation.MatMul o ->
          scope.call(
              Function.MATMUL_PRIMITIVE_DESC_CREATE,
              result,
              engine,
              md(o.source()),
              md(o.weights()),
              md(o.bias()),
              md(o.destination()),
              attributes);
      case Operation.Binary o ->
          scope.call(
              Function.BINARY_PRIMITIVE_DESC_CREATE_V2,
              result,
              engine,
              o.algorithm().code(),
              md(o.first()),
              md(o.second()),
              md(o.condition()),
              md(o.destination()),
              attributes);
      case Operation.Pooling o -> pooling(o);
      case Operation.Eltwise o ->
          scope.callWithFloats(
              Function.ELTWISE_FORWARD_PRIMITIVE_DESC_CREATE,
              o.alpha(),
              o.beta(),
              0,
              result,
              engine,
              FORWARD_INFERENCE,
              o.algorithm().code(),
              md(o.source()),
              md(o.destination()),
              attributes);
      case Operation.Concat o ->
          scope.call(
              Function.CONCAT_PRIMITIVE_DESC_CREATE,
              result,
              engine,
              md(o.destination()),
              o.sources().size(),
              o.axis(),
              scope.descriptors(o.sources()),
              attributes);
      case Operation.Softmax o ->
          scope.call(
              Function.SOFTMAX_FORWARD_PRIMITIVE_DESC_CREATE,
              result,
              engine,
              FORWARD_INFERENCE,
              o.logarithm() ? SOFTMAX_LOG : SOFTMAX_ACCURATE,
              md(o.source()),
              md(o.destination()),
              o.axis(),
              attributes);
      case Operation.LayerNormalization o -> layerNormalization(o);
      case Operation.Deconvolution o -> deconvolution(o);
      case Operation.InnerProduct o ->
          scope.call(
              Function.INNER_PRODUCT_FORWARD_PRIMITIVE_DESC_CREATE,
              result,
              engine,
              FORWARD_INFERENCE,
              md(o.source()),
              md(o.weights()),
              md(o.bias()),
              md(o.destination()),
              attributes);
      case Operation.GroupNormalization o ->
          scope.callWithFloats(
              Function.GROUP_NORMALIZATION_FORWARD_PRIMITIVE_DESC_CREATE,
              o.epsilon(),
              0,
              0,
              result,
              engine,
              FORWARD_INFERENCE,
              md(o.source()),
              md(o.destination()),
              o.groups(),
              USE_SCALE | USE_SHIFT,
              attributes);
      case Operation.Prelu o ->
          scope.call(
              Function.PRELU_FORWARD_PRIMITIVE_DESC_CREATE,
              result,
              engine,
              FORWARD_INFERENCE,
              md(o.source()),
              md(o.weights()),
              md(o.destination()),
              attributes);
      case Operation.Reduction o ->
          scope.callWithFloats(
              Function.REDUCTION_PRIMITIVE_DESC_CREATE,
              o.p(),
              o.epsilon(),
              0,
              result,
              engine,
              o.algorithm().code(),
              md(o.source()),
              md(o.destination()),
              attributes);
      case Operation.Reorder o ->
          scope.call(
              Function.REORDER_PRIMITIVE_DESC_CREATE,
              result,
              md(o.source()),
              engine,
              md(o.destination()),
              engine,
              attributes);
      case Operation.Sum o ->
          scope.call(
              Function.SUM_PRIMITIVE_DESC_CREATE,
              result,
              engine,
              md(o.destination()),
              o.sources().size(),
              scope.floats(o.scales()),
              scope.descriptors(o.sources()),
              attributes);
      case Operation.Resampling o -> resampling(o);
      case Operation.Lrn o ->
          scope.callWithFloats(
              Function.LRN_FORWARD_PRIMITIVE_DESC_CREATE,
              o.alpha(),
              o.beta(),
              o.k(),
              result,
              engine,
              FORWARD_INFERENCE,
              o.acrossChannels() ? LRN_ACROSS_CHANNELS : LRN_WITHIN_CHANNEL,
              md(o.source()),
              md(o.destination()),
              o.size(),
              attributes);
      case Operation.Shuffle o ->
          scope.call(
              Function.SHUFFLE_FORWARD_PRIMITIVE_DESC_CREATE,
              result,
              engine,
              FORWARD_INFERENCE,
              md(o.source()),
              md(o.destination()),
              o.axis(),
              o.groupSize(),
              attributes);
      case Operation.Rnn o -> rnn(o);
    };
  }

  private long convolution(Operation.Convolution o) {
    // Not auto: Winograd, the other algorithm, rounds differently.
    return scope.call(
        Function.CONVOLUTION_FORWARD_PRIMITIVE_DESC_CREATE,
        result,
        engine,
        FORWARD_INFERENCE,
        CONVOLUTION_DIRECT,
        md(o.source()),
        md(o.weights()),
        md(o.bias()),
        md(o.destination()),
        list(o.window().strides()),
        list(o.window().dilations()),
        list(o.window().padBegin()),
        list(o.window().padEnd()),
        attributes);
  }

  private long deconvolution(Operation.Deconvolution o) {
    return scope.call(
        Function.DECONVOLUTION_FORWARD_PRIMITIVE_DESC_CREATE,
        result,
        engine,
        FORWARD_INFERENCE,
        DECONVOLUTION_DIRECT,
        md(o.source()),
        md(o.weights()),
        md(o.bias()),
        md(o.destination()),
        list(o.window().strides()),
        list(o.window().dilations()),
        list(o.window().padBegin()),
        list(o.window().padEnd()),
        attributes);
  }

  private long pooling(Operation.Pooling o) {
    return scope.call(
        Function.POOLING_FORWARD_PRIMITIVE_DESC_CREATE,
        result,
        engine,
        FORWARD_INFERENCE,
        o.algorithm().code(),
        md(o.source()),
        md(o.destination()),
        list(o.window().strides()),
        list(o.kernel()),
        list(o.window().dilations()),
        list(o.window().padBegin()),
        list(o.window().padEnd()),
        attributes);
  }

  private long layerNormalization(Operation.LayerNormalization o) {
    int flags =
        (o.scale() ? USE_SCALE : 0) | (o.shift() ? USE_SHIFT : 0) | (o.rms() ? RMS_NORM : 0);
    return scope.callWithFloats(
        Function.LAYER_NORMALIZATION_FORWARD_PRIMITIVE_DESC_CREATE,
        o.epsilon(),
        0,
        0,
        result,
        engine,
        FORWARD_INFERENCE,
        md(o.source()),
        md(o.destination()),
        md(o.statistics()),
        flags,
        attributes);
  }

  private long resampling(Operation.Resampling o) {
    return scope.call(
        Function.RESAMPLING_FORWARD_PRIMITIVE_DESC_CREATE,
        result,
        engine,
        FORWARD_INFERENCE,
        o.linear() ? RESAMPLING_LINEAR : RESAMPLING_NEAREST,
        o.factors().isEmpty() ? 0 : scope.floats(o.factors()),
        md(o.source()),
        md(o.destination()),
        attributes);
  }

  private long rnn(Operation.Rnn o) {
    int direction = o.direction().code();
    return switch (o.cell()) {
      case Operation.RnnCell.Vanilla v ->
          scope.callWithFloats(
              Function.VANILLA_RNN_FORWARD_PRIMITIVE_DESC_CREATE,
              v.alpha(),
              v.beta(),
              0,
              result,
              engine,
              FORWARD_INFERENCE,
              v.activation().code(),
              direction,
              md(o.source()),
              md(o.sourceIteration()),
              md(o.weightsLayer()),
              md(o.weightsIteration()),
              md(o.bias()),
              md(o.destination()),
              md(o.destinationIteration()),
              0,
              attributes);
      case Operation.RnnCell.Gru g -> gru(Function.GRU_FORWARD_PRIMITIVE_DESC_CREATE, o, direction);
      case Operation.RnnCell.GruLinearBeforeReset g ->
          gru(Function.LBR_GRU_FORWARD_PRIMITIVE_DESC_CREATE, o, direction);
      case Operation.RnnCell.Lstm l ->
          scope.call(
              Function.LSTM_FORWARD_PRIMITIVE_DESC_CREATE,
              result,
              engine,
              FORWARD_INFERENCE,
              direction,
              md(o.source()),
              md(o.sourceIteration()),
              md(l.sourceCell()),
              md(o.weightsLayer()),
              md(o.weightsIteration()),
              md(l.peephole()),
              md(l.projection()),
              md(o.bias()),
              md(o.destination()),
              md(o.destinationIteration()),
              md(l.destinationCell()),
              0,
              attributes);
    };
  }

  private long gru(Function function, Operation.Rnn o, int direction) {
    return scope.call(
        function,
        result,
        engine,
        FORWARD_INFERENCE,
        direction,
        md(o.source()),
        md(o.sourceIteration()),
        md(o.weightsLayer()),
        md(o.weightsIteration()),
        md(o.bias()),
        md(o.destination()),
        md(o.destinationIteration()),
        0,
        attributes);
  }

  private long md(@Nullable MemoryDescriptor descriptor) {
    return scope.descriptor(descriptor);
  }

  private long list(List<Long> values) {
    return scope.array(values);
  }
}
