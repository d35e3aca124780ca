/** What a backend provides to the runtime. Not for users of models. */
@NullMarked
package dev.lathe.runtime.spi;

import org.jspecify.annotations.NullMarked;
