package dev.lathe.backend.onednn.store;

import dev.lathe.backend.onednn.binding.BinaryOutput;
import dev.lathe.backend.onednn.binding.OperationWriter;
import dev.lathe.backend.onednn.jit.Activation;
import dev.lathe.backend.onednn.jit.CodeSource;
import dev.lathe.backend.onednn.jit.DepthwiseShape;
import dev.lathe.backend.onednn.jit.WinogradShape;
import dev.lathe.backend.onednn.program.Buffer;
import dev.lathe.backend.onednn.program.HostSource;
import dev.lathe.backend.onednn.program.Instruction;
import dev.lathe.backend.onednn.program.KernelInfo;
import dev.lathe.backend.onednn.program.PrimitiveSource;
import dev.lathe.backend.onednn.program.Program;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.op.OpCodec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a program in a form that {@link ProgramReader} reads. Constants that lie in the model's
 * weights are written as places there; all others (packed weights, results computed from constants)
 * are collected as data to be stored beside it.
 */
final class ProgramWriter {
  static final int OF_OP = 0;
  static final int OF_COPY = 1;
  static final int COMPUTE = 0;
  static final int HOST = 1;
  static final int GENERATED = 2;
  static final int BRANCH = 3;
  static final int WINOGRAD_INPUT = 0;
  static final int WINOGRAD_OUTPUT = 1;
  static final int SCALE_ROWS = 2;
  static final int RANGE = 3;
  static final int DYNAMIC_QUANTIZE = 4;
  static final int VECTOR_PRODUCT = 5;
  static final int DEPTHWISE = 6;
  static final int LSTM = 7;
  static final int PRODUCT = 8;
  static final int SOFTMAX = 9;
  static final int JOIN_ROWS = 10;

  /** Where a constant lies. */
  static final int NOWHERE = 0;

  static final int IN_WEIGHTS = 1;
  static final int IN_DATA = 2;

  private static final long ALIGNMENT = 64;

  private final BinaryOutput out = new BinaryOutput();
  private final MemorySegment weights;
  private final List<MemorySegment> data = new ArrayList<>();
  private final IdentityHashMap<Buffer, Integer> buffers = new IdentityHashMap<>();
  private final IdentityHashMap<PrimitiveSource, Integer> primitives = new IdentityHashMap<>();
  private long dataBytes;

  private ProgramWriter(MemorySegment weights) {
    this.weights = weights;
  }

  /** What was written: the program, and the data to be stored behind it. */
  static final class Written {
    private final byte[] structure;
    private final List<MemorySegment> data;
    private final long dataBytes;

    private Written(byte[] structure, List<MemorySegment> data, long dataBytes) {
      this.structure = structure;
      this.data = data;
      this.dataBytes = dataBytes;
    }

    /** The program. */
    byte[] structure() {
      return structure;
    }

    /** The pieces of data, each to be stored {@link #aligned} behind the one before. */
    List<MemorySegment> data() {
      return data;
    }

    /** The bytes of all data. */
    long dataBytes() {
      return dataBytes;
    }
  }

  /**
   * Writes a program.
   *
   * @param weights the memory of the model's weights
   * @param library what the library has to be when it is read
   * @param deciding the bytes of inputs that decided shapes; an empty array for other inputs
   */
  static Written write(
      Program program, MemorySegment weights, String library, byte[][] deciding) {
    ProgramWriter writer = new ProgramWriter(weights);
    writer.out.text(library).number(deciding.length);
    for (byte[] bytes : deciding) {
      writer.out.raw(bytes);
    }
    writer.program(program);
    return new Written(writer.out.toBytes(), writer.data, writer.dataBytes);
  }

