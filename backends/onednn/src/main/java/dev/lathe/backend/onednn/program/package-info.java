/**
 * What a graph becomes for one binding of its shapes: instructions over planned memory.
 *
 * <p>A {@link dev.lathe.backend.onednn.program.Program} is immutable and shared by all executions
 * of a model; a {@link dev.lathe.backend.onednn.program.ProgramInstance} is one execution's: its
 * memory, and every instruction as a prepared call. Every tensor lies in memory at strides ({@link
 * dev.lathe.backend.onednn.program.Layout}), never in blocks: on AVX2 and AVX-512 oneDNN's fastest
 * convolutions take channels-last activations, and strides make transposes, reshapes and slices
 * free. Only packed weights have layouts of oneDNN's own.
 */
@NullMarked
package dev.lathe.backend.onednn.program;

import org.jspecify.annotations.NullMarked;
