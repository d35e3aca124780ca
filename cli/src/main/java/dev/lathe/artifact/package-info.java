/** Writes compiled models: the jar, its generated class, and self-contained bundles. */
@NullMarked
package dev.lathe.artifact;

import org.jspecify.annotations.NullMarked;
