/**
 * The pipeline of passes that optimise a graph, and the frame in which they run.
 *
 * <p>{@link dev.lathe.passes.Passes} is the way in. A {@link dev.lathe.passes.Pass} changes a graph
 * in place; most are lists of {@linkplain dev.lathe.passes.rewrite.RewriteRule rewrite rules},
 * which return replacements that one driver carries out. Rules live in a package a theme: {@code
 * simplify} (algebra that never makes a graph larger), {@code fold} (what can be computed before
 * the model runs), {@code fuse} (ops recognised in their decompositions).
 */
@NullMarked
package dev.lathe.passes;

import org.jspecify.annotations.NullMarked;
