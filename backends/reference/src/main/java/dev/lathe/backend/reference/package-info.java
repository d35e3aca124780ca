/** A readable interpreter of every op. */
@NullMarked
package dev.lathe.backend.reference;

import org.jspecify.annotations.NullMarked;
