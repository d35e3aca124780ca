/**
 * The textual form of the IR: a printer, and a reader that needs the ANTLR runtime and is therefore
 * not for use in compiled models.
 */
@NullMarked
package dev.lathe.ir.text;

import org.jspecify.annotations.NullMarked;
