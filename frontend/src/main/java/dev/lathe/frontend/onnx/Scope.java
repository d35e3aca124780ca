package dev.lathe.frontend.onnx;

import dev.lathe.ir.BlockBuilder;
import dev.lathe.ir.Value;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names that nodes of a graph can use, and the block that their ops go to. The scope of a
 * branch that is taken for certain shares the block of the scope around it; that of a nested block
 * has its own, in which names from outside stand for its arguments.
 */
final class Scope {

  private final @Nullable Scope outer;
  private final BlockBuilder builder;
  private final Map<String, Object> names = new HashMap<>();
  private final IdentityHashMap<Stored, Value> placed;

  private Scope(
      @Nullable Scope outer, BlockBuilder builder, IdentityHashMap<Stored, Value> placed) {
    this.outer = outer;
    this.builder = builder;
    this.placed = placed;
  }

  /** The scope of a whole graph. */
  static Scope root(BlockBuilder builder) {
    return new Scope(null, builder, new IdentityHashMap<>());
  }

  /** A scope within this one, whose ops go to the same block. */
  Scope within() {
    return new Scope(this, builder, placed);
  }

  /**
   * The scope of a function called from here: it sees no names, and its ops go to the same block.
   */
  Scope called() {
    return new Scope(null, builder, placed);
  }

  /** The scope of a block nested in an op of this scope. */
  Scope nested() {
    return new Scope(this, builder.nested(), new IdentityHashMap<>());
  }

  /** Adds ops to the block of this scope. */
  BlockBuilder builder() {
    return builder;
  }

  /** Gives a name to a value of this scope's block. */
  void define(String name, Value value) {
    names.put(name, value);
  }

  /** Gives a name to a tensor of the file. */
  void define(String name, Stored stored) {
    names.put(name, stored);
  }

  /** Whether this scope itself, not one around it, has the name. */
  boolean defines(String name) {
    return names.containsKey(name);
  }

  /**
   * What a name stands for: a {@link Value}, a {@link Stored}, or null where it stands for nothing.
   */
  @Nullable Object find(String name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      Object found = scope.names.get(name);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** The value a stored tensor was given in this block, or null. */
  @Nullable Value placed(Stored stored) {
    return placed.get(stored);
  }

  /** Remembers the value a stored tensor was given in this block. */
  void place(Stored stored, Value value) {
    placed.put(stored, value);
  }
}
