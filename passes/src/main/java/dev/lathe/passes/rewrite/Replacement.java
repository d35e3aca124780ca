package dev.lathe.passes.rewrite;

import dev.lathe.ir.Value;
import java.util.List;

/**
 * The right side of a rewrite.
 *
 * @param values one value for each result of the node that is replaced, in order
 */
public record Replacement(List<Value> values) {
  public Replacement {
    values = List.copyOf(values);
  }

  /** The replacement of a node with one result. */
  public static Replacement of(Value value) {
    return new Replacement(List.of(value));
  }
}
