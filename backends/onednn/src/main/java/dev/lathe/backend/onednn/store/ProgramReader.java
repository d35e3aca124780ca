package dev.lathe.backend.onednn.store;

import dev.lathe.backend.onednn.binding.BinaryInput;
import dev.lathe.backend.onednn.binding.ExecutableMemory;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.Recipe;
import dev.lathe.backend.onednn.lower.HostKernelFactory;
import dev.lathe.backend.onednn.program.Buffer;
import dev.lathe.backend.onednn.program.GeneratedKernel;
import dev.lathe.backend.onednn.program.HostSource;
import dev.lathe.backend.onednn.program.Instruction;
import dev.lathe.backend.onednn.program.KernelInfo;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.PrimitiveSource;
import dev.lathe.backend.onednn.program.Program;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.op.OpCodec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link ProgramWriter} wrote. Where the library then answers otherwise than when it was
 * written, the program is refused.
 */
@SuppressWarnings("EnumOrdinal") // Constants are written by their place, by the same build.
final class ProgramReader {
  private static final ElementType[] ELEMENT_TYPES = ElementType.values();

  private final BinaryInput in;
  private final MemorySegment weights;
  private final MemorySegment data;
  private final Asked asked;
  private final List<Buffer> buffers = new ArrayList<>();
  private final Map<Integer, GeneratedKernel> generated = new HashMap<>();

  private ProgramReader(BinaryInput in, MemorySegment weights, MemorySegment data, Asked asked) {
    this.in = in;
    this.weights = weights;
    this.data = data;
    this.asked = asked;
  }

  /** What stands before a program: what it is for, and what the library is to be asked for. */
  static final class Asked {
    private final BinaryInput in;
    private final String library;
    private final byte[][] deciding;
    private final List<MemoryDescriptor> descriptors;
    private final List<PrimitiveSource> primitives = new ArrayList<>();

    /**
     * Reads it. Does not use the library, which may still be loading.
     *
     * @throws IllegalArgumentException or {@link IndexOutOfBoundsException} if it is damaged
     */
    Asked(byte[] structure) {
      in = new BinaryInput(structure);
      library = in.text();
      deciding = new byte[in.count()][];
      for (int i = 0; i < deciding.length; i++) {
        deciding[i] = in.raw();
      }
      descriptors = in.descriptors();
      int count = in.count();
      BinaryInput each = new BinaryInput(structure, in.skipRaw());
      for (int i = 0; i < count; i++) {
        int threads = each.integer();
        String implementation = each.text();
        primitives.add(
            PrimitiveSource.stored(Recipe.read(each, descriptors), implementation, threads));
      }
    }

    /** What the library was when the program was written. */
    String library() {
      return library;
    }

    /** The bytes that inputs must have; an empty array for those that may have any. */
    byte[][] deciding() {
      return deciding;
    }

    /** The primitives, still to be generated. */
    List<PrimitiveSource> primitives() {
      return primitives;
    }

    /**
     * Reads the program. Does not use the library.
     *
     * @param structure what this was read from
     * @param weights the memory of the model's weights, which outlives the program
     * @param data what was stored beside the program, which the caller keeps as long as it
     * @throws IllegalArgumentException or {@link IndexOutOfBoundsException} if it is damaged
     */
    Read read(byte[] structure, MemorySegment weights, MemorySegment data) {
      ProgramReader reader =
          new ProgramReader(new BinaryInput(structure, in.skipRaw()), weights, data, this);
      Program program = reader.program();
      byte[] code = in.raw();
      for (int offset : reader.generated.keySet()) {
        if (offset < 0 || offset >= code.length) {
          throw new IllegalArgumentException("code at " + offset + " of " + code.length + " bytes");
        }
      }
      return new Read(program, reader.generated.values(), code);
    }
  }

  /** A program that is read, and whose code and primitives are still to be made. */
  static final class Read {
    private final Program program;
    private final Collection<GeneratedKernel> generated;
    private final byte[] code;

    private Read(Program program, Collection<GeneratedKernel> generated, byte[] code) {
      this.program = program;
      this.generated = generated;
      this.code = code;
    }

    /** The program. */
    Program program() {
      return program;
    }

    /**
     * Puts the code where it can be executed; what is returned owns the memory, and is null if
     * there is no code.
     */
    @Nullable ExecutableMemory place() {
      if (code.length == 0) {
        return null;
      }
      ExecutableMemory memory = ExecutableMemory.of(code);
      for (GeneratedKernel kernel : generated) {
        kernel.place(memory);
      }
      return memory;
    }
  }

