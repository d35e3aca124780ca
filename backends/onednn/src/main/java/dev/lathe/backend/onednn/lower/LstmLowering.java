package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.Argument;
import dev.lathe.backend.onednn.binding.Attributes;
import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.OneDnn;
import dev.lathe.backend.onednn.binding.Operation;
import dev.lathe.backend.onednn.binding.PrimitiveDescriptor;
import dev.lathe.backend.onednn.jit.CodeSource;
import dev.lathe.backend.onednn.jit.LstmShape;
import dev.lathe.backend.onednn.program.Buffer;
import dev.lathe.backend.onednn.program.ConstantPool;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Node;
import dev.lathe.ir.op.RecurrentOp.Lstm;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * Long short-term memory of few sequences with constant weights: one product gives what the input
 * contributes to all steps, and generated code takes the steps, a direction of a sequence in each
 * thread. A library that divides each step among threads waits more than it multiplies.
 */
final class LstmLowering {
  /** Recurrent weights of a direction that stay in a second-level cache of a megabyte. */
  private static final int MOST_WEIGHTS = 200_000;

  /** With more sequences, matrix products of all of them read weights less often. */
  private static final int MOST_SEQUENCES = 4;

  private final BlockLowering block;
  private final Emitter emitter;

  LstmLowering(BlockLowering block) {
    this.block = block;
    this.emitter = block.emitter();
  }

  /** Which of a layer's constants {@link Pack} makes ready. */
  private enum Part {
    INPUT,
    RECURRENT,
    BIAS
  }

  /** What brings constants into the order of the code. */
  private record Pack(LstmShape shape, int inputs, Part part) implements ConstantPool.Transform {
    @Override
    public void apply(MemorySegment from, MemorySegment to) {
      switch (part) {
        case INPUT -> shape.packInput(from, inputs, to);
        case RECURRENT -> shape.packRecurrent(from, to);
        case BIAS -> shape.packBias(from, to);
      }
    }
  }

  /** Lowers a layer of f32 without options; false if others compute it sooner. */
  boolean lower(Node node, Lstm op) {
    long[] x = Types.dims(node.operand(0).type());
    long weights = 4L * op.hiddenSize() * op.hiddenSize();
    boolean known = true;
    for (int i = 1; i <= 3; i++) {
      known &= block.isConstant(node.operand(i));
    }
    if (!known
        || emitter.isFolding()
        || !OneDnn.hasAvx512()
        || weights > MOST_WEIGHTS
        || x[1] > MOST_SEQUENCES
        || Math.max(x[0], x[2]) > Integer.MAX_VALUE) {
      return false;
    }
    LstmShape shape = new LstmShape((int) x[0], (int) x[1], op.hiddenSize(), op.direction());
    MemoryDescriptor matrix =
        MemoryDescriptor.dense(DataType.F32, x[2], (long) shape.directions() * shape.gates());
    Optional<PrimitiveDescriptor> product = product(shape, matrix);
    if (!shape.isAddressable() || product.isEmpty()) {
      return false;
    }
    View given = given(node, shape, product.get(), matrix);
    steps(node, shape, given);
    return true;
  }

  private Optional<PrimitiveDescriptor> product(LstmShape shape, MemoryDescriptor matrix) {
    long rows = (long) shape.steps() * shape.batch();
    return emitter.request(
        new Operation.MatMul(
            MemoryDescriptor.dense(DataType.F32, rows, matrix.dim(0)),
            MemoryDescriptor.any(DataType.F32, matrix.dim(0), matrix.dim(1)),
            MemoryDescriptor.dense(DataType.F32, 1, matrix.dim(1)),
            MemoryDescriptor.dense(DataType.F32, rows, matrix.dim(1))),
        Attributes.NONE);
  }

  private Buffer packed(
      Node node, int operand, LstmShape shape, MemoryDescriptor made, MemoryDescriptor wanted) {
    int inputs = Math.toIntExact(Types.dims(node.operand(0).type())[2]);
    View constant = emitter.dense(block.operand(node, operand));
    Pack pack = new Pack(shape.packing(), inputs, Part.values()[operand - 1]);
    return emitter.transformed(constant, made, wanted, pack);
  }

  /** What the input and the bias give to the gates: (steps * batch, directions * gates). */
  private View given(
      Node node, LstmShape shape, PrimitiveDescriptor product, MemoryDescriptor matrix) {
    View x = emitter.dense(block.operand(node, 0));
    long rows = (long) shape.steps() * shape.batch();
    View given = emitter.allocate(ElementType.F32, Layout.dense(rows, matrix.dim(1)));
    MemoryDescriptor bias = MemoryDescriptor.dense(DataType.F32, 1, matrix.dim(1));
    emitter
        .kernel(product)
        .flops(2 * rows * matrix.dim(0) * matrix.dim(1))
        .with(Argument.SRC, MemoryDescriptor.dense(DataType.F32, rows, matrix.dim(0)), x)
        .with(
            Argument.WEIGHTS,
            product.weights(0),
            packed(node, 1, shape, matrix, product.weights(0)),
            0)
        .with(Argument.BIAS, bias, packed(node, 3, shape, bias, bias), 0)
        .with(Argument.DST, given)
        .emit("lstm input");
    return given;
  }

  private void steps(Node node, LstmShape shape, View given) {
    long count = (long) shape.directions() * shape.hidden() * shape.gates();
    MemoryDescriptor vector = MemoryDescriptor.dense(DataType.F32, count);
    View weights =
        new View(packed(node, 2, shape, vector, vector), ElementType.F32, Layout.dense(count));
    View all = block.allocateDense(node.results().get(0));
    View last = block.allocateDense(node.results().get(1));
    View cells = block.allocateDense(node.results().get(2));
    CodeSource.Lstm code = new CodeSource.Lstm(shape);
    long products = count * shape.steps() * shape.batch();
    emitter.generated(
        code,
        node.op().mnemonic(),
        0,
        code.units(),
        products * Float.BYTES,
        2 * products,
        List.of(
            given,
            weights,
            emitter.dense(block.operand(node, 4)),
            emitter.dense(block.operand(node, 5)),
            all,
            last,
            cells),
        emitter.sources());
    block.define(node.results().get(0), all);
    block.define(node.results().get(1), last);
    block.define(node.results().get(2), cells);
  }
}
