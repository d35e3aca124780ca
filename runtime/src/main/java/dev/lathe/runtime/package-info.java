/** Tensors, models and sessions. */
@NullMarked
package dev.lathe.runtime;

import org.jspecify.annotations.NullMarked;
