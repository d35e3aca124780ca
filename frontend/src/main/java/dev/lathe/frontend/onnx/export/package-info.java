/**
 * Turns graphs into ONNX models: {@link dev.lathe.frontend.onnx.export.OnnxExporter}, and below it
 * one class a family of ops, each an exhaustive switch. What ONNX has no operator for, or has none
 * for in some element type, is written as operators that compute the same.
 */
@NullMarked
package dev.lathe.frontend.onnx.export;

import org.jspecify.annotations.NullMarked;
