package dev.lathe.frontend.onnx.proto;

import java.util.Optional;

/**
 * A value that may be missing.
 *
 * @param name the name given in the file, possibly empty
 * @param value the value, or empty
 */
public record OptionalProto(String name, Optional<ValueProto> value) implements ValueProto {}
