package dev.lathe.ir.analysis;

import dev.lathe.ir.Block;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.CreationOp;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Figures about a graph.
 *
 * @param nodes the nodes of the forward function, those of nested blocks included
 * @param ops how many nodes there are of each op, by mnemonic, sorted; constants and parameters are
 *     left out
 * @param parameters the elements of all parameters
 * @param parameterBytes the bytes of all parameters
 * @param constantBytes the bytes of all constants, each counted once
 * @param flops see {@link FlopCounter}
 * @param activationBytes the most bytes of results that are needed at one time when nodes run in
 *     order, none in place; empty where shapes are open
 */
public record GraphStatistics(
    int nodes,
    Map<String, Integer> ops,
    long parameters,
    long parameterBytes,
    long constantBytes,
    Dim flops,
    OptionalLong activationBytes) {

  /** Copies the map. */
  public GraphStatistics {
    ops = Collections.unmodifiableMap(new TreeMap<>(ops));
  }

  /** The figures of a graph. */
  public static GraphStatistics of(Graph graph) {
    Counts counts = new Counts();
    Block body = graph.forward().body();
    counts.add(body);
    long elements = 0;
    long bytes = 0;
    for (ConstantData data : graph.parameters().values()) {
      elements += data.elementCount();
      bytes += data.segment().byteSize();
    }
    return new GraphStatistics(
        counts.nodes,
        counts.ops,
        elements,
        bytes,
        counts.constants.values().stream().mapToLong(Long::longValue).sum(),
        FlopCounter.of(body),
        peak(body));
  }

  private static final class Counts {
    private int nodes;
    private final Map<String, Integer> ops = new TreeMap<>();
    private final Map<ConstantData, Long> constants = new HashMap<>();

    void add(Block block) {
      for (Node node : block.nodes()) {
        nodes++;
        switch (node.op()) {
          case CreationOp.Constant constant ->
              constants.put(constant.data(), constant.data().segment().byteSize());
          case CreationOp.Parameter parameter -> {
            // Counted by its data.
          }
          default -> ops.merge(node.op().mnemonic(), 1, Integer::sum);
        }
        node.op().blocks().forEach(this::add);
      }
    }
  }

  private static OptionalLong peak(Block block) {
    Map<Node, Integer> order = new HashMap<>();
    for (Node node : block.nodes()) {
      order.put(node, order.size());
    }
    long[] change = new long[order.size() + 2];
    int end = order.size();
    for (Node node : block.nodes()) {
      int defined = order.getOrDefault(node, end);
      if (node.op() instanceof CreationOp) {
        continue;
      }
      for (Value result : node.results()) {
        if (!result.type().shape().isFixed()) {
          return OptionalLong.empty();
        }
        int last = result.isBlockResult() ? end : defined;
        for (Node user : result.users()) {
          last = Math.max(last, order.getOrDefault(user, end));
        }
        change[defined] += result.type().byteSize();
        change[last + 1] -= result.type().byteSize();
      }
    }
    long live = 0;
    long most = 0;
    for (long delta : change) {
      live += delta;
      most = Math.max(most, live);
    }
    return OptionalLong.of(most);
  }
}
