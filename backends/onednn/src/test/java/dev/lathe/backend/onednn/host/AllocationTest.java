package dev.lathe.backend.onednn.host;

import static dev.lathe.backend.onednn.host.HostFixture.longs;
import static dev.lathe.backend.onednn.host.HostFixture.scalar;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.ConvolutionOp.ConvolutionInteger;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Cast;
import dev.lathe.ir.op.ElementwiseOp.Gelu;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Where;
import dev.lathe.ir.op.IndexingOp.Gather;
import dev.lathe.ir.op.IndexingOp.GatherElements;
import dev.lathe.ir.op.IndexingOp.GatherNd;
import dev.lathe.ir.op.IndexingOp.OneHot;
import dev.lathe.ir.op.IndexingOp.ScatterElements;
import dev.lathe.ir.op.IndexingOp.ScatterNd;
import dev.lathe.ir.op.IndexingOp.ScatterReduction;
import dev.lathe.ir.op.IndexingOp.Trilu;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.ir.op.LinalgOp.MatMulInteger;
import dev.lathe.ir.op.NormalizationOp.BatchNormalization;
import dev.lathe.ir.op.NormalizationOp.GroupNormalization;
import dev.lathe.ir.op.NormalizationOp.LayerNormalization;
import dev.lathe.ir.op.NormalizationOp.Lrn;
import dev.lathe.ir.op.NormalizationOp.Softmax;
import dev.lathe.ir.op.Op;
import dev.lathe.ir.op.PoolingOp.MaxPool;
import dev.lathe.ir.op.QuantizationOp.DequantizeLinear;
import dev.lathe.ir.op.QuantizationOp.DynamicQuantizeLinear;
import dev.lathe.ir.op.QuantizationOp.QuantizeLinear;
import dev.lathe.ir.op.RecurrentOp.Activation;
import dev.lathe.ir.op.RecurrentOp.Direction;
import dev.lathe.ir.op.RecurrentOp.Gru;
import dev.lathe.ir.op.ReductionOp.ArgReduce;
import dev.lathe.ir.op.ReductionOp.CumSum;
import dev.lathe.ir.op.ReductionOp.Reduce;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.ir.op.ReductionOp.TopK;
import dev.lathe.ir.op.ShapeOp.Concat;
import dev.lathe.ir.op.ShapeOp.CoordinateTransform;
import dev.lathe.ir.op.ShapeOp.NearestMode;
import dev.lathe.ir.op.ShapeOp.Pad;
import dev.lathe.ir.op.ShapeOp.PadMode;
import dev.lathe.ir.op.ShapeOp.Resize;
import dev.lathe.ir.op.ShapeOp.ResizeMode;
import dev.lathe.ir.op.ShapeOp.Slice;
import dev.lathe.ir.op.ShapeOp.Transpose;
import dev.lathe.ir.op.Window;
import dev.lathe.runtime.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AllocationTest {
  private static final HostFixture FIXTURE = new HostFixture(13);
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** An op and its operands. */
  record Case(Op op, List<Tensor> operands) {
    @Override
    public String toString() {
      return op.mnemonic();
    }
  }

  private static Case of(Op op, Tensor... operands) {
    return new Case(op, List.of(operands));
  }

  private static Tensor floats(long... shape) {
    return FIXTURE.tensor(ElementType.F32, shape);
  }

  private static Tensor bytes(long... shape) {
    return FIXTURE.tensor(ElementType.U8, shape);
  }

  static Stream<Case> cases() {
    return Stream.of(elementwise(), movement(), indexing(), reductions(), layers()).flatMap(s -> s);
  }

  private static Stream<Case> elementwise() {
    Tensor x = floats(2, 6, 300);
    return Stream.of(
        of(new Unary(UnaryFunction.SIN), x),
        of(new Gelu(false), x),
        of(new Unary(UnaryFunction.EXP), FIXTURE.tensor(ElementType.F64, 50)),
        of(new Cast(ElementType.F16), x),
        of(new Binary(BinaryFunction.ADD), x, floats(6, 1)),
        of(new Binary(BinaryFunction.MOD), longs(5, 6), longs(3)),
        of(new Binary(BinaryFunction.LESS), x, floats()),
        of(new Binary(BinaryFunction.POW), x, floats()),
        of(new Where(), FIXTURE.tensor(ElementType.BOOL, 6, 1), x, floats()));
  }

  private static Stream<Case> movement() {
    Tensor x = floats(2, 6, 30, 31);
    return Stream.of(
        of(new Transpose(List.of(0, 2, 3, 1)), x),
        of(new Transpose(List.of(1, 0, 2, 3)), x),
        of(new Slice(List.of(2, 3)), x, longs(1, -1), longs(20, -30), longs(2, -2)),
        of(new Concat(1), x, x, x),
        of(new Pad(PadMode.CONSTANT), x, longs(0, 0, 1, 2, 0, 0, 3, 4), floats()),
        of(new Pad(PadMode.REFLECT), x, longs(0, 0, 1, 2, 0, 0, 3, 4), floats()),
        of(resize(ResizeMode.NEAREST), x, longs(2, 6, 60, 62)),
        of(resize(ResizeMode.LINEAR), x, longs(2, 6, 60, 62)));
  }

  private static Resize resize(ResizeMode mode) {
    return new Resize(
        mode, CoordinateTransform.HALF_PIXEL, NearestMode.FLOOR, false, -0.75f, false, false);
  }

  private static Stream<Case> indexing() {
    Tensor x = floats(4, 5, 6);
    Tensor indices = FIXTURE.indices(ElementType.I64, 4, 4, 5, 6);
    Tensor vectors = FIXTURE.indices(ElementType.I64, 4, 3, 2);
    return Stream.of(
        of(new Gather(1), x, FIXTURE.indices(ElementType.I64, 5, 7)),
        of(new GatherElements(1), x, indices),
        of(new GatherNd(0), x, vectors),
        of(new ScatterElements(0, ScatterReduction.ADD), x, indices, floats(4, 5, 6)),
        of(new ScatterNd(ScatterReduction.NONE), x, vectors, floats(3, 6)),
        of(new Trilu(true), x, scalar(ElementType.I64, 1)),
        of(new OneHot(1), longs(1, 2, 3), scalar(ElementType.I64, 5), floats(2)));
  }

  private static Stream<Case> reductions() {
    Tensor x = floats(4, 5, 60);
    return Stream.of(
        of(new Reduce(ReduceFunction.MEAN, List.of(2), true), x),
        of(new Reduce(ReduceFunction.LOG_SUM_EXP, List.of(0, 1), true), x),
        of(new Reduce(ReduceFunction.MAX, List.of(0), true), longs(1, 2, 3)),
        of(new ArgReduce(true, 1, false, false), x),
        of(new CumSum(1, false, false), x),
        of(new TopK(2, true, true), x, scalar(ElementType.I64, 5)),
        of(new Softmax(1), x),
        of(new Softmax(2), x));
  }

  private static Stream<Case> layers() {
    Tensor x = floats(2, 6, 30, 31);
    List<Activation> activations =
        List.of(new Activation("sigmoid", 0, 0), new Activation("softsign", 0, 0));
    return Stream.of(
        of(new BatchNormalization(1), x, floats(6), floats(6), floats(6), floats(6)),
        of(new GroupNormalization(2, 1), x, floats(6), floats(6)),
        of(new LayerNormalization(-1, 1), x, floats(31), floats(31)),
        of(new Lrn(3, 1, 0.75f, 1), x),
        of(new QuantizeLinear(1, 0), x, floats(6), bytes(6)),
        of(new DequantizeLinear(1, 0), bytes(2, 6, 9), floats(6), bytes(6)),
        of(new DynamicQuantizeLinear(), x),
        of(new MatMul(false, true), floats(9, 30), floats(8, 30), floats(8)),
        of(
            new MatMul(false, false),
            FIXTURE.indices(ElementType.I64, 9, 3, 4),
            longs(1, 2, 3, 4).reshape(4, 1)),
        of(new MatMulInteger(), bytes(4, 5), bytes(5, 6), bytes(), bytes(6)),
        of(
            new ConvolutionInteger(Window.unit(2), 1),
            bytes(1, 2, 9, 9),
            bytes(3, 2, 3, 3),
            bytes(),
            bytes()),
        of(new MaxPool(List.of(3L, 3L), Window.unit(2), false, true, false), x),
        of(
            new Gru(Direction.FORWARD, 5, activations, 1f, true, true),
            floats(3, 2, 4),
            floats(1, 15, 4),
            floats(1, 15, 5),
            floats(1, 30),
            Tensor.of(new int[] {3, 2}, 2),
            floats(1, 2, 5)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aWarmKernelAllocatesNothing(Case each) {
    List<Tensor> expected = HostFixture.reference(each.op, each.operands.toArray(Tensor[]::new));
    HostKernel kernel =
        HostFixture.kernel(each.op, each.operands, expected.stream().map(Tensor::type).toList());
    MemorySegment[] operands =
        each.operands.stream().map(Tensor::segment).toArray(MemorySegment[]::new);
    MemorySegment[] results =
        expected.stream()
            .map(t -> Arena.ofAuto().allocate(t.segment().byteSize()))
            .toArray(MemorySegment[]::new);
    // Until compiled code takes over, the interpreter may box on its own account.
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 50 && least > 0; i++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      kernel.run(operands, results);
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(least).as(each + Arrays.toString(operands)).isZero();
  }
}
