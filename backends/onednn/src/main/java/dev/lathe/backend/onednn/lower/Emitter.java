package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.Argument;
import dev.lathe.backend.onednn.binding.Attributes;
import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.Operation;
import dev.lathe.backend.onednn.binding.PrimitiveDescriptor;
import dev.lathe.backend.onednn.host.HostKernel;
import dev.lathe.backend.onednn.jit.CodeSource;
import dev.lathe.backend.onednn.jit.Loops;
import dev.lathe.backend.onednn.program.Buffer;
import dev.lathe.backend.onednn.program.ConstantPool;
import dev.lathe.backend.onednn.program.HostSource;
import dev.lathe.backend.onednn.program.Instruction;
import dev.lathe.backend.onednn.program.KernelInfo;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.ElementType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Collects the instructions of one block, and what has to be done before its first run: primitives
 * to generate, weights to pack, and the instructions that depend on constants only.
 *
 * <p>While {@link #folding} is set, results are constants and instructions go to the prologue,
 * which is run once.
 */
final class Emitter {
  private static final String REFERENCE = "ref";

  /** Normalisations with post-ops: thirty times as slow as without. */
  private static final String SIMPLE = "simple";

  private final Target target;
  private final List<Instruction> body = new ArrayList<>();
  private final List<Instruction> prologue;
  private final List<Preparation.Packing> packings;
  private final PrimitivePool primitives;
  private final Map<View, List<View>> copies = new HashMap<>();
  private final Map<View, List<View>> conversions = new HashMap<>();
  private final Map<Buffer, Buffer> originals = new HashMap<>();
  private List<String> sources = List.of();
  private boolean folding;

  Emitter(Target target) {
    this(target, new ArrayList<>(), new ArrayList<>(), new PrimitivePool(target));
  }

  private Emitter(
      Target target,
      List<Instruction> prologue,
      List<Preparation.Packing> packings,
      PrimitivePool primitives) {
    this.target = target;
    this.prologue = prologue;
    this.packings = packings;
    this.primitives = primitives;
  }

  /** An emitter for a nested block: what is done before the first run is done for all at once. */
  Emitter nested() {
    return new Emitter(target, prologue, packings, primitives);
  }

  /** All primitives that were asked for, those of nested blocks too. */
  PrimitivePool primitives() {
    return primitives;
  }

  Target target() {
    return target;
  }

  /** What runs, in order. */
  List<Instruction> body() {
    return body;
  }

  /** What runs once, before the first run, in order. */
  List<Instruction> prologue() {
    return prologue;
  }

  /** The weights to pack, after the prologue. */
  List<Preparation.Packing> packings() {
    return packings;
  }

  /** Says which source nodes the next instructions come from, and whether they are constant. */
  void begin(List<String> nodeSources, boolean constant) {
    sources = nodeSources;
    folding = constant;
  }

  /** Whether results are constants. */
  boolean isFolding() {
    return folding;
  }

  /** Memory for a result. */
  Buffer buffer(long bytes) {
    return folding ? Buffer.constant(bytes) : Buffer.scratch(bytes);
  }

  /** Memory for a result with the given layout, which has no gaps and no offset. */
  View allocate(ElementType type, Layout layout) {
    return new View(buffer(type.byteSize(layout.count())), type, layout);
  }

  void emit(Instruction instruction) {
    (folding ? prologue : body).add(instruction);
  }

  /** Adds a kernel in Java; operands and results are row-major. */
  void host(HostSource.OfOp source, List<View> operands, List<View> results) {
    HostKernel kernel = HostKernelFactory.create(source);
    String name = source.op().mnemonic();
    KernelInfo info =
        switch (kernel) {
          case ReferenceKernel slow ->
              new KernelInfo(name, "reference interpreter", 0, sources, true, false);
          case SmallProduct product ->
              new KernelInfo(name, "sgemm", product.flops(), sources, false, false);
          default -> hostInfo(name, false);
        };
    emit(new Instruction.Host(source, kernel, operands, results, info));
  }

  /**
   * Adds a kernel of machine code.
   *
   * @param first the number of the first unit of its work
   * @param units how many of them
   * @param bytes how much it reads and writes, which says whether several threads are worth it
   * @param operands what the code's addresses are
   */
  void generated(
      CodeSource source,
      String name,
      long first,
      long units,
      long bytes,
      List<View> operands,
      List<String> nodeSources) {
    generated(source, name, first, units, bytes, 0, operands, nodeSources);
  }

  /**
   * Adds a kernel of machine code that multiplies.
   *
   * @param flops how many operations an execution takes
   */
  void generated(
      CodeSource source,
      String name,
      long first,
      long units,
      long bytes,
      long flops,
      List<View> operands,
      List<String> nodeSources) {
    KernelInfo info = new KernelInfo(name, "jit:lathe", flops, nodeSources, false, false);
    emitGenerated(source, units, first, bytes, operands, info);
  }

  private void emitGenerated(
      CodeSource source, long units, long first, long bytes, List<View> operands, KernelInfo info) {
    int threads = (int) Math.min(Work.threads(bytes, target.threads()), units);
    emit(
        new Instruction.Generated(
            primitives.generated(source), first, units, threads, source.cells(), operands, info));
  }

  /**
   * Adds loops over the elements of tensors.
   *
   * @param views what is read, and last what is written
   */
  void loops(Loops code, String name, List<View> views, boolean reorder) {
    long bytes = 0;
    for (View view : views) {
      bytes += view.byteSize();
    }
    KernelInfo info = new KernelInfo(name, "jit:lathe", 0, sources, false, reorder);
    emitGenerated(code, code.units(), 0, bytes, views, info);
  }

  private KernelInfo hostInfo(String name, boolean reorder) {
    return new KernelInfo(name, "java", 0, sources, false, reorder);
  }

  /** The sources of what is emitted now. */
  List<String> sources() {
    return sources;
  }

  /** Asks oneDNN for a kernel; nothing where it has none or only a slow one. */
  Optional<PrimitiveDescriptor> request(Operation operation, Attributes attributes) {
    Optional<PrimitiveDescriptor> descriptor = requestAny(operation, attributes);
    return descriptor.filter(found -> !isSlow(operation, found));
  }

  /** Asks oneDNN for a kernel, be it slow. */
  Optional<PrimitiveDescriptor> requestAny(Operation operation, Attributes attributes) {
    return primitives.request(operation, attributes);
  }

  private static boolean isSlow(Operation operation, PrimitiveDescriptor descriptor) {
    return isReference(descriptor)
        || (operation instanceof Operation.LayerNormalization
            && descriptor.implementation().startsWith(SIMPLE));
  }

  private static boolean isReference(PrimitiveDescriptor descriptor) {
    return descriptor.implementation().startsWith(REFERENCE);
  }

  /** Adds a oneDNN kernel. */
  Kernel kernel(PrimitiveDescriptor descriptor) {
    return new Kernel(descriptor);
  }

  /** A oneDNN kernel whose arguments are being collected. */
  final class Kernel {
    private final PrimitiveDescriptor descriptor;
    private final List<Instruction.Operand> operands = new ArrayList<>();
    private long flops;
    private boolean reorder;
    private List<String> from = sources;

    private Kernel(PrimitiveDescriptor descriptor) {
      this.descriptor = descriptor;
    }

    /** Adds a tensor as the layout that the view has. */
    Kernel with(int argument, View view) {
      return with(argument, Types.descriptor(view), view);
    }

    /** Adds a tensor as {@code as} describes it, which means the same memory. */
    Kernel with(int argument, MemoryDescriptor as, View view) {
      return with(argument, as, view.buffer(), view.byteOffset());
    }

    /** Adds a tensor. */
    Kernel with(int argument, MemoryDescriptor as, Buffer buffer, long byteOffset) {
      operands.add(new Instruction.Operand(argument, as, buffer, byteOffset));
      return this;
    }

    /** Says how many operations an execution takes. */
    Kernel flops(long count) {
      flops = count;
      return this;
    }

    /** Says that it changes nothing but the layout or the type. */
    Kernel reorder() {
      reorder = true;
      return this;
    }

    /** Says where it came from, if that is more than the current node. */
    Kernel from(List<String> nodeSources) {
      from = nodeSources;
      return this;
    }

    /** Adds the instruction. */
    void emit(String name) {
      long scratchpad = descriptor.scratchpadSize();
      String implementation = descriptor.implementation();
      if (scratchpad > 0) {
        operands.add(
            new Instruction.Operand(
                Argument.SCRATCHPAD, descriptor.scratchpad(), buffer(scratchpad), 0));
      }
      Emitter.this.emit(
          new Instruction.Compute(
              primitives.source(descriptor),
              operands,
              new KernelInfo(
                  name,
                  implementation,
                  flops,
                  from,
                  implementation.startsWith(REFERENCE),
                  reorder)));
    }
  }

  /** A constant, described by {@code source}, packed as {@code wanted}. */
  private Buffer pack(View constant, MemoryDescriptor source, MemoryDescriptor wanted) {
    return pack(constant, source, wanted, null);
  }

  private Buffer pack(
      View constant,
      MemoryDescriptor source,
      MemoryDescriptor wanted,
      ConstantPool.@Nullable Transform transform) {
    Buffer packed = Buffer.constant(wanted.size());
    packings.add(new Preparation.Packing(constant, source, wanted, packed, transform));
    return packed;
  }

  /**
   * What a function makes of a constant, packed as {@code wanted} before the first run.
   *
   * @param made how the function writes it
   * @param transform equal to others that do the same, which then share the result
   */
  Buffer transformed(
      View constant,
      MemoryDescriptor made,
      MemoryDescriptor wanted,
      ConstantPool.Transform transform) {
    return pack(constant, made, wanted, transform);
  }

  /**
   * The weights as a kernel wants them: packed before the first run if they are constant, else
   * reordered whenever it runs.
   */
  Kernel withWeights(Kernel kernel, int argument, View weights, MemoryDescriptor wanted) {
    MemoryDescriptor given = Types.descriptor(weights);
    if (given.equals(wanted)) {
      return kernel.with(argument, wanted, weights);
    }
    if (weights.isConstant() && !folding) {
      return kernel.with(argument, wanted, pack(weights, given, wanted), 0);
    }
    return kernel.with(argument, wanted, reordered(weights, wanted), 0);
  }

  /** A constant as a kernel wants it, made before the first run; {@code wanted} is not plain. */
  Buffer packed(View constant, MemoryDescriptor wanted) {
    return pack(constant, Types.descriptor(constant), wanted);
  }

  /** What a view holds as a kernel wants it, made whenever the kernel runs. */
  Buffer reordered(View view, MemoryDescriptor wanted) {
    Buffer reordered = buffer(wanted.size());
    reorder(Types.descriptor(view), view.buffer(), view.byteOffset(), wanted, reordered, 0);
    return reordered;
  }

  private void reorder(
      MemoryDescriptor source,
      Buffer from,
      long fromOffset,
      MemoryDescriptor destination,
      Buffer to,
      long toOffset) {
    PrimitiveDescriptor descriptor =
        requestAny(new Operation.Reorder(source, destination), Attributes.NONE)
            .orElseThrow(
                () ->
                    new UnsupportedOperationException(
                        "oneDNN cannot reorder " + source + " to " + destination));
    kernel(descriptor)
        .with(Argument.SRC, source, from, fromOffset)
        .with(Argument.DST, destination, to, toOffset)
        .reorder()
        .emit("reorder");
  }

  /** The elements of a view, of a real type, as f32. */
  View wide(View view) {
    return view.elementType() == ElementType.F32 ? view : converted(view, ElementType.F32);
  }

  /** The elements of a view, of a real type, as another real type; the same order of dimensions. */
  View converted(View view, ElementType type) {
    for (View copy : conversions.getOrDefault(view, List.of())) {
      if (copy.elementType() == type) {
        return copy;
      }
    }
    boolean before = folding;
    folding = view.isConstant();
    View from = view.layout().isBroadcast() ? dense(view) : packed(view);
    View to = allocate(type, from.layout().at(0));
    convert(from, to);
    folding = before;
    conversions.computeIfAbsent(view, v -> new ArrayList<>()).add(to);
    return to;
  }

  /** Writes the elements of one view, of a real type, to another of another real type. */
  void convert(View from, View to) {
    reorder(
        Types.descriptor(from),
        from.buffer(),
        from.byteOffset(),
        Types.descriptor(to),
        to.buffer(),
        to.byteOffset());
  }

  /** The elements row-major without gaps: {@code view} itself if it is that, else a copy. */
  View dense(View view) {
    return as(view, Layout.dense(view.layout().dims()));
  }

  /** The elements with the channels innermost and without gaps. */
  View channelsLast(View view) {
    return as(view, Layout.channelsLast(view.layout().dims()));
  }

  /** The elements without gaps, in the order of dimensions they have. */
  View packed(View view) {
    return view.layout().isPacked()
        ? view
        : as(view, Layout.permuted(view.layout().dims(), view.layout().order()));
  }

  /** The elements with a layout without gaps: {@code view} itself if it has it, else a copy. */
  View as(View view, Layout wanted) {
    if (view.layout().sameAs(wanted.at(view.layout().offset()))) {
      return view;
    }
    for (View copy : copies.getOrDefault(view, List.of())) {
      if (copy.layout().sameAs(wanted)) {
        return copy;
      }
    }
    boolean before = folding;
    folding = view.isConstant();
    View copy = allocate(view.elementType(), wanted);
    copy(view, copy);
    folding = before;
    copies.computeIfAbsent(view, v -> new ArrayList<>()).add(copy);
    originals.put(copy.buffer(), view.buffer());
    return copy;
  }

  /** Forgets copies of what lay in a buffer that is overwritten, and that it was a copy. */
  void overwritten(Buffer buffer) {
    copies.keySet().removeIf(view -> view.buffer() == buffer);
    conversions.keySet().removeIf(view -> view.buffer() == buffer);
    copies.values().forEach(each -> each.removeIf(copy -> copy.buffer() == buffer));
    conversions.values().forEach(each -> each.removeIf(copy -> copy.buffer() == buffer));
  }

  /** The buffer that {@code buffer} holds a copy of; null where it is no copy. */
  @Nullable Buffer original(Buffer buffer) {
    return originals.get(buffer);
  }

  /** Copies the elements of one view to another of the same type and dimensions. */
  void copy(View from, View to) {
    if (from.layout().count() == 0) {
      return;
    }
    boolean preferred = CopyKernel.prefers(from, to);
    Loops code = folding ? null : CopyKernel.loops(from, to, preferred);
    if (code != null) {
      loops(code, "copy", List.of(from, to), true);
      return;
    }
    if (preferred) {
      CopyKernel copy = CopyKernel.of(from, to);
      emit(
          new Instruction.Host(
              copy.source(),
              copy,
              List.of(whole(from)),
              List.of(whole(to)),
              hostInfo("copy", true)));
      return;
    }
    MemoryDescriptor sourceBits = bits(from);
    MemoryDescriptor destinationBits = bits(to);
    reorder(
        sourceBits,
        from.buffer(),
        from.byteOffset(),
        destinationBits,
        to.buffer(),
        to.byteOffset());
  }

  /** The memory from the first element of a view to its last, as a vector. */
  private static View whole(View view) {
    return view.with(Layout.dense(view.layout().span()).at(view.layout().offset()));
  }

  /** A descriptor under which elements of any type are copied bit by bit. */
  private static MemoryDescriptor bits(View view) {
    Layout layout = view.layout().rank() == 0 ? Layout.dense(1) : view.layout().normalized();
    return switch (view.elementType().bits()) {
      case 8 -> MemoryDescriptor.strided(DataType.U8, layout.dims(), layout.strides());
      case 16 -> MemoryDescriptor.strided(DataType.BF16, layout.dims(), layout.strides());
      case 32 ->
          MemoryDescriptor.strided(
              view.elementType() == ElementType.F32 ? DataType.F32 : DataType.S32,
              layout.dims(),
              layout.strides());
      default ->
          throw new UnsupportedOperationException(
              "cannot copy elements of " + view.elementType() + " by oneDNN");
    };
  }
}
