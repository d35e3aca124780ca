package dev.lathe.ir.op;

import dev.lathe.ir.op.RecurrentOp.Activation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects the fields of an op as text; {@link AttributeReader} is its inverse. */
final class AttributeWriter {
  private final Map<String, String> attributes = new LinkedHashMap<>();

  Map<String, String> attributes() {
    return attributes;
  }

  AttributeWriter text(String name, String value) {
    attributes.put(name, value);
    return this;
  }

  AttributeWriter integer(String name, long value) {
    return text(name, Long.toString(value));
  }

  AttributeWriter bool(String name, boolean value) {
    return text(name, Boolean.toString(value));
  }

  AttributeWriter single(String name, float value) {
    return text(name, Float.toString(value));
  }

  AttributeWriter enumeration(String name, Enum<?> value) {
    return text(name, value.name().toLowerCase(Locale.ROOT));
  }

  AttributeWriter integers(String name, List<? extends Number> values) {
    return text(name, values.toString());
  }

  AttributeWriter window(Window window) {
    integers("strides", window.strides());
    integers("dilations", window.dilations());
    switch (window.padding()) {
      case Padding.Explicit e -> integers("pads_begin", e.begin()).integers("pads_end", e.end());
      case Padding.Same same -> text("padding", same.upper() ? "same_upper" : "same_lower");
    }
    return this;
  }

  AttributeWriter activations(List<Activation> activations, @Nullable Float clip) {
    text("activations", activations.stream().map(Activation::name).toList().toString());
    integers("activation_alpha", activations.stream().map(Activation::alpha).toList());
    integers("activation_beta", activations.stream().map(Activation::beta).toList());
    return clip == null ? this : single("clip", clip);
  }
}
