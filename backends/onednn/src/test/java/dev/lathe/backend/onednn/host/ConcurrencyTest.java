package dev.lathe.backend.onednn.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ElementwiseOp.Gelu;
import dev.lathe.ir.op.NormalizationOp.Softmax;
import dev.lathe.ir.op.Op;
import dev.lathe.ir.op.RecurrentOp.Activation;
import dev.lathe.ir.op.RecurrentOp.Direction;
import dev.lathe.ir.op.RecurrentOp.Rnn;
import dev.lathe.ir.op.ReductionOp.TopK;
import dev.lathe.runtime.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ConcurrencyTest {
  private static final int THREADS = 4;
  private static final int RUNS = 50;

  private final HostFixture fixture = new HostFixture(14);

  /** All threads run one kernel, each on its own memory, and all get the same bits. */
  private void check(Op op, Tensor... operands) throws Exception {
    List<Tensor> expected = HostFixture.run(op, HostFixture.reference(op, operands), operands);
    HostKernel kernel =
        HostFixture.kernel(op, List.of(operands), expected.stream().map(Tensor::type).toList());
    MemorySegment[] from =
        Arrays.stream(operands).map(Tensor::segment).toArray(MemorySegment[]::new);
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<Boolean>> same = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        same.add(threads.submit(() -> givesAlways(kernel, from, expected)));
      }
      for (Future<Boolean> each : same) {
        assertThat(each.get()).as("the same bits from " + op).isTrue();
      }
    }
  }

  private static boolean givesAlways(
      HostKernel kernel, MemorySegment[] from, List<Tensor> expected) {
    MemorySegment[] into =
        expected.stream()
            .map(t -> Arena.ofAuto().allocate(t.segment().byteSize()))
            .toArray(MemorySegment[]::new);
    for (int run = 0; run < RUNS; run++) {
      kernel.run(from, into);
      for (int i = 0; i < into.length; i++) {
        if (into[i].mismatch(expected.get(i).segment()) != -1) {
          return false;
        }
        into[i].fill((byte) 0);
      }
    }
    return true;
  }

  @Test
  void oneKernelServesManyThreads() throws Exception {
    Tensor x = fixture.tensor(ElementType.F32, 5, 300);
    check(new Gelu(false), x);
    check(new Softmax(1), x);
    check(new Softmax(0), x);
    check(new TopK(1, true, true), x, HostFixture.scalar(ElementType.I64, 20));
    check(
        new Rnn(Direction.FORWARD, 4, List.of(new Activation("tanh", 0, 0)), null, false),
        fixture.tensor(ElementType.F32, 3, 2, 5),
        fixture.tensor(ElementType.F32, 1, 4, 5),
        fixture.tensor(ElementType.F32, 1, 4, 4),
        fixture.tensor(ElementType.F32, 1, 8),
        fixture.tensor(ElementType.F32, 1, 2, 4));
  }
}
