package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.Argument;
import dev.lathe.backend.onednn.binding.Attributes;
import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.binding.Operation;
import dev.lathe.backend.onednn.binding.PrimitiveDescriptor;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.LinalgOp;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Products and convolutions of 8-bit integers with weights whose zero point is 0. A conversion of
 * the sums to f32 and what stands behind it (scales, bias, activation) become post-ops.
 */
final class IntegerLowering {
  /** Instruction sets without a sum of four products of bytes in 32 bits. */
  private static final Set<String> WITHOUT_SUMS = Set.of("sse41", "avx", "avx2", "avx512_core");

  private static final boolean SUMS_BYTES = !WITHOUT_SUMS.contains(OneDnn.instructionSet());

  private final BlockLowering block;
  private final Emitter emitter;

  IntegerLowering(BlockLowering block) {
    this.block = block;
    this.emitter = block.emitter();
  }

  /** Lowers a product; false if oneDNN does not compute it. */
  boolean lower(Node node, LinalgOp.MatMulInteger op) {
    View a = block.operand(node, 0);
    View b = block.operand(node, 1);
    long[] dims = Types.dims(node.result().type());
    int rank = dims.length;
    if (b.layout().rank() != 2 || !isZero(node.operand(3)) || !isOne(node.operand(2))) {
      return false;
    }
    if (b.elementType() != ElementType.I8) {
      return false;
    }
    long k = b.layout().dim(0);
    long n = b.layout().dim(1);
    long m = node.result().type().shape().elementCount().value() / Math.max(1, n);
    View dense = emitter.dense(a);
    View rows = dense.with(Layout.dense(m, k).at(dense.layout().offset()));
    Source source = source(node, rows);
    MemoryDescriptor from = Types.descriptor(source.view());
    MemoryDescriptor weights = MemoryDescriptor.any(source.weights(), k, n);
    return emit(
        node,
        new Plan(
            "matmul integer",
            source,
            from,
            b,
            Layout.dense(dims),
            layout -> matrix(layout.prepend(rank), m),
            2 * m * n * k,
            destination -> new Operation.MatMul(from, weights, null, destination)));
  }

  private static @Nullable Layout matrix(Layout layout, long m) {
    long last = layout.dim(layout.rank() - 1);
    long leading = layout.count() / Math.max(1, last);
    return leading == m || leading == 1 ? layout.reshape(leading, last) : null;
  }

  /** Lowers a convolution; false if oneDNN does not compute it. */
  boolean lower(Node node, ConvolutionOp.ConvolutionInteger op) {
    View x = block.operand(node, 0);
    View w = block.operand(node, 1);
    if (!isZero(node.operand(3)) || w.elementType() != ElementType.I8) {
      return false;
    }
    ConvolutionLowering convolutions = new ConvolutionLowering(block);
    var window = ConvolutionLowering.window(node, op.window(), w.layout().dims());
    if (window == null) {
      return false;
    }
    View weights = convolutions.grouped(w, op.groups());
    Source source = source(node, emitter.channelsLast(x));
    MemoryDescriptor from =
        Types.exact(
            Types.required(source.view().elementType()), Layout.channelsLast(x.layout().dims()));
    MemoryDescriptor any = MemoryDescriptor.any(source.weights(), weights.layout().dims());
    return emit(
        node,
        new Plan(
            "convolution integer",
            source,
            from,
            weights,
            Layout.channelsLast(Types.dims(node.result().type())),
            layout -> layout,
            ConvolutionLowering.flops(node, weights, false),
            destination -> new Operation.Convolution(from, any, null, destination, window)));
  }

  /**
   * The left operand as the kernel reads it.
   *
   * @param zeroPoint what the kernel subtracts, one s32; null for nothing
   * @param weights the type of the weights
   */
  private record Source(View view, @Nullable View zeroPoint, DataType weights) {}

  /**
   * Integers where the processor sums products of bytes in 32 bits. Others saturate at 16 bits on
   * the way, so there the product is one of f32, which is exact up to sums of 2^24.
   */
  private Source source(Node node, View integers) {
    View zeroPoint = zeroPoint(node.operand(2));
    if (SUMS_BYTES) {
      return new Source(integers, zeroPoint, DataType.S8);
    }
    View real = emitter.allocate(ElementType.F32, integers.layout().at(0));
    Attributes attributes = attributes(zeroPoint);
    Emitter.Kernel kernel =
        convert(Types.descriptor(integers), Types.descriptor(real), attributes)
            .with(Argument.SRC, integers);
    withZeroPoint(kernel, zeroPoint);
    kernel.with(Argument.DST, real).emit("to f32");
    return new Source(real, null, DataType.F32);
  }

