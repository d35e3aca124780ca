package dev.lathe.frontend.onnx.proto;

import java.util.Optional;

/**
 * A value's name and type.
 *
 * @param name the value's name
 * @param type its type where the file gives one
 */
public record ValueInfoProto(String name, Optional<TypeProto> type) {}
