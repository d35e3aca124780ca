/**
 * The core ops: records in a sealed hierarchy, one interface a family. See {@link
 * dev.lathe.ir.op.Op} for what all share.
 */
@NullMarked
package dev.lathe.ir.op;

import org.jspecify.annotations.NullMarked;
