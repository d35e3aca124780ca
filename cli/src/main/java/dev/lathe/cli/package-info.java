/** The lathe command. */
@NullMarked
package dev.lathe.cli;

import org.jspecify.annotations.NullMarked;
