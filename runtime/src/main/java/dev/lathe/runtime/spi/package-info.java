/** What a backend implements to run a graph. */
@NullMarked
package dev.lathe.runtime.spi;

import org.jspecify.annotations.NullMarked;
