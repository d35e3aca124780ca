/** The binary form of graphs, as compiled jars hold it. Reading needs nothing but this module. */
@NullMarked
package dev.lathe.ir.serial;

import org.jspecify.annotations.NullMarked;
