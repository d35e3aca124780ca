/** Computes before the model runs what can be, and moves scales and shifts into weights. */
@NullMarked
package dev.lathe.passes.fold;

import org.jspecify.annotations.NullMarked;
