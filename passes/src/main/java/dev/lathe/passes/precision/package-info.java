/** Narrow floats: which values of a graph are stored in 16 bits, and what is computed on them. */
@NullMarked
package dev.lathe.passes.precision;

import org.jspecify.annotations.NullMarked;
