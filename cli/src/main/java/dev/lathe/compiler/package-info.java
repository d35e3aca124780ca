/** The way from a file to an optimised graph, and on to a model or a jar. */
@NullMarked
package dev.lathe.compiler;

import org.jspecify.annotations.NullMarked;
