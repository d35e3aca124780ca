package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.Scope;
import dev.lathe.backend.onednn.program.Buffer;
import dev.lathe.backend.onednn.program.Instruction;
import dev.lathe.backend.onednn.program.KernelInfo;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.Program;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.Block;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ControlFlowOp;
import dev.lathe.ir.op.ConvolutionOp;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.ElementwiseOp;
import dev.lathe.ir.op.IndexingOp;
import dev.lathe.ir.op.LinalgOp;
import dev.lathe.ir.op.NormalizationOp;
import dev.lathe.ir.op.PoolingOp;
import dev.lathe.ir.op.QuantizationOp;
import dev.lathe.ir.op.RecurrentOp;
import dev.lathe.ir.op.ReductionOp;
import dev.lathe.ir.op.ShapeOp;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Lowers the nodes of a block in order; see the package's page. */
public final class Lowering {
  private static final long ALIGNMENT = 64;

  /** Constants up to this size are copied if the mapped file does not align them. */
  private static final long COPIED_BYTES = 1 << 16;

  private final Graph graph;
  private final Scope scope;

  private Lowering(Graph graph, Scope scope) {
    this.graph = graph;
    this.scope = scope;
  }

  /**
   * Lowers the forward function of a graph.
   *
   * @param graph its shapes are fixed, and its parameters outlive the program
   * @return the program, ready to run
   */
  public static LoweredFunction lower(Target target, Graph graph) {
    Scope scope = new Scope();
    List<AutoCloseable> owned = new ArrayList<>();
    owned.add(scope);
    Emitter emitter = new Emitter(target);
    boolean done = false;
    try {
      Block body = graph.forward().body();
      Program program = new Lowering(graph, scope).block(body, emitter, arguments(body));
      new Preparation(target, scope, owned)
          .run(emitter.prologue(), allInstructions(program), emitter.packings());
      done = true;
      return new LoweredFunction(program, owned);
    } finally {
      emitter.primitives().closeDescriptors();
      if (!done) {
        emitter.primitives().closeSources();
        LoweredFunction.closeAll(owned);
      }
    }
  }

  private static List<View> arguments(Block block) {
    List<View> views = new ArrayList<>();
    for (int i = 0; i < block.arguments().size(); i++) {
      TensorType type = block.arguments().get(i).type();
      views.add(
          new View(
              Buffer.input(i, type.byteSize()),
              type.elementType(),
              Layout.dense(Types.dims(type))));
    }
    return views;
  }

  private static List<Instruction> allInstructions(Program program) {
    List<Instruction> all = new ArrayList<>();
    for (Instruction instruction : program.instructions()) {
      all.add(instruction);
      if (instruction instanceof Instruction.Branch branch) {
        all.addAll(allInstructions(branch.thenProgram()));
        all.addAll(allInstructions(branch.elseProgram()));
      }
    }
    return all;
  }

