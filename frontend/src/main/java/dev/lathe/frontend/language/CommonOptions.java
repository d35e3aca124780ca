package dev.lathe.frontend.language;

import dev.lathe.ir.ElementType;
import java.util.Optional;

/**
 * The arguments that every layer and block takes.
 *
 * @param name the name its weights stand below
 * @param trainable whether training changes its weights
 * @param dtype what its inputs are cast to
 */
record CommonOptions(
    Optional<String> name, Optional<Boolean> trainable, Optional<ElementType> dtype) {
  static final CommonOptions NONE =
      new CommonOptions(Optional.empty(), Optional.empty(), Optional.empty());

  /** This where it says something, else the other. */
  CommonOptions or(CommonOptions other) {
    return new CommonOptions(
        name.or(other::name), trainable.or(other::trainable), dtype.or(other::dtype));
  }
}
