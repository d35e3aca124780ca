/**
 * Containers of arrays, read where they lie: zip files in mapped memory and NumPy's {@code .npy}.
 * Their messages do not name the file, as its reader knows what to call it. Also files that are
 * written whole.
 */
@NullMarked
package dev.lathe.ir.file;

import org.jspecify.annotations.NullMarked;