  private Program program() {
    List<TensorType> inputs = types();
    List<TensorType> outputs = types();
    long arenaBytes = in.number();
    int count = in.count();
    for (int i = 0; i < count; i++) {
      buffers.add(buffer());
    }
    int length = in.count();
    List<Instruction> instructions = new ArrayList<>(length);
    for (int i = 0; i < length; i++) {
      int kind = in.integer();
      instructions.add(
          switch (kind) {
            case ProgramWriter.COMPUTE -> compute();
            case ProgramWriter.HOST -> host();
            case ProgramWriter.GENERATED -> generated();
            case ProgramWriter.BRANCH -> branch();
            default -> throw new IllegalArgumentException("an instruction of kind " + kind);
          });
    }
    return new Program(inputs, outputs, instructions, arenaBytes);
  }

  private List<TensorType> types() {
    int count = in.count();
    List<TensorType> types = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      types.add(TensorType.parse(in.text()));
    }
    return types;
  }

  private Buffer buffer() {
    Buffer.Kind kind = Buffer.Kind.values()[in.integer()];
    long bytes = in.number();
    return switch (kind) {
      case SCRATCH -> Buffer.placed(bytes, in.number());
      case CONSTANT -> Buffer.constant(bytes).set(memory(in.integer()));
      case INPUT -> Buffer.input(in.integer(), bytes);
      case OUTPUT -> Buffer.output(in.integer(), bytes);
    };
  }

  private MemorySegment memory(int place) {
    return switch (place) {
      case ProgramWriter.IN_WEIGHTS -> weights.asSlice(in.number(), in.number());
      case ProgramWriter.IN_DATA -> data.asSlice(in.number(), in.number());
      default -> throw new IllegalArgumentException("a constant in place " + place);
    };
  }

  private Instruction compute() {
    PrimitiveSource primitive = asked.primitives.get(in.integer());
    int count = in.count();
    List<Instruction.Operand> operands = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      operands.add(
          new Instruction.Operand(
              in.integer(),
              asked.descriptors.get(in.integer()),
              buffers.get(in.integer()),
              in.number()));
    }
    return new Instruction.Compute(primitive, operands, info());
  }

  private Instruction host() {
    int kind = in.integer();
    HostSource source =
        switch (kind) {
          case ProgramWriter.OF_OP -> op();
          case ProgramWriter.OF_COPY ->
              new HostSource.OfCopy(in.integer(), in.list(), in.list(), in.list());
          default -> throw new IllegalArgumentException("a kernel of kind " + kind);
        };
    return new Instruction.Host(source, HostKernelFactory.create(source), views(), views(), info());
  }

  private Instruction generated() {
    int offset = in.integer();
    GeneratedKernel kernel = generated.get(offset);
    if (kernel == null) {
      kernel = GeneratedKernel.stored(offset);
      generated.put(offset, kernel);
    }
    return new Instruction.Generated(
        kernel, in.number(), in.number(), in.integer(), in.integer(), views(), info());
  }

  private Instruction branch() {
    View condition = views().getFirst();
    List<View> captures = views();
    List<View> results = views();
    Buffer workspace = buffers.get(in.integer());
    KernelInfo info = info();
    return new Instruction.Branch(
        condition, program(), program(), captures, results, workspace, info);
  }

  private HostSource op() {
    String mnemonic = in.text();
    int attributes = in.count();
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < attributes; i++) {
      values.put(in.text(), in.text());
    }
    List<TensorType> operands = types();
    List<TensorType> results = types();
    int count = in.count();
    List<@Nullable ConstantData> constants = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int place = in.integer();
      if (place == ProgramWriter.NOWHERE) {
        constants.add(null);
      } else {
        MemorySegment memory = memory(place);
        constants.add(new ConstantData(TensorType.parse(in.text()), memory));
      }
    }
    return new HostSource.OfOp(
        OpCodec.create(mnemonic, values, null, List.of()),
        operands,
        results,
        constants,
        in.integer());
  }

  private List<View> views() {
    int count = in.count();
    List<View> views = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      views.add(
          new View(
              buffers.get(in.integer()),
              ELEMENT_TYPES[in.integer()],
              Layout.of(in.numbers(), in.numbers(), in.number())));
    }
    return views;
  }

  private KernelInfo info() {
    return new KernelInfo(in.text(), in.text(), in.number(), in.texts(), in.bool(), in.bool());
  }
}
