/**
 * Recognises operators that exporters write as many small ones. What is recognised means something
 * by itself: layer normalisation, activations, attention. Fusing neighbours into one kernel is up
 * to backends.
 *
 * <p>{@link dev.lathe.passes.fuse.FuseRules} is the index; each rule begins with its equation.
 */
@NullMarked
package dev.lathe.passes.fuse;

import org.jspecify.annotations.NullMarked;
