package dev.lathe.backend.onednn.program;

import dev.lathe.backend.onednn.binding.Engine;
import dev.lathe.backend.onednn.binding.Memory;
import dev.lathe.backend.onednn.binding.MemoryFactory;
import dev.lathe.backend.onednn.binding.OpenMp;
import dev.lathe.backend.onednn.binding.PrimitiveCall;
import dev.lathe.backend.onednn.binding.Scope;
import dev.lathe.backend.onednn.binding.Stream;
import dev.lathe.backend.onednn.host.HostKernel;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A program made ready for one execution: every instruction is a prepared call on addresses that do
 * not change, but for those of inputs and outputs. Used by one thread at a time. Its memory is the
 * scope's it was made in.
 */
public final class ProgramInstance {
  /** A prepared instruction. */
  private interface Step {
    void run();
  }

  /** Something that follows an input or output to other memory. */
  private interface Follower {
    void follow(MemorySegment memory);
  }

  private final Program program;
  private final Engine engine;
  private final Stream stream;
  private final Scope scope;
  private final MemorySegment arena;
  private final Step[] steps;
  private final List<List<Follower>> inputFollowers = new ArrayList<>();
  private final List<List<Follower>> outputFollowers = new ArrayList<>();
  private final MemorySegment[] inputs;
  private final MemorySegment[] outputs;

  /**
   * Prepares a program.
   *
   * @param scope owns the memory objects and argument arrays
   * @param arena as many bytes as the program says
   */
  public ProgramInstance(
      Program program, Engine engine, Stream stream, Scope scope, MemorySegment arena) {
    this.program = program;
    this.engine = engine;
    this.stream = stream;
    this.scope = scope;
    this.arena = arena;
    this.inputs = unbound(program.inputs().size(), inputFollowers);
    this.outputs = unbound(program.outputs().size(), outputFollowers);
    this.steps = new Step[program.instructions().size()];
    try (MemoryFactory memories = new MemoryFactory(engine, scope)) {
      for (int i = 0; i < steps.length; i++) {
        steps[i] = prepare(program.instructions().get(i), memories);
      }
    }
  }

  /** The program this runs. */
  public Program program() {
    return program;
  }

  private static MemorySegment[] unbound(int count, List<List<Follower>> followers) {
    MemorySegment[] segments = new MemorySegment[count];
    for (int i = 0; i < count; i++) {
      segments[i] = MemorySegment.NULL;
      followers.add(new ArrayList<>());
    }
    return segments;
  }

  /** Says where input number {@code index} lies from now on; dense, and as large as its type. */
  public void bindInput(int index, MemorySegment memory) {
    bind(inputs, inputFollowers, index, memory);
  }

  /** Says where output number {@code index} shall lie from now on. */
  public void bindOutput(int index, MemorySegment memory) {
    bind(outputs, outputFollowers, index, memory);
  }

  private static void bind(
      MemorySegment[] bound, List<List<Follower>> followers, int index, MemorySegment memory) {
    if (!memory.scope().isAlive()) {
      throw new IllegalStateException("the tensor is closed");
    }
    MemorySegment old = bound[index];
    // Segments at one address are equal, though the one that was bound may be closed by now.
    if (!memory.equals(old) || !memory.scope().equals(old.scope())) {
      bound[index] = memory;
      follow(followers.get(index), memory);
    }
  }

  private static void follow(List<Follower> followers, MemorySegment memory) {
    for (int i = 0; i < followers.size(); i++) {
      followers.get(i).follow(memory);
    }
  }

  /** Runs all instructions. Allocates nothing once it is warm. */
  public void run() {
    for (Step step : steps) {
      step.run();
    }
  }

  /**
   * Runs all instructions and adds the time of each, in nanoseconds, to {@code times}; a branch is
   * one instruction.
   */
  public void run(long[] times) {
    for (int i = 0; i < steps.length; i++) {
      long start = System.nanoTime();
      steps[i].run();
      times[i] = System.nanoTime() - start;
    }
  }

  private Step prepare(Instruction instruction, MemoryFactory memories) {
    return switch (instruction) {
      case Instruction.Compute compute -> prepare(compute, memories);
      case Instruction.Host host -> prepare(host);
      case Instruction.Generated code -> prepare(code);
      case Instruction.Branch branch -> prepare(branch);
    };
  }

