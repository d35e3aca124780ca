package dev.lathe.backend.onednn.store;

import dev.lathe.backend.onednn.binding.BinaryOutput;
import dev.lathe.backend.onednn.binding.PrimitiveDescriptor;
import dev.lathe.backend.onednn.binding.RecipeWriter;
import dev.lathe.backend.onednn.program.Buffer;
import dev.lathe.backend.onednn.program.GeneratedKernel;
import dev.lathe.backend.onednn.program.HostSource;
import dev.lathe.backend.onednn.program.Instruction;
import dev.lathe.backend.onednn.program.KernelInfo;
import dev.lathe.backend.onednn.program.PrimitiveSource;
import dev.lathe.backend.onednn.program.Program;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.op.OpAttributes;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a program in a form that {@link ProgramReader} reads. Constants that lie in the model's
 * weights are written as places there; all others (packed weights, results computed from constants)
 * are collected as data to be stored beside it. The machine code of generated kernels is part of
 * the program, whose checksum then covers it.
 */
final class ProgramWriter {
  static final int OF_OP = 0;
  static final int OF_COPY = 1;
  static final int COMPUTE = 0;
  static final int HOST = 1;
  static final int GENERATED = 2;
  static final int BRANCH = 3;

  /** Where a constant lies. */
  static final int NOWHERE = 0;

  static final int IN_WEIGHTS = 1;
  static final int IN_DATA = 2;

  private static final long ALIGNMENT = 64;

  private final BinaryOutput out = new BinaryOutput();

  /** What the library is to be asked for. */
  private final BinaryOutput asked = new BinaryOutput();

  private final RecipeWriter recipes = new RecipeWriter();
  private final MemorySegment weights;
  private final List<MemorySegment> data = new ArrayList<>();
  private final IdentityHashMap<Buffer, Integer> buffers = new IdentityHashMap<>();
  private final IdentityHashMap<PrimitiveSource, Integer> primitives = new IdentityHashMap<>();

  /** Where the code of kernels begins in that of all. */
  private final IdentityHashMap<GeneratedKernel, Integer> codes = new IdentityHashMap<>();

  private final List<byte[]> pieces = new ArrayList<>();
  private int codeBytes;
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
  static Written write(Program program, MemorySegment weights, String library, byte[][] deciding) {
    ProgramWriter writer = new ProgramWriter(weights);
    writer.program(program);
    BinaryOutput whole = new BinaryOutput().text(library).number(deciding.length);
    for (byte[] bytes : deciding) {
      whole.raw(bytes);
    }
    whole
        .descriptors(writer.recipes.descriptors())
        .number(writer.primitives.size())
        .raw(writer.asked.toBytes())
        .raw(writer.out.toBytes())
        .raw(writer.code());
    return new Written(whole.toBytes(), writer.data, writer.dataBytes);
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

  /** The code of all kernels, each aligned. */
  private byte[] code() {
    ByteBuffer all = ByteBuffer.allocate(codeBytes);
    for (byte[] piece : pieces) {
      all.put(piece).position((int) aligned(all.position()));
    }
    return all.array();
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
      asked.number(source.threads()).text(source.implementation());
      PrimitiveDescriptor promised = source.descriptor();
      recipes.write(asked, promised.operation(), promised.attributes());
    }
    out.number(compute.operands().size());
    for (Instruction.Operand operand : compute.operands()) {
      out.number(operand.argument())
          .number(recipes.place(operand.descriptor()))
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
    Integer known = codes.get(code.kernel());
    if (known == null) {
      byte[] bytes = code.kernel().code();
      known = codeBytes;
      codes.put(code.kernel(), known);
      pieces.add(bytes);
      codeBytes = Math.addExact(known, (int) aligned(bytes.length));
    }
    out.number(known);
    out.number(code.first()).number(code.units());
    out.number(code.threads()).number(code.cells());
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

  private void op(HostSource.OfOp source) {
    out.number(OF_OP).text(source.op().mnemonic());
    Map<String, String> attributes = OpAttributes.of(source.op());
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
          .constant(view.elementType())
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
