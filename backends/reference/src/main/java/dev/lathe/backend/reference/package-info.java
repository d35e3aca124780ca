/**
 * The reference backend: a readable interpreter of every core op, the oracle of all tests and the
 * evaluator of constant folding.
 *
 * <p>How a graph is run, in the order in which to read it:
 *
 * <ol>
 *   <li>{@link dev.lathe.backend.reference.ReferenceBackend} makes an executable of a graph; each
 *       of its executions binds the symbols of dimensions from the inputs it is given.
 *   <li>{@code Interpreter} walks a block, node by node. It keeps the tensors that are still used,
 *       in an {@code ActivationMemory} that takes memory back after the last use, and checks every
 *       result against the type that the graph declares, which makes each run a test of shape
 *       inference too.
 *   <li>For each node, the op's own inference is asked once more, now with tensors instead of
 *       types. So shapes that depend on data are known like all others, operands are checked with
 *       the messages that the builder of a graph gives, and kernels find the types of their results
 *       in a {@code Call}. Only {@code range}, {@code non_zero} and the blocks of {@code if} and
 *       {@code loop} decide shapes themselves.
 *   <li>{@code Kernels} switches over the sealed hierarchy of ops, without a default, to one class
 *       of kernels a family.
 * </ol>
 *
 * <p>Numbers: kernels on floats read all elements as {@code double}, compute, and round once when
 * they write ({@code Elements}); integers and booleans are {@code long}, u64 as its bits, and wrap
 * when they are written ({@code Integers}). Sums are in double precision and in a fixed order, so
 * that results do not depend on the number of threads. What ONNX leaves open is decided and pinned
 * by a test: NaN wins in minima and maxima, and is the first found by {@code arg_max}, {@code
 * arg_min} and {@code top_k}; of equal elements the first wins; integer division by zero is
 * refused; quotients of {@code quantize_linear} are rounded to f32 before they are rounded to an
 * integer, since ties are common there and all implementations do so.
 *
 * <p>Speed: products and convolutions are one blocked loop ({@code Product}) over matrices that
 * need not exist ({@code Matrix}), shared by the threads of {@code Workers}; all else is plain
 * loops over arrays. A network of the size of ResNet-50 takes about a second.
 *
 * <p>Memory: a kernel holds its operands as arrays, so a tensor that is computed has at most 2^31 -
 * 9 elements. Weights are read where they lie.
 */
@NullMarked
package dev.lathe.backend.reference;

import org.jspecify.annotations.NullMarked;
