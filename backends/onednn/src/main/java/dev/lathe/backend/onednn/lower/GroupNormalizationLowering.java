package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.jit.CodeSource;
import dev.lathe.backend.onednn.jit.ResultType;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Normalisations of groups of channels of images whose channels lie together, in generated code:
 * moments of parts of the image, what becomes of them for each channel, and the image with it, the
 * residual that is added, and the activation.
 */
final class GroupNormalizationLowering {
  /** What a part may take, to be in a cache when it is gone through again. */
  private static final long UNIT_BYTES = 128 << 10;

  private static final int UNITS_OF_THREAD = 4;

  /** With fewer channels, most of a vector would be empty. */
  private static final int LEAST_CHANNELS = 8;

  private final BlockLowering block;

  GroupNormalizationLowering(BlockLowering block) {
    this.block = block;
  }

  /**
   * Lowers a normalisation; false if it has no code.
   *
   * @param x an image of at least one axis behind the channels
   * @param scale f32, a number for each channel
   * @param shift likewise
   */
  boolean lower(Node node, View x, long groups, float epsilon, View scale, View shift) {
    Behind behind = Behind.of(node, block, true);
    ResultType read = RowNormalizationLowering.type(x.elementType());
    ResultType stored = behind.stored(node);
    Value residual = behind.residual();
    ResultType added =
        residual == null ? null : RowNormalizationLowering.type(residual.type().elementType());
    long batch = x.layout().dim(0);
    long channels = x.layout().dim(1);
    long rows = x.layout().count() / Math.max(1, batch * channels);
    if (!x.layout().isChannelsLast()
        || channels < LEAST_CHANNELS
        || read == null
        || stored == null
        || (residual != null && added == null)
        || block.emitter().isFolding()
        || x.layout().count() > Integer.MAX_VALUE / Float.BYTES
        || !OneDnn.hasAvx512()) {
      return false;
    }
    long parts =
        Math.max(
            (long) block.emitter().target().threads() * UNITS_OF_THREAD / batch,
            Math.ceilDiv(rows * channels * Float.BYTES, UNIT_BYTES));
    int unitRows = (int) Math.ceilDiv(rows, Math.clamp(parts, 1, rows));
    CodeSource.ChannelMoments moments =
        new CodeSource.ChannelMoments((int) batch, (int) rows, (int) channels, read, unitRows);
    View factors = factors(node, moments, (int) groups, epsilon, List.of(x, scale, shift));
    Layout to = Layout.channelsLast(x.layout().dims());
    View y = block.allocate(behind.result(node), to);
    List<View> operands = new ArrayList<>(List.of(x, factors, y));
    if (residual != null) {
      operands.add(block.emitter().as(block.typed(residual), to));
    }
    long bytes = operands.stream().mapToLong(View::byteSize).sum();
    CodeSource.ScaleChannels code =
        new CodeSource.ScaleChannels(moments, added, behind.activation(), stored);
    behind.emit(block, node, code, moments.units(), bytes, 0, operands, y);
    return true;
  }

  /** Emits what comes before the image is gone through for the last time. */
  private View factors(
      Node node, CodeSource.ChannelMoments moments, int groups, float epsilon, List<View> views) {
    Emitter emitter = block.emitter();
    View x = views.getFirst();
    View partial = emitter.allocate(ElementType.F32, Layout.dense(moments.count()));
    emitter.generated(
        moments,
        "moments",
        0,
        moments.units(),
        x.byteSize(),
        List.of(x, partial),
        node.provenance());
    CodeSource.GroupFactors code = new CodeSource.GroupFactors(moments, groups, epsilon);
    View factors = emitter.allocate(ElementType.F32, Layout.dense(code.count()));
    emitter.generated(
        code,
        "factors",
        0,
        moments.batch(),
        partial.byteSize(),
        List.of(partial, views.get(1), views.get(2), factors),
        node.provenance());
    return factors;
  }
}
