package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.Argument;
import dev.lathe.backend.onednn.binding.Attributes;
import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.binding.Operation;
import dev.lathe.backend.onednn.binding.PrimitiveDescriptor;
import dev.lathe.backend.onednn.binding.Window;
import dev.lathe.backend.onednn.jit.CodeSource;
import dev.lathe.backend.onednn.jit.WinogradShape;
import dev.lathe.backend.onednn.jit.WinogradWeights;
import dev.lathe.backend.onednn.program.Buffer;
import dev.lathe.backend.onednn.program.ConstantPool;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ConvolutionOp;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Convolutions with windows of 3 by 3 by Winograd's algorithm, where that is the faster: generated
 * code makes tiles of the image, one matrix product for each of the 36 positions of a tile is
 * oneDNN's, and generated code makes the result of the products. Of what stands behind the
 * convolution, the addition of a residual and an activation are taken in.
 */
final class WinogradLowering {
  /** The least gain for which the detour is made, as it costs memory and rounding. */
  private static final double WORTH = 0.75;

  /** How many times as fast as in f32 a direct convolution of narrow numbers is. */
  private static final double NARROW_SPEED = 1.75;

  /** What tiles and products of a step may take: a part of the last-level cache. */
  private static final long STEP_BYTES = 4 << 20;

  private final BlockLowering block;

  WinogradLowering(BlockLowering block) {
    this.block = block;
  }

  /** What makes products' weights of windows. */
  private record Windows(ElementType type, int filters, int channels)
      implements ConstantPool.Transform {
    @Override
    public void apply(MemorySegment from, MemorySegment to) {
      WinogradWeights.transform(from, type, to, filters, channels);
    }
  }

  /** Channels and filters of a group, of which a product with fewer is not worth its call. */
  private static final int LEAST_OF_GROUP = 32;

  /** Lowers a convolution; false if it is none for this algorithm, or would not gain. */
  boolean lower(Node node, ConvolutionOp.Convolution op) {
    View weights = block.operand(node, 1);
    WinogradShape whole = shape(node, op, weights.layout().dims());
    View bias = block.operandOrNull(node, 2);
    if (whole == null
        || block.emitter().isFolding()
        || !weights.isConstant()
        || cost(whole, op.groups()) + conversions(node)
            > WORTH * directCost(whole, op.groups()) / speed(node)
        || !OneDnn.hasAvx512()) {
      return false;
    }
    WinogradShape shape = whole.withRows(rows(whole));
    Optional<PrimitiveDescriptor> product = product(shape, op.groups());
    if (!shape.isAddressable() || product.isEmpty()) {
      return false;
    }
    emit(node, shape, op.groups(), product.get(), weights, bias);
    return true;
  }

  /** The shape with all rows at a time; null where the algorithm or the code does not fit. */
  private static @Nullable WinogradShape shape(
      Node node, ConvolutionOp.Convolution op, long[] weights) {
    if (weights.length != 4 || weights[2] != 3 || weights[3] != 3) {
      return null;
    }
    if (op.groups() > 1 && Math.min(weights[1], weights[0] / op.groups()) < LEAST_OF_GROUP) {
      return null;
    }
    Window window = ConvolutionLowering.window(node, op.window(), weights);
    long[] x = Types.dims(node.operand(0).type());
    long[] y = Types.dims(node.result().type());
    if (window == null
        || window.strides().stream().anyMatch(s -> s != 1)
        || window.dilations().stream().anyMatch(d -> d != 0)
        || Math.max(max(x), max(y)) > Integer.MAX_VALUE
        || max(y) * max(x) == 0) {
      return null;
    }
    WinogradShape shape =
        new WinogradShape(
            (int) x[0],
            (int) x[2],
            (int) x[3],
            (int) x[1],
            Math.toIntExact(window.padBegin().get(0)),
            Math.toIntExact(window.padBegin().get(1)),
            (int) y[2],
            (int) y[3],
            (int) weights[0],
            1);
    return shape.withRows(shape.allRows());
  }

