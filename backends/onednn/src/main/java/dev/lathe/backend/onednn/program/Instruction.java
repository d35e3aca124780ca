package dev.lathe.backend.onednn.program;

import dev.lathe.backend.onednn.binding.Argument;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.host.HostKernel;
import java.util.List;
import java.util.function.Consumer;

/** One step of a program. */
public sealed interface Instruction {

  /** What it is, for profiles and messages. */
  KernelInfo info();

  /** How what it reads and writes lies, for profiles. */
  String layouts();

  /** Calls {@code action} with every buffer this reads or writes, some more than once. */
  void forEachBuffer(Consumer<Buffer> action);

  /**
   * An argument of a oneDNN primitive.
   *
   * @param argument a number of {@link dev.lathe.backend.onednn.binding.Argument}
   * @param byteOffset where the data begins in the buffer
   */
  record Operand(int argument, MemoryDescriptor descriptor, Buffer buffer, long byteOffset) {}

  /** A oneDNN primitive, its scratchpad among the operands. */
  record Compute(PrimitiveSource primitive, List<Operand> operands, KernelInfo info)
      implements Instruction {
    /** Copies the list. */
    public Compute {
      operands = List.copyOf(operands);
    }

    @Override
    public String layouts() {
      StringBuilder inputs = new StringBuilder();
      String output = "";
      for (Operand operand : operands) {
        if (operand.argument() == Argument.DST) {
          output = operand.descriptor().toString();
        } else if (operand.argument() != Argument.SCRATCHPAD) {
          inputs.append(inputs.isEmpty() ? "" : ",").append(operand.descriptor());
        }
      }
      return inputs + "->" + output;
    }

    @Override
    public void forEachBuffer(Consumer<Buffer> action) {
      operands.forEach(operand -> action.accept(operand.buffer()));
    }
  }

  /**
   * A kernel in Java.
   *
   * @param source what the kernel was made from
   * @param operands row-major and without gaps, in the kernel's order
   * @param results likewise
   */
  record Host(
      HostSource source,
      HostKernel kernel,
      List<View> operands,
      List<View> results,
      KernelInfo info)
      implements Instruction {
    /** Copies the lists. */
    public Host {
      operands = List.copyOf(operands);
      results = List.copyOf(results);
    }

    @Override
    public String layouts() {
      return View.text(operands) + "->" + View.text(results);
    }

    @Override
    public void forEachBuffer(Consumer<Buffer> action) {
      operands.forEach(view -> action.accept(view.buffer()));
      results.forEach(view -> action.accept(view.buffer()));
    }
  }

  /**
   * A kernel of machine code.
   *
   * @param first the number of the first unit of its work
   * @param units how many of them
   * @param threads how many threads share them
   * @param cells of memory by which threads tell each other how far they are; 0 where they need not
   * @param operands what the code's addresses are, in its order
   */
  record Generated(
      GeneratedKernel kernel,
      long first,
      long units,
      int threads,
      int cells,
      List<View> operands,
      KernelInfo info)
      implements Instruction {
    /** Copies the list. */
    public Generated {
      operands = List.copyOf(operands);
    }

    @Override
    public String layouts() {
      return View.text(operands);
    }

    @Override
    public void forEachBuffer(Consumer<Buffer> action) {
      operands.forEach(view -> action.accept(view.buffer()));
    }
  }

  /**
   * One of two programs, whose inputs and outputs are the given views, row-major and without gaps.
   *
   * @param condition one bool
   * @param workspace the arena of the program that is run
   */
  record Branch(
      View condition,
      Program thenProgram,
      Program elseProgram,
      List<View> captures,
      List<View> results,
      Buffer workspace,
      KernelInfo info)
      implements Instruction {
    /** Copies the lists. */
    public Branch {
      captures = List.copyOf(captures);
      results = List.copyOf(results);
    }

    @Override
    public String layouts() {
      return "";
    }

    @Override
    public void forEachBuffer(Consumer<Buffer> action) {
      action.accept(condition.buffer());
      captures.forEach(view -> action.accept(view.buffer()));
      results.forEach(view -> action.accept(view.buffer()));
      action.accept(workspace);
    }
  }
}
