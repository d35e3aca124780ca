package dev.lathe.backend.onednn;

import dev.lathe.backend.onednn.binding.Crowd;
import dev.lathe.backend.onednn.binding.Scope;
import dev.lathe.backend.onednn.binding.Stream;
import dev.lathe.backend.onednn.lower.LoweredFunction;
import dev.lathe.backend.onednn.program.Instruction;
import dev.lathe.backend.onednn.program.Program;
import dev.lathe.backend.onednn.program.ProgramInstance;
import dev.lathe.ir.TensorType;
import dev.lathe.runtime.Tensor;
import dev.lathe.runtime.spi.Execution;
import dev.lathe.runtime.spi.KernelProfile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One thread's runs of a model: the programs it ran last, prepared in memory of its own. */
final class OneDnnExecution implements Execution {
  /** Prepared programs kept; each has an arena for its activations. */
  private static final int KEPT_INSTANCES = 4;

  private static final long FEW_BYTES = 1 << 12;
  private static final long MOST_BYTES = 1 << 30;
  private static final int ALIGNMENT = 64;

  private final OneDnnExecutable executable;
  private final List<Prepared> prepared = new ArrayList<>();
  private @Nullable Stream stream;
  private OneDnnExecutable.@Nullable Shared unkept;
  private @Nullable Execution reference;
  private boolean first = true;

  /** The program that ran last or was prepared to; null where the reference runs the model. */
  private @Nullable Program last;

  private boolean closed;

  OneDnnExecution(OneDnnExecutable executable) {
    this.executable = executable;
  }

  /** A program prepared for the inputs that the key says; none where the reference runs them. */
  private record Prepared(
      ProgramKey key,
      OneDnnExecutable.Shared shared,
      Scope scope,
      @Nullable ProgramInstance instance) {}

  @Override
  public void run(Tensor[] inputs, @Nullable Tensor[] outputs) {
    ProgramInstance instance = instance(inputs);
    if (instance == null) {
      runReference(inputs, outputs);
      return;
    }
    bind(instance, inputs, outputs);
    run(instance);
    if (unkept != null) {
      executable.keep(unkept);
      unkept = null;
    }
  }

  private void run(ProgramInstance instance) {
    // What watches the load of the machine would cost a first run time.
    if (executable.threads() == 1 || first) {
      instance.run();
      first = false;
    } else {
      Crowd.enter();
      try {
        instance.run();
      } finally {
        Crowd.leave();
      }
    }
  }

  @Override
  public void prepare(Tensor[] inputs) {
    instance(inputs);
  }

  private void bind(ProgramInstance instance, Tensor[] inputs, @Nullable Tensor[] outputs) {
    Program program = instance.program();
    for (int i = 0; i < inputs.length; i++) {
      instance.bindInput(i, inputs[i].segment());
    }
    for (int i = 0; i < outputs.length; i++) {
      Tensor output = outputs[i];
      TensorType type = program.outputs().get(i);
      if (output == null || !fits(output, type)) {
        output = first ? firstOutput(type) : output(type);
        outputs[i] = output;
      }
      instance.bindOutput(i, output.segment());
    }
  }

  private static Tensor output(TensorType type) {
    return Tensor.allocate(Arena.ofAuto(), type.elementType(), type.shape().sizes());
  }

  /**
   * An output in the memory of a buffer, if it is much: an arena writes zeros in a loop in Java,
   * which a first run would interpret. Later ones do with fewer objects.
   */
  private static Tensor firstOutput(TensorType type) {
    long bytes = type.byteSize();
    if (bytes < FEW_BYTES || bytes > MOST_BYTES) {
      return output(type);
    }
    // A slice begins and ends aligned.
    ByteBuffer memory =
        ByteBuffer.allocateDirect((int) bytes + 2 * ALIGNMENT)
            .alignedSlice(ALIGNMENT)
            .limit((int) bytes);
    return Tensor.wrap(MemorySegment.ofBuffer(memory), type.elementType(), type.shape().sizes());
  }

