package dev.lathe.frontend.onnx.export;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.CreationOp;
import java.util.EnumSet;
import java.util.Set;

/** Constants and weights become initialisers, dimensions shape arithmetic. */
final class CreationExport {
  /** Range-11. */
  private static final Set<ElementType> RANGE =
      EnumSet.of(
          ElementType.F32, ElementType.F64, ElementType.I16, ElementType.I32, ElementType.I64);

  private CreationExport() {}

  static void write(CreationOp op, NodeExport out) {
    switch (op) {
      case CreationOp.Constant o ->
          out.alias(out.model().constant(o.data(), out.block().wish(out.node(), 0)));
      case CreationOp.Parameter o -> out.alias(out.model().parameter(o));
      case CreationOp.Dims o -> out.alias(out.model().dims(o.dims()));
      case CreationOp.Range ignored -> {
        NodeExport in = out.within(RANGE);
        in.results("Range", in.in(0), in.in(1), in.in(2));
      }
    }
  }
}
