/**
 * Programs kept in files, so that a later process need not lower the model again: reading one takes
 * a fraction of lowering, packing weights nothing at all, as they are mapped.
 *
 * <p>A file is valid for one model, one set of input shapes, one number of threads, one version of
 * the library and one instruction set. Whatever does not fit is ignored and written anew.
 */
@NullMarked
package dev.lathe.backend.onednn.store;

import org.jspecify.annotations.NullMarked;
