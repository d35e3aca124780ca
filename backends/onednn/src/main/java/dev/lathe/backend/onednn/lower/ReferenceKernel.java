package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.host.HostKernel;
import dev.lathe.backend.reference.ReferenceEvaluator;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.op.Op;
import dev.lathe.runtime.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** An op computed by the reference interpreter: right, but slow, and it allocates. */
final class ReferenceKernel implements HostKernel {
  private final Op op;
  private final List<TensorType> operands;
  private final List<TensorType> results;

  ReferenceKernel(Op op, List<TensorType> operands, List<TensorType> results) {
    this.op = op;
    this.operands = operands;
    this.results = results;
  }

  @Override
  public void run(MemorySegment[] from, MemorySegment[] to) {
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < from.length; i++) {
      TensorType type = operands.get(i);
      tensors.add(Tensor.wrap(from[i], type.elementType(), type.shape().sizes()));
    }
    try (Arena arena = Arena.ofConfined()) {
      List<Tensor> computed = new ReferenceEvaluator().evaluate(op, tensors, arena);
      for (int i = 0; i < to.length; i++) {
        Tensor result = computed.get(i);
        if (!result.type().shape().equals(results.get(i).shape())) {
          throw new IllegalStateException(
              op.mnemonic() + " gave " + result + " instead of " + results.get(i));
        }
        to[i].copyFrom(result.segment());
      }
    }
  }
}
