/**
 * Models made by programs: {@link dev.lathe.frontend.builder.ModelBuilder} has the vocabulary of
 * the Lathe language as a fluent API, on the same layer library.
 */
@NullMarked
package dev.lathe.frontend.builder;

import org.jspecify.annotations.NullMarked;
