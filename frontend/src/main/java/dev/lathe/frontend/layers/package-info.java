/**
 * The layers of Keras 3 as rules that write core ops: one library for the Lathe language, for
 * {@link dev.lathe.frontend.layers.ModelScope} from Java, and for importers of Keras's files.
 *
 * <p>A {@link dev.lathe.frontend.layers.LayerKind} has a name, typed {@link
 * dev.lathe.frontend.layers.Argument}s and a {@link dev.lathe.frontend.layers.LayerRule}. Bound to
 * arguments it is a {@link dev.lathe.frontend.layers.Layer}; applied to tensors in a {@link
 * dev.lathe.frontend.layers.ModelScope} it declares its weights under a path, as Keras names them,
 * and gives its outputs. Names, defaults and semantics are those of Keras 3; tensors are
 * channels-last unless an argument says otherwise.
 */
@NullMarked
package dev.lathe.frontend.layers;

import org.jspecify.annotations.NullMarked;
