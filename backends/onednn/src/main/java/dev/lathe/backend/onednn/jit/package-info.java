/**
 * Kernels that are generated as machine code where oneDNN has none: an assembler for the few
 * instructions they need, and the kernels. oneDNN generates its own kernels in the same way and
 * needs executable memory too; so nothing is asked of a system that it does not ask already.
 */
@NullMarked
package dev.lathe.backend.onednn.jit;

import org.jspecify.annotations.NullMarked;
