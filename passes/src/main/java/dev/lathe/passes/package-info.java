/** The pipeline of graph passes. */
@NullMarked
package dev.lathe.passes;

import org.jspecify.annotations.NullMarked;
