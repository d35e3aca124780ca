/** Compiles models from Java. */
@NullMarked
package dev.lathe;

import org.jspecify.annotations.NullMarked;
