/** The graph IR: types, ops, graphs, and their textual form. */
@NullMarked
package dev.lathe.ir;

import org.jspecify.annotations.NullMarked;
