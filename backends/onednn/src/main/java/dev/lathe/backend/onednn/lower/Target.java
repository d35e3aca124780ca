package dev.lathe.backend.onednn.lower;

import dev.lathe.backend.onednn.binding.Engine;
import dev.lathe.backend.onednn.program.ConstantPool;

/**
 * What a program is made for.
 *
 * @param threads the threads of one run at most
 * @param pool the packed weights that the model's programs share
 */
public record Target(Engine engine, int threads, ConstantPool pool) {}