  private static long max(long[] dims) {
    long max = 0;
    for (long dim : dims) {
      max = Math.max(max, dim);
    }
    return max;
  }

  /**
   * What the algorithm takes, in multiply-adds of a kernel that is bound by them: products of few
   * rows wait for weights, and each of the numbers of a tile takes as long as six, in whole
   * registers.
   */
  private static double cost(WinogradShape s, int groups) {
    double tiles = (double) s.allRows() * s.tilesWide();
    double weights = (double) s.channels() * s.filters() / groups;
    double products = WinogradShape.PRODUCTS * weights * (1.15 * tiles + 9);
    double numbers = WinogradShape.PRODUCTS * tiles * (lanes(s.channels()) + lanes(s.filters()));
    return products + 6 * numbers;
  }

  private static boolean isNarrow(Node node) {
    return node.operand(0).type().elementType() != ElementType.F32;
  }

  /** How many times as fast as in f32 the direct convolution is. */
  private static double speed(Node node) {
    return isNarrow(node) ? NARROW_SPEED : 1;
  }

  /**
   * What it takes to widen a narrow image and to round the result, as {@link #cost} counts, where
   * the code does not do it.
   */
  private static double conversions(Node node) {
    return isNarrow(node) && !isGenerated(node.operand(0).type().elementType())
        ? 6.0 * (count(node.operand(0)) + count(node.result()))
        : 0;
  }

  private static long count(Value value) {
    return value.type().shape().elementCount().value();
  }

  private static double lanes(int channels) {
    return Math.ceilDiv(channels, CodeSource.LANES) * (double) CodeSource.LANES;
  }

  /** What the direct convolution takes. */
  private static double directCost(WinogradShape s, int groups) {
    double positions = (double) s.batch() * s.outHeight() * s.outWidth();
    return 9.0 * s.channels() * s.filters() / groups * (positions + 9);
  }

  /** As many rows of tiles at a time as fit, in steps of about the same size. */
  private static int rows(WinogradShape all) {
    long row = (long) WinogradShape.PRODUCTS * all.tilesWide() * Float.BYTES;
    long bytes = row * (all.channels() + all.filters());
    long most = Math.max(1, STEP_BYTES / bytes);
    long steps = Math.ceilDiv(all.allRows(), most);
    return (int) Math.ceilDiv(all.allRows(), steps);
  }

  /** The product of a group: its channels are some of each row of the tiles. */
  private Optional<PrimitiveDescriptor> product(WinogradShape s, int groups) {
    return block
        .emitter()
        .request(
            new Operation.MatMul(
                Types.descriptor(DataType.F32, part(tiles(s, s.channels()), 0, groups)),
                MemoryDescriptor.any(
                    DataType.F32,
                    WinogradShape.PRODUCTS,
                    s.channels() / groups,
                    s.filters() / groups),
                null,
                Types.descriptor(DataType.F32, part(tiles(s, s.filters()), 0, groups))),
            Attributes.NONE);
  }

  private static Layout tiles(WinogradShape s, int channels) {
    return Layout.dense(WinogradShape.PRODUCTS, s.tiles(), channels);
  }

  /** What of some tiles belongs to a group. */
  private static Layout part(Layout tiles, int group, int groups) {
    long channels = tiles.dim(2) / groups;
    return tiles.slice(2, group * channels, 1, channels);
  }

  /** The weights of each group as its product wants them. */
  private List<Buffer> packed(
      View weights, WinogradShape shape, int groups, MemoryDescriptor wanted) {
    View all = block.emitter().dense(weights);
    int filters = shape.filters() / groups;
    int channels = shape.channels() / groups;
    MemoryDescriptor made =
        MemoryDescriptor.dense(DataType.F32, WinogradShape.PRODUCTS, channels, filters);
    Windows windows = new Windows(weights.elementType(), filters, channels);
    List<Buffer> packed = new ArrayList<>();
    for (int group = 0; group < groups; group++) {
      View own = all.with(all.layout().slice(0, (long) group * filters, 1, filters));
      packed.add(block.emitter().transformed(own, made, wanted, windows));
    }
    return packed;
  }