  private static boolean fits(Tensor tensor, TensorType type) {
    if (tensor.elementType() != type.elementType() || tensor.rank() != type.rank()) {
      return false;
    }
    for (int axis = 0; axis < tensor.rank(); axis++) {
      if (!type.dim(axis).is(tensor.dim(axis))) {
        return false;
      }
    }
    return true;
  }

  private @Nullable ProgramInstance instance(Tensor[] inputs) {
    ProgramInstance found = find(inputs);
    last = found == null ? null : found.program();
    return found;
  }

  private @Nullable ProgramInstance find(Tensor[] inputs) {
    if (closed) {
      throw new IllegalStateException("the execution is closed");
    }
    boolean[] decisive = executable.decisive();
    for (int i = 0; i < prepared.size(); i++) {
      Prepared candidate = prepared.get(i);
      if (candidate.key().matches(inputs, decisive)) {
        if (i > 0) {
          prepared.remove(i);
          prepared.addFirst(candidate);
        }
        return candidate.instance();
      }
    }
    return make(inputs);
  }

  private @Nullable ProgramInstance make(Tensor[] inputs) {
    if (prepared.size() >= KEPT_INSTANCES) {
      discard(prepared.removeLast());
    }
    OneDnnExecutable.Shared shared = executable.acquire(inputs);
    ProgramKey key = ProgramKey.of(inputs, executable.decisive());
    Scope scope = new Scope();
    ProgramInstance instance = null;
    boolean made = false;
    try {
      LoweredFunction function = shared.function();
      if (function != null) {
        Program program = function.program();
        instance =
            new ProgramInstance(
                program,
                executable.engine(),
                stream(),
                scope,
                scope.allocateUnset(program.arenaBytes()));
      }
      prepared.addFirst(new Prepared(key, shared, scope, instance));
      unkept = shared;
      made = true;
      return instance;
    } finally {
      if (!made) {
        scope.close();
        executable.release(shared);
      }
    }
  }

  private Stream stream() {
    Stream made = stream;
    if (made == null) {
      made = Stream.of(executable.engine());
      stream = made;
    }
    return made;
  }

  private void discard(Prepared old) {
    old.scope().close();
    executable.release(old.shared());
  }

  private void runReference(Tensor[] inputs, @Nullable Tensor[] outputs) {
    Execution execution = reference();
    execution.run(inputs, outputs);
  }

  private Execution reference() {
    if (reference == null) {
      reference = executable.newReferenceExecution();
    }
    return reference;
  }

  @Override
  public List<KernelProfile> profile(Tensor[] inputs, int iterations) {
    ProgramInstance instance = instance(inputs);
    if (instance == null) {
      return reference().profile(inputs, iterations);
    }
    bind(instance, inputs, new @Nullable Tensor[instance.program().outputs().size()]);
    List<Instruction> instructions = instance.program().instructions();
    long[][] times = new long[iterations][instructions.size()];
    for (int i = 0; i < iterations; i++) {
      instance.run(times[i]);
    }
    List<KernelProfile> profiles = new ArrayList<>();
    for (int k = 0; k < instructions.size(); k++) {
      long[] ofKernel = new long[iterations];
      for (int i = 0; i < iterations; i++) {
        ofKernel[i] = times[i][k];
      }
      Arrays.sort(ofKernel);
      Instruction instruction = instructions.get(k);
      profiles.add(instruction.info().profile(instruction.layouts(), ofKernel[iterations / 2]));
    }
    return profiles;
  }

  @Override
  public long activationBytes() {
    if (last != null) {
      return last.arenaBytes();
    }
    return reference == null ? 0 : reference.activationBytes();
  }

  @Override
  public long liveActivationBytes() {
    if (last != null) {
      return last.liveBytes();
    }
    return reference == null ? 0 : reference.liveActivationBytes();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      prepared.forEach(this::discard);
      prepared.clear();
      if (reference != null) {
        reference.close();
      }
      if (stream != null) {
        stream.close();
      }
    }
  }
}