  private Step prepare(Instruction.Compute compute, MemoryFactory memories) {
    Map<Integer, Memory> arguments = new LinkedHashMap<>();
    for (Instruction.Operand operand : compute.operands()) {
      arguments.put(operand.argument(), memory(operand, memories));
    }
    PrimitiveCall call =
        new PrimitiveCall(scope, compute.primitive().primitive(), stream, arguments);
    int threads = compute.primitive().threads();
    return () -> {
      OpenMp.use(threads);
      call.run();
    };
  }

  private Memory memory(Instruction.Operand operand, MemoryFactory memories) {
    Buffer buffer = operand.buffer();
    long offset = operand.byteOffset();
    return switch (buffer.kind()) {
      case SCRATCH -> memories.of(operand.descriptor(), arena, buffer.arenaOffset() + offset);
      case CONSTANT -> memories.of(operand.descriptor(), buffer.memory(), offset);
      case INPUT, OUTPUT -> {
        Memory memory = memories.unbound(operand.descriptor());
        followers(buffer).add(segment -> memory.bind(segment, offset));
        yield memory;
      }
    };
  }

  private List<Follower> followers(Buffer buffer) {
    return (buffer.kind() == Buffer.Kind.INPUT ? inputFollowers : outputFollowers)
        .get(buffer.index());
  }

  private Step prepare(Instruction.Host host) {
    MemorySegment[] operands = segments(host.operands());
    MemorySegment[] results = segments(host.results());
    HostKernel kernel = host.kernel();
    int threads = host.source() instanceof HostSource.OfOp op ? op.threads() : 1;
    if (threads == 1 || kernel.units() == 1) {
      return () -> kernel.run(operands, results);
    }
    return new HostStep(kernel, operands, results, threads)::run;
  }

  private Step prepare(Instruction.Generated code) {
    GeneratedStep step = new GeneratedStep(code, scope);
    for (int i = 0; i < code.operands().size(); i++) {
      int operand = i;
      locate(code.operands().get(i), memory -> step.locate(operand, memory));
    }
    return step::run;
  }

  private MemorySegment[] segments(List<View> views) {
    MemorySegment[] segments = new MemorySegment[views.size()];
    for (int i = 0; i < segments.length; i++) {
      int slot = i;
      segments[i] = MemorySegment.NULL;
      locate(views.get(i), segment -> segments[slot] = segment);
    }
    return segments;
  }

  /** Tells {@code follower} the memory of {@code view}, now or whenever it becomes known. */
  private void locate(View view, Follower follower) {
    Buffer buffer = view.buffer();
    long offset = view.byteOffset();
    long size = view.spanBytes();
    switch (buffer.kind()) {
      case SCRATCH -> follower.follow(arena.asSlice(buffer.arenaOffset() + offset, size));
      case CONSTANT -> follower.follow(buffer.memory().asSlice(offset, size));
      case INPUT, OUTPUT ->
          followers(buffer)
              .add(
                  segment ->
                      follower.follow(
                          offset == 0 && size == segment.byteSize()
                              ? segment
                              : segment.asSlice(offset, size)));
    }
  }

  private Step prepare(Instruction.Branch branch) {
    MemorySegment workspace =
        arena.asSlice(branch.workspace().arenaOffset(), branch.workspace().bytes());
    ProgramInstance taken = nested(branch, branch.thenProgram(), workspace);
    ProgramInstance other = nested(branch, branch.elseProgram(), workspace);
    ByteBuffer[] condition = new ByteBuffer[1];
    locate(branch.condition(), memory -> condition[0] = memory.asByteBuffer());
    return () -> {
      if (condition[0].get(0) != 0) {
        taken.run();
      } else {
        other.run();
      }
    };
  }

  private ProgramInstance nested(
      Instruction.Branch branch, Program nested, MemorySegment workspace) {
    ProgramInstance instance = new ProgramInstance(nested, engine, stream, scope, workspace);
    for (int i = 0; i < branch.captures().size(); i++) {
      int index = i;
      locate(branch.captures().get(i), memory -> instance.bindInput(index, memory));
    }
    for (int i = 0; i < branch.results().size(); i++) {
      int index = i;
      locate(branch.results().get(i), memory -> instance.bindOutput(index, memory));
    }
    return instance;
  }
}
