package dev.lathe.passes.rewrite;

import dev.lathe.ir.op.Op;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds the rules that are rooted at an op, in the order in which they are tried. */
final class RuleIndex {
  private final List<RewriteRule<?>> rules;
  private final Map<Class<?>, List<RewriteRule<?>>> byOp = new HashMap<>();

  RuleIndex(List<RewriteRule<?>> rules) {
    this.rules = rules;
  }

  /** The rules for nodes with this op; empty if there are none. */
  List<RewriteRule<?>> rulesFor(Op op) {
    return byOp.computeIfAbsent(
        op.getClass(),
        type -> {
          List<RewriteRule<?>> rooted = new java.util.ArrayList<>();
          for (RewriteRule<?> rule : rules) {
            if (rule.root().isAssignableFrom(type)) {
              rooted.add(rule);
            }
          }
          return rooted;
        });
  }
}
