/**
 * Lowers a function of fixed shapes to a {@link dev.lathe.backend.onednn.program.Program}.
 *
 * <p>{@link dev.lathe.backend.onednn.lower.Lowering} walks the nodes in order. Each family of ops
 * has a class that turns a node, and the element-wise nodes that can be fused behind it ({@link
 * dev.lathe.backend.onednn.lower.Fusion}), into instructions; {@link
 * dev.lathe.backend.onednn.lower.Emitter} places data and asks oneDNN for kernels. What oneDNN has
 * no fast kernel for becomes a kernel in Java.
 */
@NullMarked
package dev.lathe.backend.onednn.lower;

import org.jspecify.annotations.NullMarked;
