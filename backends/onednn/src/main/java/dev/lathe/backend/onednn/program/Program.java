package dev.lathe.backend.onednn.program;

import dev.lathe.ir.TensorType;
import java.util.List;

/**
 * A function lowered for fixed shapes: instructions in order, and where their data lies. Immutable
 * and shared by threads, each of which runs it as a {@link ProgramInstance}. Owns its primitives.
 */
public final class Program implements AutoCloseable {
  private final List<TensorType> inputs;
  private final List<TensorType> outputs;
  private final List<Instruction> instructions;
  private final long arenaBytes;

  /** Plans the memory of {@code instructions}, whose primitives become this program's. */
  public Program(
      List<TensorType> inputs, List<TensorType> outputs, List<Instruction> instructions) {
    this(inputs, outputs, instructions, MemoryPlan.place(instructions));
  }

  /** A program whose scratch buffers have their places, in an arena of {@code arenaBytes}. */
  public Program(
      List<TensorType> inputs,
      List<TensorType> outputs,
      List<Instruction> instructions,
      long arenaBytes) {
    this.inputs = List.copyOf(inputs);
    this.outputs = List.copyOf(outputs);
    this.instructions = List.copyOf(instructions);
    this.arenaBytes = arenaBytes;
  }

  /** The types of the inputs, their shapes fixed. */
  public List<TensorType> inputs() {
    return inputs;
  }

  /** The types of the outputs, their shapes fixed. */
  public List<TensorType> outputs() {
    return outputs;
  }

  /** The instructions in order. */
  public List<Instruction> instructions() {
    return instructions;
  }

  /** The bytes of scratch memory an execution needs. */
  public long arenaBytes() {
    return arenaBytes;
  }

  /**
   * The most bytes of scratch memory that are alive at one instruction: what the arena could not be
   * smaller than. Computed when asked for.
   */
  public long liveBytes() {
    return MemoryPlan.liveBytes(instructions);
  }

  /** Destroys the primitives; no instance may be run any more. */
  @Override
  public void close() {
    for (Instruction instruction : instructions) {
      switch (instruction) {
        case Instruction.Compute compute -> compute.primitive().close();
        case Instruction.Branch branch -> {
          branch.thenProgram().close();
          branch.elseProgram().close();
        }
        case Instruction.Generated code -> code.kernel().close();
        case Instruction.Host host -> {}
      }
    }
  }
}
