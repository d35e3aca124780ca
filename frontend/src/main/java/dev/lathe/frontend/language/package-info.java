/** The reader of the Lathe language. */
@NullMarked
package dev.lathe.frontend.language;

import org.jspecify.annotations.NullMarked;
