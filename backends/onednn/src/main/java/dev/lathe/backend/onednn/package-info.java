/** Lowers a graph to a oneDNN program for the CPU. */
@NullMarked
package dev.lathe.backend.onednn;

import org.jspecify.annotations.NullMarked;
