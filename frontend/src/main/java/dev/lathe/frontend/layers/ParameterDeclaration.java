package dev.lathe.frontend.layers;

import dev.lathe.ir.TensorType;
import org.jspecify.annotations.Nullable;

/**
 * A weight of a model: where it stands, what it is, and how it begins.
 *
 * @param path its path, such as {@code conv2d_1/kernel}
 * @param type of fixed shape
 * @param initializer what its elements are before anything is loaded
 * @param trainable whether training changes it by gradients; false for running statistics
 * @param regularizer kept for training
 * @param constraint kept for training
 */
public record ParameterDeclaration(
    String path,
    TensorType type,
    Initializer initializer,
    boolean trainable,
    @Nullable Penalty regularizer,
    @Nullable Penalty constraint) {}
