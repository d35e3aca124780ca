/** What can be said of a graph without running it. */
@NullMarked
package dev.lathe.ir.analysis;

import org.jspecify.annotations.NullMarked;
