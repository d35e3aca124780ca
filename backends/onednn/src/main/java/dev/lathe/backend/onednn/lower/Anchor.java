package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.Argument;
import dev.lathe.backend.onednn.binding.Attributes;
import dev.lathe.backend.onednn.binding.BinaryAlgorithm;
import dev.lathe.backend.onednn.binding.DataType;
import dev.lathe.backend.onednn.binding.MemoryDescriptor;
import dev.lathe.backend.onednn.binding.Operation;
import dev.lathe.backend.onednn.binding.PostOp;
import dev.lathe.backend.onednn.binding.PrimitiveDescriptor;
import dev.lathe.backend.onednn.program.Layout;
import dev.lathe.backend.onednn.program.View;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A node that becomes a primitive, with as many of the element-wise nodes behind it as oneDNN takes
 * as post-ops. The others are lowered on their own.
 */
final class Anchor {
  private final BlockLowering block;
  private final Node node;
  private final String name;
  private final Value start;
  private final Fusion fusion;
  private Layout resultLayout;
  private Function<Layout, @Nullable Layout> space = layout -> layout;
  private Attributes base = Attributes.NONE;
  private List<View> operands = List.of();
  private long flops;
  private boolean slow;
  private boolean inPlace;
  private boolean accumulates;
  private boolean exact;

  /**
   * @param name what the primitive is called in profiles
   */
  Anchor(BlockLowering block, Node node, String name) {
    this(block, node, name, node.result());
  }

  /**
   * @param start the value from which post-ops go on: the node's result, or that of the conversion
   *     behind it
   */
  Anchor(BlockLowering block, Node node, String name, Value start) {
    this.block = block;
    this.node = node;
    this.name = name;
    this.start = start;
    this.fusion = Fusion.behind(start, block);
    this.resultLayout = Layout.dense(Types.dims(start.type()));
  }

  /** How the result lies: without gaps, row-major unless this is called. */
  Anchor layout(Layout layout) {
    resultLayout = layout;
    return this;
  }

  /** How the result lies, described by the very strides of the layout; see {@link Types#exact}. */
  Anchor exactLayout(Layout layout) {
    exact = true;
    return layout(layout);
  }

  private MemoryDescriptor describe(DataType type, Layout layout) {
    return exact ? Types.exact(type, layout) : Types.descriptor(type, layout);
  }

  /**
   * How the primitive sees a layout that has the dimensions of the result: a function that changes
   * dimensions, but moves no element. It gives null where it cannot.
   */
  Anchor space(Function<Layout, @Nullable Layout> kernelSpace) {
    space = kernelSpace;
    return this;
  }

  /** What is asked for before post-ops. */
  Anchor attributes(Attributes attributes) {
    base = attributes;
    return this;
  }

  /** What the primitive reads, so that it is not overwritten. */
  Anchor reads(View... views) {
    operands = Arrays.asList(views);
    return this;
  }

  /** How many operations it takes. */
  Anchor flops(long count) {
    flops = count;
    return this;
  }

  /** Takes a slow kernel too. */
  Anchor evenSlow() {
    slow = true;
    return this;
  }

  /** Writes over the first of what it reads, if nobody else needs that and it lies likewise. */
  Anchor inPlace() {
    inPlace = true;
    return this;
  }

  /**
   * Adds to what is in the memory of a residual that nobody else needs, rather than reading it from
   * there and writing elsewhere. For primitives that do so wherever among the post-ops the addition
   * stands; element-wise ones do it first.
   */
  Anchor accumulates() {
    accumulates = true;
    return this;
  }

  /** A post-op with what it needs. */
  private record Planned(PostOp postOp, @Nullable View operand, @Nullable MemoryDescriptor as) {}

  /**
   * Emits the primitive.
   *
   * @param operation the operation for a destination of the given descriptor
   * @param arguments adds the arguments but for the destination and those of post-ops
   * @return false if oneDNN has no kernel for it
   */
  boolean emit(
      Function<MemoryDescriptor, Operation> operation,
      Function<PrimitiveDescriptor, Consumer<Emitter.Kernel>> arguments) {
    Layout kernelLayout = space.apply(resultLayout);
    if (kernelLayout == null) {
      return false;
    }
    for (int count = fusion.size(); count >= 0; count--) {
      List<Planned> plan = plan(count);
      if (plan == null) {
        continue;
      }
      DataType type = Types.required(fusion.result(count).type().elementType());
      MemoryDescriptor destination = describe(type, kernelLayout);
      Operation wanted = operation.apply(destination);
      Attributes attributes = base;
      for (Planned planned : plan) {
        attributes = attributes.plus(planned.postOp());
      }
      Emitter emitter = block.emitter();
      Optional<PrimitiveDescriptor> descriptor =
          slow && count == 0
              ? emitter.requestAny(wanted, attributes)
              : emitter.request(wanted, attributes);
      if (descriptor.isPresent()) {
        emit(descriptor.get(), destination, arguments.apply(descriptor.get()), plan, count);
        return true;
      }
    }
    return false;
  }

