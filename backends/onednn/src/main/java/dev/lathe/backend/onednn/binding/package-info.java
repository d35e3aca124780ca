/**
 * The only package that calls native code: small typed and closeable views of oneDNN's C API.
 *
 * <p>The C functions are reached with {@code java.lang.foreign}; the native library comes from the
 * JavaCPP preset {@code dnnl}, of which only the natives are used. The vocabulary is oneDNN's own:
 *
 * <ul>
 *   <li>{@link dev.lathe.backend.onednn.binding.MemoryDescriptor} (a value): element type,
 *       dimensions and layout of a tensor;
 *   <li>{@link dev.lathe.backend.onednn.binding.Operation} (a value): what to compute on which
 *       descriptors; {@link dev.lathe.backend.onednn.binding.Attributes} (a value): what is fused
 *       into it;
 *   <li>{@link dev.lathe.backend.onednn.binding.PrimitiveDescriptor}: oneDNN's choice of kernel and
 *       layouts for an operation, or nothing where it has no kernel;
 *   <li>{@link dev.lathe.backend.onednn.binding.Primitive}: the generated kernel, shared by
 *       threads;
 *   <li>{@link dev.lathe.backend.onednn.binding.PrimitiveCall}: a kernel with its arguments bound,
 *       one thread's, ready to run without allocating.
 * </ul>
 *
 * <p>Everything that owns native memory is a {@link
 * dev.lathe.backend.onednn.binding.NativeResource} and is usually owned by a {@link
 * dev.lathe.backend.onednn.binding.Scope}. Every status is checked: an operation oneDNN has no
 * kernel for is an empty result, because callers fall back; anything else is a {@link
 * dev.lathe.backend.onednn.binding.OneDnnException}.
 */
@NullMarked
package dev.lathe.backend.onednn.binding;

import org.jspecify.annotations.NullMarked;
