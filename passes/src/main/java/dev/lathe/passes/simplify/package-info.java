/** Rules and passes that make a graph smaller without knowing what it is for. */
@NullMarked
package dev.lathe.passes.simplify;

import org.jspecify.annotations.NullMarked;