  private void emit(
      PrimitiveDescriptor descriptor,
      MemoryDescriptor destination,
      Consumer<Emitter.Kernel> arguments,
      List<Planned> plan,
      int count) {
    Value result = fusion.result(count);
    Set<Node> nodes = nodes(count);
    List<String> sources = sources(nodes);
    Emitter.Kernel kernel = block.emitter().kernel(descriptor).flops(flops).from(sources);
    arguments.accept(kernel);
    View target = null;
    for (int i = 0; i < plan.size(); i++) {
      Planned planned = plan.get(i);
      if (planned.postOp() instanceof PostOp.Sum) {
        target = planned.operand();
      } else if (planned.operand() != null && planned.as() != null) {
        View operand = planned.operand();
        if (operand.layout().count() == resultLayout.count()) {
          operand = block.emitter().as(operand, resultLayout);
        }
        int index = base.postOps().size() + i;
        kernel.with(Argument.postOp(index, Argument.SRC_1), planned.as(), operand);
      }
    }
    if (target == null && canOverwrite(result, nodes)) {
      target = operands.getFirst();
    }
    if (target == null) {
      target = block.allocate(result, resultLayout);
    } else {
      block.emitter().overwritten(target.buffer());
      target = target.with(resultLayout.at(target.layout().offset()));
    }
    kernel.with(Argument.DST, destination, target);
    kernel.emit(name(name, nodes));
    block.define(result, target);
    nodes.forEach(block::done);
  }

  /** The node, what stands between it and the start, and the first {@code count} behind. */
  private Set<Node> nodes(int count) {
    Set<Node> nodes = new LinkedHashSet<>(List.of(node));
    if (start.producer() != null) {
      nodes.add(start.producer());
    }
    for (int i = 0; i < count; i++) {
      nodes.add(fusion.step(i).node());
    }
    return nodes;
  }

  private boolean canOverwrite(Value result, Set<Node> nodes) {
    if (!inPlace || block.isOutput(result)) {
      return false;
    }
    View first = operands.getFirst();
    return first.elementType() == result.type().elementType()
        && first.layout().sameAs(resultLayout.at(first.layout().offset()))
        && block.isFreeAfter(first.buffer(), nodes)
        && operands.stream().skip(1).noneMatch(view -> view.buffer() == first.buffer());
  }

  /** What a kernel is called that computes several nodes, the first of them under a name. */
  static String name(String first, Set<Node> nodes) {
    StringBuilder name = new StringBuilder(first);
    nodes.stream().skip(1).forEach(n -> name.append('+').append(n.op().mnemonic()));
    return name.toString();
  }

  /** Where nodes come from, each source once. */
  static List<String> sources(Set<Node> nodes) {
    Set<String> sources = new LinkedHashSet<>();
    nodes.forEach(n -> sources.addAll(n.provenance()));
    return List.copyOf(sources);
  }

  /** The post-ops of the first {@code count} nodes; null where an operand does not fit. */
  private @Nullable List<Planned> plan(int count) {
    List<Planned> plan = new ArrayList<>();
    boolean summed = false;
    for (int i = 0; i < count; i++) {
      Fusion.Step step = fusion.step(i);
      for (PostOp.Eltwise eltwise : step.before()) {
        plan.add(new Planned(eltwise, null, null));
      }
      Value operand = step.operand();
      BinaryAlgorithm algorithm = step.algorithm();
      if (operand == null || algorithm == null) {
        continue;
      }
      View view = unrepeated(block.view(operand).layout(), block.view(operand));
      if (!summed && algorithm == BinaryAlgorithm.ADD && canSum(view, count)) {
        plan.add(new Planned(new PostOp.Sum(), view, null));
        summed = true;
        continue;
      }
      MemoryDescriptor as = operandDescriptor(view);
      if (as == null) {
        return null;
      }
      plan.add(new Planned(new PostOp.Binary(algorithm, as), view, as));
    }
    return plan;
  }

  /** The same elements with dimensions of 1 where an element stands for several. */
  private View unrepeated(Layout layout, View view) {
    Layout full = layout.prepend(resultLayout.rank());
    for (int axis = 0; axis < full.rank(); axis++) {
      if (full.dim(axis) > 1 && full.stride(axis) == 0) {
        full = full.slice(axis, 0, 1, 1);
      }
    }
    return view.with(full);
  }

  /** Whether the operand's memory may become the result's, so that oneDNN adds to what is there. */
  private boolean canSum(View view, int count) {
    Set<Node> nodes = nodes(count);
    return accumulates
        && Types.isReal(start)
        && view.elementType() == fusion.result(count).type().elementType()
        && !block.isOutput(fusion.result(count))
        && view.layout().sameAs(resultLayout.at(view.layout().offset()))
        && block.isFreeAfter(view.buffer(), nodes)
        && operands.stream().noneMatch(read -> read.buffer() == view.buffer())
        && otherOperands(count).stream().filter(b -> b.buffer() == view.buffer()).count() == 1;
  }

  private List<View> otherOperands(int count) {
    List<View> views = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Value operand = fusion.step(i).operand();
      if (operand != null) {
        views.add(block.view(operand));
      }
    }
    return views;
  }

  /** How the primitive sees an operand of a post-op; null where it cannot. */
  private @Nullable MemoryDescriptor operandDescriptor(View view) {
    Layout layout = view.layout();
    DataType type = Types.required(view.elementType());
    if (layout.count() == resultLayout.count()) {
      Layout full = space.apply(resultLayout);
      return full == null ? null : describe(type, full);
    }
    if (!layout.isPacked()) {
      return null;
    }
    Layout seen = space.apply(layout);
    return seen == null ? null : Types.descriptor(type, seen);
  }
}