  /**
   * Lowers a block.
   *
   * @param emitter gets the instructions
   * @param arguments where the arguments lie: in inputs of the program, or in constants
   */
  private Program block(Block body, Emitter emitter, List<View> arguments) {
    BlockLowering block = new BlockLowering(graph, body, emitter);
    List<TensorType> inputs = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      block.define(body.arguments().get(i), arguments.get(i));
      if (!arguments.get(i).isConstant()) {
        inputs.add(body.arguments().get(i).type());
      }
    }
    // What is known goes first: a kernel can take it in, although it stands behind in the graph.
    for (Node node : body.nodes()) {
      if (isKnown(node)) {
        whole(node, block);
      }
    }
    for (Node node : body.nodes()) {
      if (!block.isDone(node)) {
        whole(node, block);
      }
    }
    emitter.begin(List.of(), false);
    outputs(block);
    return new Program(inputs, body.results().stream().map(Value::type).toList(), emitter.body());
  }

  private void whole(Node node, BlockLowering block) {
    block.emitter().begin(node.provenance(), isConstant(node, block));
    ChannelScale scale = ChannelScale.of(node, block);
    if (scale != null) {
      block.defer(scale);
      return;
    }
    node(node, block);
    block.done(node);
  }

  private static boolean isKnown(Node node) {
    return node.op() instanceof CreationOp.Constant || node.op() instanceof CreationOp.Parameter;
  }

  /** Whether a node is computed once, before the first run. */
  private static boolean isConstant(Node node, BlockLowering block) {
    return !node.operands().isEmpty()
        && node.op().isPure()
        && node.op().blocks().isEmpty()
        && node.operands().stream().allMatch(block::isConstant);
  }

  private void outputs(BlockLowering block) {
    List<Value> results = block.block().results();
    for (int i = 0; i < results.size(); i++) {
      View view = block.view(results.get(i));
      Buffer buffer = view.buffer();
      boolean inPlace =
          buffer.kind() == Buffer.Kind.OUTPUT
              && buffer.index() == i
              && view.layout().isDense()
              && view.layout().offset() == 0;
      if (!inPlace) {
        TensorType type = results.get(i).type();
        Layout layout = Layout.dense(Types.dims(type));
        block
            .emitter()
            .copy(view, new View(Buffer.output(i, type.byteSize()), type.elementType(), layout));
      }
    }
  }

  private void node(Node node, BlockLowering block) {
    if (isKnown(node)) {
      ConstantData data = graph.dataOf(node.result());
      if (data == null) {
        throw new IllegalStateException(node + " has no data");
      }
      block.define(node.result(), constant(data));
      return;
    }
    if (node.op() instanceof ControlFlowOp.If branch) {
      branch(node, branch, block);
      return;
    }
    if (isEmpty(node.results())) {
      node.results().forEach(value -> block.define(value, block.allocateDense(value)));
      return;
    }
    boolean emptyOperand = node.operands().stream().anyMatch(value -> isEmpty(List.of(value)));
    boolean moves = node.op() instanceof ShapeOp.Concat;
    boolean empty = emptyOperand && !moves;
    if (!empty && small(node, block)) {
      return;
    }
    if (empty || SmallWork.isFaster(node) || !primitive(node, block)) {
      new HostLowering(block).lower(node);
    }
  }

  private static boolean isEmpty(List<Value> values) {
    for (Value value : values) {
      if (!value.type().shape().elementCount().is(0)) {
        return false;
      }
    }
    return true;
  }

  /** Lowers a node to generated code that takes less time than a call of oneDNN costs. */
  private static boolean small(Node node, BlockLowering block) {
    return new VectorProductLowering(block).lower(node) || new SoftmaxLowering(block).lower(node);
  }

  /** Lowers a node to what oneDNN has; false if it has nothing. */
  private static boolean primitive(Node node, BlockLowering block) {
    return switch (node.op()) {
      case ElementwiseOp op ->
          new PointwiseLowering(block).lower(node, op) || new LoopLowering(block).lower(node, op);
      case ConvolutionOp op -> new ConvolutionLowering(block).lower(node, op);
      case LinalgOp op -> new MatMulLowering(block).lower(node, op);
      case PoolingOp op -> new PoolingLowering(block).lower(node, op);
      case NormalizationOp op -> new NormalizationLowering(block).lower(node, op);
      case ShapeOp op -> new ShapeLowering(block).lower(node, op);
      case ReductionOp.Reduce op ->
          new PoolingLowering(block).lower(node, op) || new ReduceLowering(block).lower(node, op);
      case ReductionOp op -> false;
      case RecurrentOp op -> new RecurrentLowering(block).lower(node, op);
      case QuantizationOp op -> new QuantizationLowering(block).lower(node, op);
      case IndexingOp op -> new GatherLowering(block).lower(node, op);
      case CreationOp op -> false;
      case ControlFlowOp op -> false;
    };
  }

  private View constant(ConstantData data) {
    MemorySegment memory = data.segment();
    long width = Math.max(1, data.type().elementType().bits() / 8);
    boolean small = memory.byteSize() <= COPIED_BYTES && memory.address() % ALIGNMENT != 0;
    if (!memory.isNative() || small || memory.address() % width != 0) {
      MemorySegment copy = scope.allocate(memory.byteSize());
      MemorySegment.copy(memory, 0, copy, 0, memory.byteSize());
      memory = copy;
    }
    return new View(
        Buffer.constant(memory.byteSize()).set(memory),
        data.type().elementType(),
        Layout.dense(Types.dims(data.type())));
  }

  private void branch(Node node, ControlFlowOp.If op, BlockLowering outer) {
    Emitter emitter = outer.emitter();
    View condition = emitter.dense(outer.operand(node, 0));
    List<View> captures = new ArrayList<>();
    List<View> seen = new ArrayList<>();
    for (int i = 1; i < node.operands().size(); i++) {
      View view = outer.operand(node, i);
      if (view.isConstant()) {
        seen.add(view);
      } else {
        View dense = emitter.dense(view);
        seen.add(
            new View(
                Buffer.input(captures.size(), dense.byteSize()),
                dense.elementType(),
                Layout.dense(dense.layout().dims())));
        captures.add(dense);
      }
    }
    Program thenProgram = block(op.thenBlock(), emitter.nested(), seen);
    Program elseProgram = block(op.elseBlock(), emitter.nested(), seen);
    emitter.begin(node.provenance(), false);
    List<View> results = new ArrayList<>();
    for (Value result : node.results()) {
      View view = outer.allocateDense(result);
      results.add(view);
      outer.define(result, view);
    }
    Buffer workspace = Buffer.scratch(Math.max(thenProgram.arenaBytes(), elseProgram.arenaBytes()));
    emitter.emit(
        new Instruction.Branch(
            condition,
            thenProgram,
            elseProgram,
            captures,
            results,
            workspace,
            new KernelInfo("if", "branch", 0, node.provenance(), false, false)));
  }
}