  private void program(Program program) {
    types(program.inputs());
    types(program.outputs());
    out.number(program.arenaBytes());
    List<Buffer> used = new ArrayList<>();
    for (Instruction instruction : program.instructions()) {
      instruction.forEachBuffer(
          buffer -> {
            if (buffers.putIfAbsent(buffer, buffers.size()) == null) {
              used.add(buffer);
            }
          });
    }
    out.number(used.size());
    used.forEach(this::buffer);
    out.number(program.instructions().size());
    for (Instruction instruction : program.instructions()) {
      switch (instruction) {
        case Instruction.Compute compute -> compute(compute);
        case Instruction.Host host -> host(host);
        case Instruction.Generated code -> generated(code);
        case Instruction.Branch branch -> branch(branch);
      }
    }
  }

  private void types(List<TensorType> types) {
    out.number(types.size());
    for (TensorType type : types) {
      out.text(type.toString());
    }
  }

  private void buffer(Buffer buffer) {
    out.constant(buffer.kind()).number(buffer.bytes());
    switch (buffer.kind()) {
      case SCRATCH -> out.number(buffer.arenaOffset());
      case CONSTANT -> place(buffer.memory());
      case INPUT, OUTPUT -> out.number(buffer.index());
    }
  }

  private void place(MemorySegment memory) {
    long offset = memory.address() - weights.address();
    if (memory.isNative()
        && offset >= 0
        && offset + memory.byteSize() <= weights.byteSize()
        && weights.byteSize() > 0) {
      out.number(IN_WEIGHTS).number(offset).number(memory.byteSize());
      return;
    }
    out.number(IN_DATA).number(dataBytes).number(memory.byteSize());
    data.add(memory);
    dataBytes += aligned(memory.byteSize());
  }

  /** How far the next piece of data lies behind the beginning of one of {@code bytes}. */
  static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private int index(Buffer buffer) {
    Integer index = buffers.get(buffer);
    if (index == null) {
      throw new IllegalStateException(buffer + " is not used");
    }
    return index;
  }

  private void compute(Instruction.Compute compute) {
    out.number(COMPUTE);
    Integer known = primitives.putIfAbsent(compute.primitive(), primitives.size());
    out.number(known == null ? primitives.size() - 1 : known);
    if (known == null) {
      PrimitiveSource source = compute.primitive();
      out.number(source.threads()).text(compute.info().implementation());
      OperationWriter.write(out, source.operation());
      OperationWriter.write(out, source.attributes());
    }
    out.number(compute.operands().size());
    for (Instruction.Operand operand : compute.operands()) {
      out.number(operand.argument())
          .descriptor(operand.descriptor())
          .number(index(operand.buffer()))
          .number(operand.byteOffset());
    }
    info(compute.info());
  }

  private void host(Instruction.Host host) {
    out.number(HOST);
    switch (host.source()) {
      case HostSource.OfOp source -> op(source);
      case HostSource.OfCopy source ->
          out.number(OF_COPY)
              .number(source.bytes())
              .numbers(source.dims())
              .numbers(source.from())
              .numbers(source.to());
    }
    views(host.operands());
    views(host.results());
    info(host.info());
  }

