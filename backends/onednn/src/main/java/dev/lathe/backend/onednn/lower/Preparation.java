package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.Argument;
import dev.lathe.backend.onednn.binding.Attributes;
import dev.lathe.backend.onednn.binding.Engine;
import dev.lathe.backend.onednn.binding.Memory;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.NativeMemory;
import dev.lathe.backend.onednn.binding.OpenMp;
import dev.lathe.backend.onednn.binding.Operation;
import dev.lathe.backend.onednn.binding.PrimitiveCall;
import dev.lathe.backend.onednn.binding.PrimitiveDescriptor;
import dev.lathe.backend.onednn.binding.Scope;
import dev.lathe.backend.onednn.binding.Stream;
import dev.lathe.backend.onednn.program.Buffer;
import dev.lathe.backend.onednn.program.ConstantPool;
import dev.lathe.backend.onednn.program.GeneratedKernel;
import dev.lathe.backend.onednn.program.Instruction;
import dev.lathe.backend.onednn.program.PrimitiveSource;
import dev.lathe.backend.onednn.program.Program;
import dev.lathe.backend.onednn.program.ProgramInstance;
import dev.lathe.backend.onednn.program.View;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What is done between lowering and the first run: primitives are generated, instructions on
 * constants run, and weights packed; by all threads of the target where that is possible.
 */
final class Preparation {
  /**
   * A constant to be laid out anew.
   *
   * @param source how it lies in its view, or how the transform writes it
   * @param packed where the result is found afterwards
   * @param transform what is done to it first, or null for nothing
   */
  record Packing(
      View constant,
      MemoryDescriptor source,
      MemoryDescriptor target,
      Buffer packed,
      ConstantPool.@Nullable Transform transform) {}

  /** Smaller weights are not worth a call of the system. */
  private static final long RELEASED_BYTES = 1 << 16;

  private final Target target;
  private final Scope scope;
  private final List<AutoCloseable> owned;

  /**
   * @param scope owns what only this program's constants need
   * @param owned gets what has to be closed with the program
   */
  Preparation(Target target, Scope scope, List<AutoCloseable> owned) {
    this.target = target;
    this.scope = scope;
    this.owned = owned;
  }

  /** Prepares everything that {@code instructions}, the prologue and the packings need. */
  void run(List<Instruction> prologue, List<Instruction> instructions, List<Packing> packings) {
    List<Runnable> tasks = new ArrayList<>();
    List<Runnable> later = new ArrayList<>();
    Set<PrimitiveSource> generated = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<GeneratedKernel> kernels = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Packing packing : packings) {
      if (packing.constant().buffer().isSet()) {
        tasks.add(shared(packing));
      } else {
        later.add(() -> packing.packed().set(own(packing)));
      }
    }
    for (List<Instruction> list : List.of(prologue, instructions)) {
      for (Instruction instruction : list) {
        if (instruction instanceof Instruction.Compute compute
            && generated.add(compute.primitive())) {
          tasks.add(compute.primitive()::generate);
        }
        if (instruction instanceof Instruction.Generated code && kernels.add(code.kernel())) {
          tasks.add(code.kernel()::generate);
        }
      }
    }
    inParallel(tasks);
    if (!prologue.isEmpty()) {
      fold(prologue);
    }
    inParallel(later);
  }

  private Runnable shared(Packing packing) {
    MemorySegment original = packing.constant().buffer().memory();
    long offset = packing.constant().byteOffset();
    MemorySegment from = original.asSlice(offset);
    ConstantPool.Lease lease =
        target.pool().lease(from, packing.source(), packing.target(), packing.transform());
    owned.add(lease);
    return () ->
        packing
            .packed()
            .set(
                lease.fill(
                    to -> {
                      pack(packing, from, to);
                      release(original);
                    }));
  }

  /**
   * Lets go of the physical memory of weights in a mapped file that were read to be packed, so that
   * they are not resident twice. Who reads them again gets them from the file.
   */
  private static void release(MemorySegment original) {
    if (original.isMapped() && original.isReadOnly() && original.byteSize() >= RELEASED_BYTES) {
      original.unload();
    }
  }

  private MemorySegment own(Packing packing) {
    MemorySegment to = scope.allocate(packing.target().size());
    View constant = packing.constant();
    pack(packing, constant.buffer().memory().asSlice(constant.byteOffset()), to);
    return to;
  }

  private void pack(Packing packing, MemorySegment from, MemorySegment to) {
    ConstantPool.Transform transform = packing.transform();
    if (transform == null) {
      reorder(packing, from, to);
      return;
    }
    if (packing.source().equals(packing.target())) {
      transform.apply(from, to);
      return;
    }
    try (NativeMemory made = NativeMemory.allocate(packing.source().size())) {
      transform.apply(from, made.segment());
      reorder(packing, made.segment(), to);
    }
  }

  private void reorder(Packing packing, MemorySegment from, MemorySegment to) {
    Engine engine = target.engine();
    OpenMp.use(1);
    try (PrimitiveDescriptor descriptor =
            PrimitiveDescriptor.of(
                    engine,
                    new Operation.Reorder(packing.source(), packing.target()),
                    Attributes.NONE)
                .orElseThrow(
                    () ->
                        new UnsupportedOperationException(
                            "oneDNN cannot pack " + packing.source() + " as " + packing.target()));
        Scope local = Scope.confined()) {
      Map<Integer, Memory> arguments = new HashMap<>();
      arguments.put(Argument.SRC, local.own(Memory.of(engine, packing.source(), from)));
      arguments.put(Argument.DST, local.own(Memory.of(engine, packing.target(), to)));
      if (descriptor.scratchpadSize() > 0) {
        MemorySegment scratchpad = local.allocate(descriptor.scratchpadSize());
        arguments.put(
            Argument.SCRATCHPAD, local.own(Memory.of(engine, descriptor.scratchpad(), scratchpad)));
      }
      new PrimitiveCall(
              local, local.own(descriptor.create()), local.own(Stream.of(engine)), arguments)
          .run();
    }
  }

  /** Runs the instructions on constants, whose results become constants. */
  private void fold(List<Instruction> prologue) {
    for (Instruction instruction : prologue) {
      instruction.forEachBuffer(
          buffer -> {
            if (buffer.kind() == Buffer.Kind.CONSTANT && !buffer.isSet()) {
              buffer.set(scope.allocate(buffer.bytes()));
            }
          });
    }
    // Its primitives may be those of the program too, which closes them: so both are closed then.
    Program once = new Program(List.of(), List.of(), prologue);
    owned.add(once);
    try (Scope local = new Scope()) {
      Stream stream = local.own(Stream.of(target.engine()));
      new ProgramInstance(once, target.engine(), stream, local, local.allocate(once.arenaBytes()))
          .run();
    }
  }

  /** Runs tasks in as many threads as the target has, this one among them. */
  private void inParallel(List<Runnable> tasks) {
    AtomicInteger next = new AtomicInteger();
    Threads.together(
        Math.clamp(tasks.size(), 1, target.threads()),
        () -> {
          int task;
          while ((task = next.getAndIncrement()) < tasks.size()) {
            tasks.get(task).run();
          }
        });
  }
}