  private void emit(
      Node node,
      WinogradShape shape,
      int groups,
      PrimitiveDescriptor product,
      View weights,
      @Nullable View bias) {
    Emitter emitter = block.emitter();
    Behind behind = Behind.of(node, block, true);
    Value result = behind.result(node);
    View x = emitter.as(readable(block.operand(node, 0)), layout(node.operand(0)));
    ElementType written = written(result, behind);
    View vector = bias == null ? null : emitter.dense(bias);
    View residual =
        behind.residual() == null
            ? null
            : emitter.as(typed(block.view(behind.residual()), written), layout(behind.residual()));
    boolean rounded = result.type().elementType() != written;
    View y =
        rounded
            ? emitter.allocate(ElementType.F32, layout(result))
            : block.allocate(result, layout(result));
    View tiles = emitter.allocate(ElementType.F32, tiles(shape, shape.channels()));
    View products = emitter.allocate(ElementType.F32, tiles(shape, shape.filters()));
    CodeSource output =
        new CodeSource.WinogradOutput(
            shape, written, vector != null, residual != null, behind.activation());
    List<View> outputOperands = new ArrayList<>(List.of(products, y));
    if (vector != null) {
      outputOperands.add(vector);
    }
    if (residual != null) {
      outputOperands.add(residual);
    }
    Set<Node> nodes = behind.all(node);
    List<String> sources = Anchor.sources(nodes);
    List<Buffer> packed = packed(weights, shape, groups, product.weights(0));
    long flops =
        2L * WinogradShape.PRODUCTS * shape.tiles() * shape.channels() * shape.filters() / groups;
    for (int first = 0; first < shape.allRows(); first += shape.rows()) {
      int rows = Math.min(shape.rows(), shape.allRows() - first);
      emitter.generated(
          new CodeSource.WinogradInput(shape, x.elementType()),
          "tiles",
          first,
          rows,
          tiles.byteSize(),
          List.of(x, tiles),
          sources);
      for (int group = 0; group < groups; group++) {
        emitter
            .kernel(product)
            .flops(flops / groups)
            .from(sources)
            .with(Argument.SRC, tiles.with(part(tiles.layout(), group, groups)))
            .with(Argument.WEIGHTS, product.weights(0), packed.get(group), 0)
            .with(Argument.DST, products.with(part(products.layout(), group, groups)))
            .emit("winograd");
      }
      emitter.generated(
          output,
          Anchor.name(node.op().mnemonic(), nodes),
          first,
          rows,
          products.byteSize(),
          outputOperands,
          sources);
    }
    View stored = y;
    if (rounded) {
      stored = block.allocate(result, layout(result));
      emitter.convert(y, stored);
    }
    block.define(result, stored);
    nodes.forEach(block::done);
  }

  /** Whether generated code reads and writes elements of a type. */
  private static boolean isGenerated(ElementType type) {
    return type == ElementType.F32
        || (type == ElementType.BF16 && OneDnn.multiplies(DataType.BF16));
  }

  private View readable(View view) {
    return isGenerated(view.elementType()) ? view : block.emitter().wide(view);
  }

  private View typed(View view, ElementType type) {
    return view.elementType() == type ? view : block.emitter().converted(view, type);
  }

  /** The type of what is written: that of the result, unless a residual would be rounded for it. */
  private ElementType written(Value result, Behind behind) {
    ElementType type = result.type().elementType();
    Value residual = behind.residual();
    boolean rounds =
        residual != null && type != ElementType.F32 && block.view(residual).elementType() != type;
    return isGenerated(type) && !rounds ? type : ElementType.F32;
  }

  private static Layout layout(Value value) {
    return Layout.channelsLast(Types.dims(value.type()));
  }
}
