package dev.lathe.frontend.builder;

import dev.lathe.frontend.layers.Layer;

/**
 * Embeddings, recurrent layers, attention and what merges tensors as methods of a tensor, each with
 * the arguments that must be given first and all others by name; docs/layers.md lists them.
 */
interface SequenceMethods extends LayerCalls {

  /** Keras {@code RepeatVector}. */
  default SymbolicTensor repeatVector(long n, NamedArgument... arguments) {
    return layer("repeat_vector", LayerCalls.all(arguments, n));
  }

  /** Keras {@code Add}. */
  default SymbolicTensor add(SymbolicTensor other, NamedArgument... arguments) {
    return merge("add", other, (Object[]) arguments);
  }

  /** Keras {@code Subtract}. */
  default SymbolicTensor subtract(SymbolicTensor other, NamedArgument... arguments) {
    return merge("subtract", other, (Object[]) arguments);
  }

  /** Keras {@code Multiply}. */
  default SymbolicTensor multiply(SymbolicTensor other, NamedArgument... arguments) {
    return merge("multiply", other, (Object[]) arguments);
  }

  /** Keras {@code Average}. */
  default SymbolicTensor average(SymbolicTensor other, NamedArgument... arguments) {
    return merge("average", other, (Object[]) arguments);
  }

  /** Keras {@code Maximum}. */
  default SymbolicTensor maximum(SymbolicTensor other, NamedArgument... arguments) {
    return merge("maximum", other, (Object[]) arguments);
  }

  /** Keras {@code Minimum}. */
  default SymbolicTensor minimum(SymbolicTensor other, NamedArgument... arguments) {
    return merge("minimum", other, (Object[]) arguments);
  }

  /** Keras {@code Concatenate}. */
  default SymbolicTensor concatenate(SymbolicTensor other, NamedArgument... arguments) {
    return merge("concatenate", other, (Object[]) arguments);
  }

  /** Keras {@code Dot}. */
  default SymbolicTensor dot(SymbolicTensor other, Object axes, NamedArgument... arguments) {
    return merge("dot", other, LayerCalls.all(arguments, axes));
  }

  /** Keras {@code Masking}. */
  default SymbolicTensor masking(NamedArgument... arguments) {
    return layer("masking", (Object[]) arguments);
  }

  /** Keras {@code CategoryEncoding}. */
  default SymbolicTensor categoryEncoding(long numTokens, NamedArgument... arguments) {
    return layer("category_encoding", LayerCalls.all(arguments, numTokens));
  }

  /** Keras {@code Discretization}. */
  default SymbolicTensor discretization(NamedArgument... arguments) {
    return layer("discretization", (Object[]) arguments);
  }

  /** Keras {@code IntegerLookup}. */
  default SymbolicTensor integerLookup(NamedArgument... arguments) {
    return layer("integer_lookup", (Object[]) arguments);
  }

  /** Keras {@code Embedding}. */
  default SymbolicTensor embedding(long inputDim, long outputDim, NamedArgument... arguments) {
    return layer("embedding", LayerCalls.all(arguments, inputDim, outputDim));
  }

  /** Keras {@code ReversibleEmbedding}. */
  default SymbolicTensor reversibleEmbedding(
      long inputDim, long outputDim, NamedArgument... arguments) {
    return layer("reversible_embedding", LayerCalls.all(arguments, inputDim, outputDim));
  }

  /** Keras {@code EinsumDense}. */
  default SymbolicTensor einsumDense(
      String equation, Object outputShape, NamedArgument... arguments) {
    return layer("einsum_dense", LayerCalls.all(arguments, equation, outputShape));
  }

  /** Keras {@code SimpleRNN}. */
  default SymbolicTensor simpleRnn(long units, NamedArgument... arguments) {
    return layer("simple_rnn", LayerCalls.all(arguments, units));
  }

  /** Keras {@code LSTM}. */
  default SymbolicTensor lstm(long units, NamedArgument... arguments) {
    return layer("lstm", LayerCalls.all(arguments, units));
  }

  /** Keras {@code GRU}. */
  default SymbolicTensor gru(long units, NamedArgument... arguments) {
    return layer("gru", LayerCalls.all(arguments, units));
  }

  /** Keras {@code ConvLSTM1D}. */
  default SymbolicTensor convLstm1d(long filters, long kernelSize, NamedArgument... arguments) {
    return layer("conv_lstm1d", LayerCalls.all(arguments, filters, kernelSize));
  }

  /** Keras {@code ConvLSTM2D}. */
  default SymbolicTensor convLstm2d(long filters, Object kernelSize, NamedArgument... arguments) {
    return layer("conv_lstm2d", LayerCalls.all(arguments, filters, kernelSize));
  }

  /** Keras {@code ConvLSTM3D}. */
  default SymbolicTensor convLstm3d(long filters, Object kernelSize, NamedArgument... arguments) {
    return layer("conv_lstm3d", LayerCalls.all(arguments, filters, kernelSize));
  }

  /** Keras {@code Bidirectional}. */
  default SymbolicTensor bidirectional(Layer layer, NamedArgument... arguments) {
    return layer("bidirectional", LayerCalls.all(arguments, layer));
  }

  /** Keras {@code TimeDistributed}. */
  default SymbolicTensor timeDistributed(Layer layer, NamedArgument... arguments) {
    return layer("time_distributed", LayerCalls.all(arguments, layer));
  }

  /** Keras {@code MultiHeadAttention}. */
  default SymbolicTensor multiHeadAttention(
      SymbolicTensor other, long numHeads, long keyDim, NamedArgument... arguments) {
    return merge("multi_head_attention", other, LayerCalls.all(arguments, numHeads, keyDim));
  }

  /** Keras {@code GroupQueryAttention}. */
  default SymbolicTensor groupQueryAttention(
      SymbolicTensor other,
      long headDim,
      long numQueryHeads,
      long numKeyValueHeads,
      NamedArgument... arguments) {
    return merge(
        "group_query_attention",
        other,
        LayerCalls.all(arguments, headDim, numQueryHeads, numKeyValueHeads));
  }

  /** Keras {@code GroupedQueryAttention}. */
  default SymbolicTensor groupedQueryAttention(
      SymbolicTensor other,
      long headDim,
      long numQueryHeads,
      long numKeyValueHeads,
      NamedArgument... arguments) {
    return merge(
        "grouped_query_attention",
        other,
        LayerCalls.all(arguments, headDim, numQueryHeads, numKeyValueHeads));
  }

  /** Keras {@code Attention}. */
  default SymbolicTensor attention(SymbolicTensor other, NamedArgument... arguments) {
    return merge("attention", other, (Object[]) arguments);
  }

  /** Keras {@code AdditiveAttention}. */
  default SymbolicTensor additiveAttention(SymbolicTensor other, NamedArgument... arguments) {
    return merge("additive_attention", other, (Object[]) arguments);
  }
}
