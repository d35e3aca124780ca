/**
 * Kernels in plain Java for the ops, element types and options that oneDNN has no primitive for.
 *
 * <p>{@link dev.lathe.backend.onednn.host.HostKernels} makes a {@link
 * dev.lathe.backend.onednn.host.HostKernel} for an op and fixed types. How the kernels are written:
 *
 * <ul>
 *   <li>Arithmetic works on chunks of 1024 elements that are copied from native memory into arrays
 *       and back, because HotSpot's compiler vectorises simple loops over arrays, and not yet those
 *       that read one memory segment and write another. A chunk stays in the first-level cache.
 *   <li>Reading widens: f16 and bf16 to {@code float} (or {@code double}), all integers and bool to
 *       {@code long}; writing rounds or wraps. So an op has at most three loops: on {@code float},
 *       {@code double} and {@code long}.
 *   <li>A loop is a method or lambda of its own, chosen when the kernel is made; nothing is chosen
 *       inside a loop.
 *   <li>Arrays come from a {@link dev.lathe.backend.onednn.host.Pool}, and strides and tables are
 *       computed when the kernel is made, so that a run allocates nothing.
 *   <li>Kernels that move elements know only their width.
 * </ul>
 */
@NullMarked
package dev.lathe.backend.onednn.host;

import org.jspecify.annotations.NullMarked;