  private Emitter.Kernel convert(
      MemoryDescriptor from, MemoryDescriptor to, Attributes attributes) {
    return emitter.kernel(
        emitter
            .requestAny(new Operation.Reorder(from, to), attributes)
            .orElseThrow(
                () -> new UnsupportedOperationException("cannot convert " + from + " to " + to)));
  }

  private static Attributes attributes(@Nullable View zeroPoint) {
    return zeroPoint == null ? Attributes.NONE : Attributes.NONE.withZeroPoints(Argument.SRC, 0);
  }

  /** A product or convolution as it is asked for. */
  private record Plan(
      String name,
      Source source,
      MemoryDescriptor from,
      View weights,
      Layout result,
      Function<Layout, @Nullable Layout> space,
      long flops,
      Function<MemoryDescriptor, Operation> operation) {}

  /** Emits the primitive; its result is f32 if nobody needs the sums as integers. */
  private boolean emit(Node node, Plan plan) {
    Value start = start(node.result());
    if (plan.source().weights() == DataType.F32 && start == node.result()) {
      return emitSums(node, plan);
    }
    return new Anchor(block, node, plan.name(), start)
        .attributes(attributes(plan.source().zeroPoint()))
        .exactLayout(plan.result())
        .space(plan.space())
        .reads(plan.source().view())
        .flops(plan.flops())
        .evenSlow()
        .emit(plan.operation(), descriptor -> kernel -> arguments(kernel, plan, descriptor));
  }

  /** The value from which post-ops go on. */
  private static Value start(Value sums) {
    if (sums.users().size() == 1 && !sums.isBlockResult()) {
      Node user = sums.users().iterator().next();
      if (user.op() instanceof ElementwiseOp.Cast cast && cast.to() == ElementType.F32) {
        return user.result();
      }
    }
    return sums;
  }

  private void arguments(Emitter.Kernel kernel, Plan plan, PrimitiveDescriptor descriptor) {
    kernel.with(Argument.SRC, plan.from(), plan.source().view());
    emitter.withWeights(kernel, Argument.WEIGHTS, plan.weights(), descriptor.weights(0));
    withZeroPoint(kernel, plan.source().zeroPoint());
  }

  /** Sums that were computed as f32, and converted. */
  private boolean emitSums(Node node, Plan plan) {
    View real = emitter.allocate(ElementType.F32, plan.result());
    Layout seen = plan.space().apply(real.layout());
    if (seen == null) {
      return false;
    }
    MemoryDescriptor destination = Types.exact(DataType.F32, seen);
    PrimitiveDescriptor descriptor =
        emitter.requestAny(plan.operation().apply(destination), Attributes.NONE).orElseThrow();
    Emitter.Kernel kernel = emitter.kernel(descriptor).flops(plan.flops());
    arguments(kernel, plan, descriptor);
    kernel.with(Argument.DST, destination, real).emit(plan.name());
    View sums = block.allocate(node.result(), plan.result());
    convert(Types.descriptor(real), Types.descriptor(sums), Attributes.NONE)
        .with(Argument.SRC, real)
        .with(Argument.DST, sums)
        .emit("to s32");
    block.define(node.result(), sums);
    return true;
  }

  private static void withZeroPoint(Emitter.Kernel kernel, @Nullable View zeroPoint) {
    if (zeroPoint != null) {
      kernel.with(Argument.zeroPoints(Argument.SRC), zeroPoint);
    }
  }

  private boolean isZero(Value value) {
    ConstantData data = block.constant(value);
    if (data == null) {
      return false;
    }
    for (long i = 0; i < data.elementCount(); i++) {
      if (data.getLong(i) != 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOne(Value value) {
    return value.type().shape().elementCount().is(1);
  }

  /** The zero point as oneDNN wants it, one s32; null if it is 0. */
  private @Nullable View zeroPoint(Value value) {
    if (isZero(value)) {
      return null;
    }
    View view = emitter.dense(block.view(value));
    boolean before = emitter.isFolding();
    emitter.begin(emitter.sources(), before || view.isConstant());
    View wide = emitter.allocate(ElementType.I32, Layout.dense(1));
    MemoryDescriptor from = MemoryDescriptor.dense(Types.required(view.elementType()), 1);
    MemoryDescriptor to = MemoryDescriptor.dense(DataType.S32, 1);
    convert(from, to, Attributes.NONE)
        .with(Argument.SRC, from, view)
        .with(Argument.DST, to, wide)
        .emit("zero point");
    emitter.begin(emitter.sources(), before);
    return wide;
  }
}
