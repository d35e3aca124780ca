package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.Argument;
import dev.lathe.backend.onednn.binding.Attributes;
import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.binding.Operation;
import dev.lathe.backend.onednn.binding.PrimitiveDescriptor;
import dev.lathe.backend.onednn.jit.CodeSource;
import dev.lathe.backend.onednn.jit.RecurrentCell;
import dev.lathe.backend.onednn.jit.RecurrentPacking;
import dev.lathe.backend.onednn.jit.RecurrentShape;
import dev.lathe.backend.onednn.program.Buffer;
import dev.lathe.backend.onednn.program.ConstantPool;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.op.RecurrentOp;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Recurrent layers with constant weights: one product gives what the input contributes to all
 * steps, and generated code takes the steps. A library that makes a product and a kernel for each
 * step waits more than it multiplies.
 */
final class StepsLowering {
  /** What the input gives to all steps is kept; of more, a library makes some steps at a time. */
  private static final long MOST_GIVEN_BYTES = 64 << 20;

  private final BlockLowering block;
  private final Emitter emitter;

  StepsLowering(BlockLowering block) {
    this.block = block;
    this.emitter = block.emitter();
  }

  /** Which of a layer's constants {@link Pack} makes ready. */
  private enum Part {
    INPUT(1),
    RECURRENT(2),
    BIAS(3),
    STATE_BIAS(3);

    final int operand;

    Part(int operand) {
      this.operand = operand;
    }
  }

  /** What brings constants into the order of the code. */
  private record Pack(RecurrentPacking packing, int inputs, Part part)
      implements ConstantPool.Transform {
    @Override
    public void apply(MemorySegment from, MemorySegment to) {
      switch (part) {
        case INPUT -> packing.packInput(from, inputs, to);
        case RECURRENT -> packing.packRecurrent(from, to);
        case BIAS -> packing.packBias(from, to);
        case STATE_BIAS -> packing.packStateBias(from, to);
      }
    }
  }

  /** Lowers a layer of f32 without options; false if others compute it sooner. */
  boolean lower(Node node, RecurrentOp op, RecurrentCell cell) {
    long[] x = Types.dims(node.operand(0).type());
    boolean known = true;
    for (int i = 1; i <= 3; i++) {
      known &= block.isConstant(node.operand(i));
    }
    if (!known
        || emitter.isFolding()
        || !OneDnn.hasAvx512()
        || Math.max(x[0], Math.max(x[1], x[2])) > Integer.MAX_VALUE) {
      return false;
    }
    StepsDivision division =
        new StepsDivision(cell, (int) x[0], (int) x[1], op.hiddenSize(), op.direction());
    Optional<RecurrentShape> shape = division.best(emitter.target().threads());
    if (shape.isEmpty()) {
      return false;
    }
    RecurrentPacking packing = shape.get().packing();
    MemoryDescriptor matrix =
        MemoryDescriptor.dense(DataType.F32, x[2], (long) packing.directions() * packing.gates());
    Optional<PrimitiveDescriptor> product = product(x[0] * x[1], matrix);
    if (product.isEmpty() || matrix.dim(1) * x[0] * x[1] * Float.BYTES > MOST_GIVEN_BYTES) {
      return false;
    }
    View given = given(node, x[0] * x[1], packing, product.get(), matrix);
    steps(node, shape.get(), given);
    return true;
  }

  private Optional<PrimitiveDescriptor> product(long rows, MemoryDescriptor matrix) {
    return emitter.request(
        new Operation.MatMul(
            MemoryDescriptor.dense(DataType.F32, rows, matrix.dim(0)),
            MemoryDescriptor.any(DataType.F32, matrix.dim(0), matrix.dim(1)),
            MemoryDescriptor.dense(DataType.F32, 1, matrix.dim(1)),
            MemoryDescriptor.dense(DataType.F32, rows, matrix.dim(1))),
        Attributes.NONE);
  }

  private Buffer packed(
      Node node,
      Part part,
      RecurrentPacking packing,
      MemoryDescriptor made,
      MemoryDescriptor wanted) {
    int inputs = Math.toIntExact(Types.dims(node.operand(0).type())[2]);
    View constant = emitter.dense(block.operand(node, part.operand));
    return emitter.transformed(constant, made, wanted, new Pack(packing, inputs, part));
  }

  /** Constants of so many numbers that the code reads. */
  private View packed(Node node, Part part, RecurrentPacking packing, long count) {
    MemoryDescriptor vector = MemoryDescriptor.dense(DataType.F32, count);
    Buffer buffer = packed(node, part, packing, vector, vector);
    return new View(buffer, ElementType.F32, Layout.dense(count));
  }

  /** What the input and the bias give to the gates: (steps * batch, directions * gates). */
  private View given(
      Node node,
      long rows,
      RecurrentPacking packing,
      PrimitiveDescriptor product,
      MemoryDescriptor matrix) {
    View x = emitter.dense(block.operand(node, 0));
    View given = emitter.allocate(ElementType.F32, Layout.dense(rows, matrix.dim(1)));
    MemoryDescriptor bias = MemoryDescriptor.dense(DataType.F32, 1, matrix.dim(1));
    emitter
        .kernel(product)
        .flops(2 * rows * matrix.dim(0) * matrix.dim(1))
        .with(Argument.SRC, MemoryDescriptor.dense(DataType.F32, rows, matrix.dim(0)), x)
        .with(
            Argument.WEIGHTS,
            product.weights(0),
            packed(node, Part.INPUT, packing, matrix, product.weights(0)),
            0)
        .with(Argument.BIAS, bias, packed(node, Part.BIAS, packing, bias, bias), 0)
        .with(Argument.DST, given)
        .emit(node.op().mnemonic() + " input");
    return given;
  }

  private void steps(Node node, RecurrentShape shape, View given) {
    RecurrentPacking packing = shape.packing();
    long count = (long) shape.directions() * shape.hidden() * packing.gates();
    List<View> operands = new ArrayList<>();
    operands.add(given);
    operands.add(packed(node, Part.RECURRENT, packing, count));
    operands.add(emitter.dense(block.operand(node, 4)));
    operands.add(result(node, 0));
    operands.add(result(node, 1));
    switch (shape.cell()) {
      case LSTM -> {
        operands.add(emitter.dense(block.operand(node, 5)));
        operands.add(result(node, 2));
      }
      case GRU_RESET_AFTER ->
          operands.add(packed(node, Part.STATE_BIAS, packing, packing.stateBias()));
      case GRU -> {}
    }
    CodeSource.Recurrent code = new CodeSource.Recurrent(shape);
    emitter.generated(
        code,
        node.op().mnemonic(),
        0,
        code.units(),
        Work.bytesIn(StepsDivision.nanos(shape, 1)),
        2 * count * shape.steps() * shape.batch(),
        operands,
        emitter.sources());
  }

  private View result(Node node, int index) {
    View view = block.allocateDense(node.results().get(index));
    block.define(node.results().get(index), view);
    return view;
  }
}
