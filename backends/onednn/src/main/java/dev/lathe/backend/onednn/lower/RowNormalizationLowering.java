package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.jit.CodeSource;
import dev.lathe.backend.onednn.jit.ResultType;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are normalised each for itself, in generated code, with the residual that is added to
 * them and the activation behind it.
 */
final class RowNormalizationLowering {
  /** Parts of the work for each thread. */
  private static final int UNITS_OF_THREAD = 4;

  /** Numbers of a unit at least. */
  private static final int LEAST = 2048;

  private final BlockLowering block;

  RowNormalizationLowering(BlockLowering block) {
    this.block = block;
  }

  /**
   * Lowers a normalisation; false if it has no code.
   *
   * @param x rows without gaps, one behind the other
   * @param scale f32
   * @param shift f32, or null where the mean is not subtracted
   */
  boolean lower(
      Node node, View x, long rows, long columns, float epsilon, View scale, @Nullable View shift) {
    Behind behind = Behind.of(node, block, true);
    ResultType read = type(x.elementType());
    ResultType stored = behind.stored(node);
    Value residual = behind.residual();
    ResultType added = residual == null ? null : type(residual.type().elementType());
    if (read == null
        || stored == null
        || (residual != null && added == null)
        || block.emitter().isFolding()
        || rows * columns > Integer.MAX_VALUE / Float.BYTES
        || !OneDnn.hasAvx512()) {
      return false;
    }
    View y = block.allocate(behind.result(node), x.layout().at(0));
    List<View> operands = new ArrayList<>(List.of(x, scale));
    if (shift != null) {
      operands.add(shift);
    }
    operands.add(y);
    if (residual != null) {
      operands.add(block.emitter().as(block.typed(residual), y.layout().at(0)));
    }
    long parts = (long) block.emitter().target().threads() * UNITS_OF_THREAD;
    CodeSource.NormalizeRows code =
        new CodeSource.NormalizeRows(
            (int) rows,
            (int) columns,
            epsilon,
            shift != null,
            shift != null,
            added,
            behind.activation(),
            read,
            stored,
            (int) Math.max(Math.ceilDiv(rows, parts), Math.ceilDiv(LEAST, columns)));
    long bytes = operands.stream().mapToLong(View::byteSize).sum();
    behind.emit(block, node, code, code.units(), bytes, 0, operands, y);
    return true;
  }

  /** What code reads as f32; null for others. */
  static @Nullable ResultType type(ElementType type) {
    return switch (type) {
      case F32 -> ResultType.F32;
      case BF16 -> ResultType.BF16;
      default -> null;
    };
  }
}
