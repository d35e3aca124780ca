/**
 * Compiled models in their jars.
 *
 * <p>A jar holds, for a model whose generated class is {@code p.Mnist}:
 *
 * <table>
 *   <caption>Entries</caption>
 *   <tr><td>{@code META-INF/MANIFEST.MF}</td><td>what people and build tools want to know</td></tr>
 *   <tr><td>{@code META-INF/lathe/p.Mnist/model.properties}</td><td>format version, sizes and
 *       checksums of the others</td></tr>
 *   <tr><td>{@code META-INF/lathe/p.Mnist/graph.lir}</td><td>the graph in binary form</td></tr>
 *   <tr><td>{@code META-INF/lathe/p.Mnist/weights.bin}</td><td>its large data; stored uncompressed
 *       at a multiple of 64 bytes in the jar, so that it is mapped and not read</td></tr>
 *   <tr><td>{@code META-INF/lathe/p.Mnist/signature.json}</td><td>inputs and outputs, for other
 *       tools</td></tr>
 *   <tr><td>{@code p/Mnist.class}, {@code p/Mnist$Outputs.class}</td><td>the typed API</td></tr>
 * </table>
 *
 * <p>Everything the runtime reads lies in a folder named after the class, so that jars of several
 * models can be merged into one. The entries may also lie as files in a folder.
 */
@NullMarked
package dev.lathe.runtime.artifact;

import org.jspecify.annotations.NullMarked;
