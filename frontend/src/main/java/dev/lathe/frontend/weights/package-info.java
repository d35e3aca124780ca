/**
 * Weights that stand in files of their own, and how they come to a model's parameters.
 *
 * <p>{@link dev.lathe.frontend.weights.WeightFile} opens a file of any known format; {@link
 * dev.lathe.frontend.weights.WeightMatcher} finds for each parameter of a model the array that is
 * meant for it, and tells in one report what does not fit.
 */
@NullMarked
package dev.lathe.frontend.weights;

import org.jspecify.annotations.NullMarked;
