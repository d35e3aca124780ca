package dev.lathe.frontend.onnx.proto;

/**
 * A key and its value.
 *
 * @param key the key
 * @param value the value
 */
public record StringStringEntry(String key, String value) {}
