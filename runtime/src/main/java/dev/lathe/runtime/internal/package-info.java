/** Helpers of the runtime and the compiler. Not for users. */
@NullMarked
package dev.lathe.runtime.internal;

import org.jspecify.annotations.NullMarked;
