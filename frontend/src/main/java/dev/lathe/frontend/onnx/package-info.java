/** The reader of ONNX models. */
@NullMarked
package dev.lathe.frontend.onnx;

import org.jspecify.annotations.NullMarked;
