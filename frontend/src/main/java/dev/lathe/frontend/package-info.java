/**
 * Frontends turn files of other systems into Lathe graphs. A package a source; what they share is
 * {@link dev.lathe.frontend.ImportException}, the one way in which a file is refused.
 */
@NullMarked
package dev.lathe.frontend;

import org.jspecify.annotations.NullMarked;
