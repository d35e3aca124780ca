package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.Argument;
import dev.lathe.backend.onednn.binding.Attributes;
import dev.lathe.backend.onednn.binding.BinaryAlgorithm;
import dev.lathe.backend.onednn.binding.EltwiseAlgorithm;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.Operation;
import dev.lathe.backend.onednn.binding.PostOp;
import dev.lathe.backend.onednn.binding.PrimitiveDescriptor;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.op.LinalgOp.Attention;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Attention of floats: in generated code, or as three primitives: scores in f32 with scale and mask
 * as post-ops, softmax, in place unless the values are of a narrower type, and the product with
 * these.
 */
final class AttentionLowering {
  private final BlockLowering block;
  private final MatMulLowering products;

  AttentionLowering(BlockLowering block, MatMulLowering products) {
    this.block = block;
    this.products = products;
  }

  /** Lowers a node; false if oneDNN does not compute it. */
  boolean lower(Node node, Attention op) {
    long[] dims = Types.dims(node.result().type());
    int rank = dims.length;
    List<View> given = new ArrayList<>();
    for (int i = 0; i < node.operands().size(); i++) {
      given.add(MatMulLowering.unrepeated(block.operand(node, i), rank));
    }
    Layout to = MatMulLowering.preferred(node.result());
    List<Layout> layouts = new ArrayList<>(given.stream().map(View::layout).toList());
    layouts.add(to);
    BatchDims batch = BatchDims.of(dims, layouts);
    if (new GeneratedAttention(block).lower(node, op, batch, given, to)) {
      return true;
    }
    View q = products.multipliable(batch.of(given.get(0)));
    View k = products.multipliable(batch.of(given.get(1)));
    View v = products.multipliable(batch.of(given.get(2)));
    View mask = given.size() > 3 ? batch.of(given.get(3)) : null;
    View keys = k.with(k.layout().transposeMatrix());
    long[] scoreDims = batch.of(to).dims();
    long length = v.layout().dim(scoreDims.length - 2);
    scoreDims[scoreDims.length - 1] = length;
    View scores = block.emitter().allocate(ElementType.F32, Layout.dense(scoreDims));
    View weights =
        v.elementType() == ElementType.F32
            ? scores
            : block.emitter().allocate(v.elementType(), scores.layout());
    if (!scores(q, keys, mask, scores, op.scale()) || !softmax(scores, weights, op.nanToZero())) {
      return false;
    }
    return new Anchor(block, node, "attention")
        .layout(to)
        .space(layout -> batch.of(layout.prepend(rank)))
        .reads(weights, v)
        .flops(2 * to.count() * length)
        .evenSlow()
        .emit(
            destination ->
                new Operation.MatMul(
                    Types.descriptor(weights), Types.descriptor(v), null, destination),
            descriptor -> kernel -> kernel.with(Argument.SRC, weights).with(Argument.WEIGHTS, v));
  }

  private boolean scores(View q, View keys, @Nullable View mask, View scores, float scale) {
    Attributes scaled = Attributes.NONE.plus(new PostOp.Eltwise(EltwiseAlgorithm.LINEAR, scale, 0));
    if (mask == null) {
      return scores(q, keys, null, scores, scaled, true);
    }
    // Row-major: of a mask that lies otherwise than the scores, oneDNN has the reference kernel
    // only; so it has of one that is repeated over a middle dimension.
    View seen = block.emitter().dense(mask);
    if (scores(q, keys, seen, scores, masked(scaled, seen), false)) {
      return true;
    }
    Layout repeated = mask.layout().broadcast(scores.layout().dims());
    View full = block.emitter().dense(mask.with(repeated));
    return scores(q, keys, full, scores, masked(scaled, full), true);
  }

  private static Attributes masked(Attributes scaled, View mask) {
    return scaled.plus(new PostOp.Binary(BinaryAlgorithm.ADD, Types.descriptor(mask)));
  }

  /**
   * Emits the product of queries and keys.
   *
   * @param mask what the second post-op adds, or null for none
   * @param evenSlow whether a slow kernel will do
   */
  private boolean scores(
      View q,
      View keys,
      @Nullable View mask,
      View scores,
      Attributes attributes,
      boolean evenSlow) {
    Operation product =
        new Operation.MatMul(
            Types.descriptor(q), Types.descriptor(keys), null, Types.descriptor(scores));
    Optional<PrimitiveDescriptor> descriptor =
        evenSlow
            ? block.emitter().requestAny(product, attributes)
            : block.emitter().request(product, attributes);
    if (descriptor.isEmpty()) {
      return false;
    }
    Emitter.Kernel kernel =
        block
            .emitter()
            .kernel(descriptor.get())
            .with(Argument.SRC, q)
            .with(Argument.WEIGHTS, keys)
            .with(Argument.DST, scores)
            .flops(2 * scores.layout().count() * q.layout().dim(q.layout().rank() - 1));
    if (mask != null) {
      kernel.with(Argument.postOp(1, Argument.SRC_1), mask);
    }
    kernel.emit("attention scores");
    return true;
  }

  private boolean softmax(View scores, View weights, boolean nanToZero) {
    MemoryDescriptor source = Types.descriptor(scores);
    MemoryDescriptor destination = Types.descriptor(weights);
    // Of 0 and what is not a number, oneDNN's kernels take 0 for the greater.
    Attributes attributes =
        nanToZero
            ? Attributes.NONE.plus(new PostOp.Eltwise(EltwiseAlgorithm.RELU, 0, 0))
            : Attributes.NONE;
    Optional<PrimitiveDescriptor> softmax =
        block
            .emitter()
            .requestAny(
                new Operation.Softmax(false, source, destination, scores.layout().rank() - 1),
                attributes);
    softmax.ifPresent(
        found ->
            block
                .emitter()
                .kernel(found)
                .with(Argument.SRC, scores)
                .with(Argument.DST, weights)
                .emit("attention softmax"));
    return softmax.isPresent();
  }
}
