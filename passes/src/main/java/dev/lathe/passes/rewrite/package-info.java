/** Rewrite rules, and the driver that carries out what they return. */
@NullMarked
package dev.lathe.passes.rewrite;

import org.jspecify.annotations.NullMarked;
