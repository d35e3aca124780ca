/** The command of a self-contained jar. */
@NullMarked
package dev.lathe.runtime.launch;

import org.jspecify.annotations.NullMarked;
