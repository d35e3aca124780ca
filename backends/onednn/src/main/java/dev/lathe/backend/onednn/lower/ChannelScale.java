package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.Argument;
import dev.lathe.backend.onednn.binding.Attributes;
import dev.lathe.backend.onednn.binding.BinaryAlgorithm;
import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.binding.Operation;
import dev.lathe.backend.onednn.binding.PrimitiveDescriptor;
import dev.lathe.backend.onednn.jit.CodeSource;
import dev.lathe.backend.onednn.program.Buffer;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.op.ConvolutionOp.Convolution;
import dev.lathe.ir.op.ElementwiseOp;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A factor for each channel in front of a convolution with windows of 1 by 1, such as
 * squeeze-and-excite ends with (Hu et al. 2018): of one sample, it is multiplied into the weights,
 * which are fewer than the elements of a large image.
 *
 * @param node the multiplication
 * @param image what is multiplied, (1, C, H, W)
 * @param factors (1, C, 1, 1)
 */
record ChannelScale(Node node, View image, View factors) {
  /** The image is read and written, the weights too; below, calls cost what is saved. */
  private static final long LESS = 2;

  private static final long MOST_BYTES = 1 << 30;

  /** The factor that a node is, or null if it is to be lowered as it stands. */
  static @Nullable ChannelScale of(Node node, BlockLowering block) {
    if (!(node.op() instanceof ElementwiseOp.Binary binary)
        || binary.function() != ElementwiseOp.BinaryFunction.MUL
        || node.result().type().elementType() != ElementType.F32
        || node.result().type().rank() != 4
        || block.emitter().isFolding()
        || !OneDnn.hasAvx512()) {
      return null;
    }
    long[] dims = Types.dims(node.result().type());
    long[] factorDims = {1, dims[1], 1, 1};
    for (int i = 0; i < 2; i++) {
      if (dims[0] == 1
          && Arrays.equals(Types.dims(node.operand(i).type()), dims)
          && Arrays.equals(Types.dims(node.operand(1 - i).type()), factorDims)
          && isPaidBack(node, dims, block)) {
        return new ChannelScale(
            node, block.typed(node.operand(i)), block.typed(node.operand(1 - i)));
      }
    }
    return null;
  }

  private static boolean isPaidBack(Node node, long[] dims, BlockLowering block) {
    if (node.result().users().size() != 1 || node.result().isBlockResult()) {
      return false;
    }
    Node user = node.result().users().iterator().next();
    return user.op() instanceof Convolution convolution
        && convolution.groups() == 1
        && user.operand(0) == node.result()
        && block.isDefined(user.operand(1))
        && block.operand(user, 1).isConstant()
        && Arrays.equals(
            Types.dims(user.operand(1).type()),
            new long[] {Types.dims(user.result().type())[1], dims[1], 1, 1})
        && LESS * Types.dims(user.result().type())[1] <= dims[2] * dims[3];
  }

  /** The weights of the convolution times the factors, as its kernel wants them. */
  Buffer scaled(View weights, MemoryDescriptor wanted, Emitter emitter) {
    MemoryDescriptor rows = wanted.blockedRows();
    long channels = weights.layout().dim(1);
    View vector = emitter.dense(factors);
    if (rows != null && rows.dim(2) % CodeSource.LANES == 0 && rows.size() <= MOST_BYTES) {
      Layout layout = Layout.dense(rows.dims());
      View packed = new View(emitter.packed(weights, wanted), ElementType.F32, layout);
      View scaled = emitter.allocate(ElementType.F32, layout);
      multiply(packed, scaled, vector, emitter);
      return scaled.buffer();
    }
    // Row-major, and then as the kernel wants them, at every run.
    View plain = emitter.dense(weights);
    View product = emitter.allocate(ElementType.F32, Layout.dense(plain.layout().dims()));
    MemoryDescriptor dense = Types.descriptor(product);
    PrimitiveDescriptor multiply =
        emitter
            .requestAny(multiply(dense, 1, channels, 1, 1), Attributes.NONE)
            .orElseThrow(() -> new UnsupportedOperationException("oneDNN cannot scale " + dense));
    emitter
        .kernel(multiply)
        .with(Argument.SRC, dense, plain)
        .with(Argument.SRC_1, MemoryDescriptor.dense(DataType.F32, 1, channels, 1, 1), vector)
        .with(Argument.DST, dense, product)
        .emit("mul weights");
    return emitter.reordered(product, wanted);
  }

  /** The weights of the convolution times the factors, in panels. */
  View scaled(View panels, CodeSource.Product product, Emitter emitter) {
    View vector = emitter.dense(factors);
    View scaled = emitter.allocate(ElementType.F32, panels.layout());
    long inner = product.inner();
    long width = CodeSource.Product.PANEL * CodeSource.LANES;
    long whole = product.columns() / width;
    long rest = Math.ceilDiv(product.columns() % width, CodeSource.LANES) * CodeSource.LANES;
    if (whole > 0) {
      Layout layout = Layout.dense(whole, inner, width);
      multiply(panels.with(layout), scaled.with(layout), vector, emitter);
    }
    if (rest > 0) {
      Layout layout = Layout.dense(1, inner, rest).at(whole * inner * width);
      multiply(panels.with(layout), scaled.with(layout), vector, emitter);
    }
    return scaled;
  }

  /** Multiplies rows, (blocks, rows, lanes), with a factor each. */
  private static void multiply(View packed, View scaled, View vector, Emitter emitter) {
    Layout rows = packed.layout();
    CodeSource.ScaleRows code =
        new CodeSource.ScaleRows((int) rows.dim(0), (int) rows.dim(1), (int) rows.dim(2));
    emitter.generated(
        code,
        "mul weights",
        0,
        code.units(),
        packed.byteSize() + scaled.byteSize(),
        List.of(packed, vector, scaled),
        emitter.sources());
  }

  private static Operation multiply(MemoryDescriptor weights, long... factors) {
    return new Operation.Binary(
        BinaryAlgorithm.MUL, weights, MemoryDescriptor.dense(DataType.F32, factors), null, weights);
  }
}
