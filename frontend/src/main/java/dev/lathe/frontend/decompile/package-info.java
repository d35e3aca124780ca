/**
 * Writes graphs as sources in the Lathe language, with their weights apart: {@link
 * dev.lathe.frontend.decompile.LatheDecompiler}.
 */
@NullMarked
package dev.lathe.frontend.decompile;

import org.jspecify.annotations.NullMarked;
