/**
 * The reader of the Lathe language.
 *
 * <p>A source goes through four stages: {@link dev.lathe.frontend.language.SyntaxReader} makes a
 * {@link dev.lathe.frontend.language.Syntax} tree of it, whatever is wrong with it; {@link
 * dev.lathe.frontend.language.NameChecker} looks at names, arguments and uses without running
 * anything; {@link dev.lathe.frontend.language.Elaborator} runs what is decided at compile time and
 * writes the graph with the layers of {@link dev.lathe.frontend.layers}; {@link
 * dev.lathe.frontend.language.LatheCompiler} puts these together. Each adds what is wrong to {@link
 * dev.lathe.frontend.language.Diagnostics} and goes on with what can still be checked.
 */
@NullMarked
package dev.lathe.frontend.language;

import org.jspecify.annotations.NullMarked;
