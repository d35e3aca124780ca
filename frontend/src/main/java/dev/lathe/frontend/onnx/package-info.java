/**
 * The reader of ONNX models: {@link dev.lathe.frontend.onnx.OnnxImporter} turns a file into a
 * graph.
 *
 * <p>What the file says is read by {@link dev.lathe.frontend.onnx.proto}; what it means ends here.
 * A handler an operator ({@code Handlers} lists them) decomposes a node into core ops, whatever the
 * version of its operator set: defaults are made explicit, inputs left out get their neutral value,
 * attributes that became inputs are read from where they stand, functions are inlined, and values
 * that the body of an {@code If} or {@code Loop} takes from outside become arguments of its block.
 *
 * <p>To add an operator, write a {@code static List<Value> name(OnnxNode node)} in the file of its
 * family, name the operator-set versions it serves, enter it in that file's {@code register}, and
 * add a case to the family's test.
 */
@NullMarked
package dev.lathe.frontend.onnx;

import org.jspecify.annotations.NullMarked;