  private void generated(Instruction.Generated code) {
    out.number(GENERATED);
    switch (code.kernel().source()) {
      case CodeSource.WinogradInput input -> {
        out.number(WINOGRAD_INPUT);
        shape(input.shape());
        out.constant(input.type());
      }
      case CodeSource.WinogradOutput output -> {
        out.number(WINOGRAD_OUTPUT);
        shape(output.shape());
        out.constant(output.type()).bool(output.bias()).bool(output.residual());
        activation(output.activation());
      }
      case CodeSource.Depthwise depthwise -> {
        out.number(DEPTHWISE);
        shape(depthwise.shape());
        out.bool(depthwise.bias());
        activation(depthwise.activation());
        out.constant(depthwise.stored()).number(depthwise.rows()).number(depthwise.vectors());
      }
      case CodeSource.Range range -> out.number(RANGE).number(range.count());
      case CodeSource.DynamicQuantize quantize ->
          out.number(DYNAMIC_QUANTIZE).number(quantize.count());
      case CodeSource.ScaleRows scale ->
          out.number(SCALE_ROWS).number(scale.blocks()).number(scale.rows()).number(scale.lanes());
      case CodeSource.Product product -> {
        out.number(PRODUCT).number(product.rows()).number(product.inner());
        out.number(product.columns()).constant(product.operands()).bool(product.bias());
        out.bool(product.residual() != null);
        if (product.residual() != null) {
          out.constant(product.residual());
        }
        activation(product.activation());
        out.constant(product.stored())
            .number(product.blockRows())
            .number(product.unitRows())
            .number(product.unitPanels());
      }
      case CodeSource.VectorProduct product -> {
        out.number(VECTOR_PRODUCT).number(product.inner()).number(product.columns());
        out.constant(product.operands()).constant(product.result());
        out.bool(product.bias()).bool(product.residual());
        activation(product.activation());
      }
      case CodeSource.JoinRows join -> {
        out.number(JOIN_ROWS).number(join.rows()).number(join.unitRows());
        out.numbers(join.widths().stream().mapToLong(Integer::longValue).toArray());
      }
      case CodeSource.Softmax softmax -> out.number(SOFTMAX).number(softmax.columns());
      case CodeSource.Lstm lstm ->
          out.number(LSTM)
              .number(lstm.shape().steps())
              .number(lstm.shape().batch())
              .number(lstm.shape().hidden())
              .text(lstm.shape().direction().name());
    }
    out.number(code.first()).number(code.units()).number(code.threads());
    views(code.operands());
    info(code.info());
  }

  /** The nested programs may use constants of the outer one, whose buffers have numbers by now. */
  private void branch(Instruction.Branch branch) {
    out.number(BRANCH);
    views(List.of(branch.condition()));
    views(branch.captures());
    views(branch.results());
    out.number(index(branch.workspace()));
    info(branch.info());
    program(branch.thenProgram());
    program(branch.elseProgram());
  }

  private void shape(WinogradShape shape) {
    out.number(shape.batch())
        .number(shape.height())
        .number(shape.width())
        .number(shape.channels())
        .number(shape.padTop())
        .number(shape.padLeft())
        .number(shape.outHeight())
        .number(shape.outWidth())
        .number(shape.filters())
        .number(shape.rows());
  }

  private void shape(DepthwiseShape shape) {
    out.number(shape.batch())
        .number(shape.height())
        .number(shape.width())
        .number(shape.channels())
        .number(shape.kernelHeight())
        .number(shape.kernelWidth())
        .number(shape.strideHeight())
        .number(shape.strideWidth())
        .number(shape.padTop())
        .number(shape.padLeft())
        .number(shape.outHeight())
        .number(shape.outWidth());
  }

  private void activation(Activation activation) {
    out.constant(activation.function()).single(activation.alpha()).single(activation.beta());
    out.single(activation.scale()).single(activation.shift());
  }

  private void op(HostSource.OfOp source) {
    out.number(OF_OP).text(source.op().mnemonic());
    Map<String, String> attributes = OpCodec.attributes(source.op());
    out.number(attributes.size());
    attributes.forEach((name, value) -> out.text(name).text(value));
    types(source.operands());
    types(source.results());
    out.number(source.constants().size());
    for (ConstantData constant : source.constants()) {
      if (constant == null) {
        out.number(NOWHERE);
      } else {
        place(constant.segment());
        out.text(constant.type().toString());
      }
    }
    out.number(source.threads());
  }

  private void views(List<View> views) {
    out.number(views.size());
    for (View view : views) {
      out.number(index(view.buffer()))
          .text(view.elementType().text())
          .numbers(view.layout().dims())
          .numbers(view.layout().strides())
          .number(view.layout().offset());
    }
  }

  private void info(KernelInfo info) {
    out.text(info.name())
        .text(info.implementation())
        .number(info.flops())
        .texts(info.sources())
        .bool(info.reference())
        .bool(info.reorder());
  }
}
