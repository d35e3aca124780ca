/** What all frontends need to write graphs in few words. */
@NullMarked
package dev.lathe.frontend.emit;

import org.jspecify.annotations.NullMarked;
