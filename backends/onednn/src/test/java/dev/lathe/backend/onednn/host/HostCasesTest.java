package dev.lathe.backend.onednn.host;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lathe.backend.reference.ReferenceEvaluator;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Function;
import dev.lathe.ir.Node;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ControlFlowOp;
import dev.lathe.ir.op.ConvolutionOp.ConvolutionTranspose;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.CreationOp.Dims;
import dev.lathe.ir.op.CreationOp.Parameter;
import dev.lathe.ir.op.IndexingOp.NonZero;
import dev.lathe.ir.op.LinalgOp.Attention;
import dev.lathe.ir.op.Op;
import dev.lathe.ir.op.ShapeOp.Pad;
import dev.lathe.ir.op.ShapeOp.Slice;
import dev.lathe.runtime.Tensor;
import dev.lathe.testing.CaseRunner;
import dev.lathe.testing.OpCase;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The suite of cases, node by node: each node for which there is a host kernel gives what the
 * reference gives for the same operands, also where oneDNN would compute it.
 */
class HostCasesTest {
  private static final ReferenceEvaluator REFERENCE = new ReferenceEvaluator();

  /** What has no host kernel: it needs none, or the reference interpreter computes it. */
  private static boolean isLeftOut(Node node) {
    Op op = node.op();
    return node.result().type().elementType().bits() < Byte.SIZE
        || op instanceof CreationOp
        || op instanceof ControlFlowOp
        || op instanceof NonZero
        || op instanceof Attention
        || op instanceof ConvolutionTranspose;
  }

  @ParameterizedTest
  @MethodSource("dev.lathe.testing.OpCases#all")
  void eachNodeMatchesTheReference(OpCase each) {
    Map<Value, Tensor> tensors = new HashMap<>();
    Function function = each.graph().forward();
    for (int i = 0; i < each.inputs().size(); i++) {
      tensors.put(function.body().arguments().get(i), each.inputs().get(i));
    }
    boolean checked = false;
    for (Node node : function.body().nodes()) {
      assumeTrue(!(node.op() instanceof Dims), "sizes of symbols are not known to single ops");
      assumeTrue(node.op().blocks().isEmpty(), "nested blocks are no work of kernels");
      checked |= run(node, tensors, each);
    }
    assumeTrue(checked, "no node has a host kernel");
  }

  private static boolean run(Node node, Map<Value, Tensor> tensors, OpCase each) {
    if (node.op() instanceof Parameter(String name, TensorType ignored)) {
      tensors.put(node.result(), Tensor.of(each.graph().parameters().get(name)));
      return false;
    }
    List<Tensor> operands = new ArrayList<>();
    List<ConstantData> constants = new ArrayList<>();
    for (Value operand : node.operands()) {
      Tensor tensor = tensors.get(operand);
      operands.add(tensor);
      constants.add(operand.constant());
    }
    List<Tensor> expected = REFERENCE.evaluate(node.op(), operands, Arena.ofAuto());
    for (int i = 0; i < expected.size(); i++) {
      tensors.put(node.results().get(i), expected.get(i));
    }
    HostKernel kernel =
        HostKernels.create(
            node.op(),
            operands.stream().map(Tensor::type).toList(),
            expected.stream().map(Tensor::type).toList(),
            constants,
            1);
    if (kernel == null) {
      boolean needsConstants = node.op() instanceof Slice || node.op() instanceof Pad;
      if (!isLeftOut(node) && !(needsConstants && constants.contains(null))) {
        fail("there is no host kernel for " + node);
      }
      return false;
    }
    List<Tensor> results =
        expected.stream()
            .map(t -> Tensor.allocate(Arena.ofAuto(), t.elementType(), t.shape()))
            .toList();
    kernel.run(segments(operands), segments(results));
    for (int i = 0; i < results.size(); i++) {
      String what = each.name() + ", " + node.op().mnemonic();
      CaseRunner.assertClose(what, results.get(i), expected.get(i), each.tolerance());
    }
    return true;
  }

  private static MemorySegment[] segments(List<Tensor> tensors) {
    return tensors.stream().map(Tensor::segment).toArray(MemorySegment[]::new);
  }
}
