package dev.lathe.passes.precision;

import dev.lathe.ir.Block;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The values of a block that reach a product through nothing but carriers: those for which being
 * narrow pays. What stands behind the last product reaches none, and stays f32.
 */
final class Demand {
  private Demand() {}

  /**
   * The values that a product reads, directly or through carriers.
   *
   * @param few see {@link Role#of}
   * @param wide see there too
   */
  static Set<Value> of(Block block, long few, Set<Node> wide) {
    List<Node> nodes = new ArrayList<>();
    block.nodes().forEach(nodes::add);
    Collections.reverse(nodes);
    Set<Value> demanded = new HashSet<>();
    for (Node node : nodes) {
      Role role = Role.of(node, few, wide);
      boolean asks =
          switch (role.kind()) {
            case PRODUCT -> true;
            case CARRIER, LOOKUP -> node.results().stream().anyMatch(demanded::contains);
            case WIDE -> false;
          };
      if (asks) {
        role.operands().forEach(index -> demanded.add(node.operand(index)));
      }
    }
    return demanded;
  }
}
