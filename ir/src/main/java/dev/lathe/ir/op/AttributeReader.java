package dev.lathe.ir.op;

import dev.lathe.ir.op.RecurrentOp.Activation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the fields of an op from text; {@link AttributeWriter} is its inverse. */
final class AttributeReader {
  private final String mnemonic;
  private final Map<String, String> attributes;
  private final Set<String> read = new HashSet<>();

  AttributeReader(String mnemonic, Map<String, String> attributes) {
    this.mnemonic = mnemonic;
    this.attributes = attributes;
  }

  void expectAllRead() {
    for (String name : attributes.keySet()) {
      if (!read.contains(name)) {
        throw new IllegalArgumentException(mnemonic + " has no attribute '" + name + "'");
      }
    }
  }

  private @Nullable String optional(String name) {
    read.add(name);
    return attributes.get(name);
  }

  String text(String name) {
    String value = optional(name);
    if (value == null) {
      throw new IllegalArgumentException(mnemonic + " needs the attribute '" + name + "'");
    }
    return value;
  }

  private IllegalArgumentException malformed(String name, String expected) {
    return new IllegalArgumentException(
        "attribute '"
            + name
            + "' of "
            + mnemonic
            + " must be "
            + expected
            + ", not '"
            + text(name)
            + "'");
  }

  int integer(String name) {
    try {
      return Integer.parseInt(text(name));
    } catch (NumberFormatException e) {
      throw malformed(name, "an integer");
    }
  }

  boolean bool(String name) {
    return switch (text(name)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw malformed(name, "true or false");
    };
  }

  /** False where it is not given. */
  boolean flag(String name) {
    return optional(name) != null && bool(name);
  }

  float single(String name) {
    try {
      return Float.parseFloat(text(name));
    } catch (NumberFormatException e) {
      throw malformed(name, "a number");
    }
  }

  double real(String name) {
    try {
      return Double.parseDouble(text(name));
    } catch (NumberFormatException e) {
      throw malformed(name, "a number");
    }
  }

  <E extends Enum<E>> E enumeration(String name, Class<E> type) {
    try {
      return Enum.valueOf(type, text(name).toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw malformed(
          name, "one of " + List.of(type.getEnumConstants()).toString().toLowerCase(Locale.ROOT));
    }
  }

  /** What stands between the brackets of a list. */
  String list(String name) {
    String value = text(name).strip();
    if (!value.startsWith("[") || !value.endsWith("]")) {
      throw malformed(name, "a list in brackets");
    }
    return value.substring(1, value.length() - 1).strip();
  }

  private List<String> texts(String name) {
    String inner = list(name);
    List<String> result = new ArrayList<>();
    if (!inner.isEmpty()) {
      for (String part : inner.split(",", -1)) {
        result.add(part.strip());
      }
    }
    return result;
  }

  List<Long> longs(String name) {
    try {
      return texts(name).stream().map(Long::valueOf).toList();
    } catch (NumberFormatException e) {
      throw malformed(name, "a list of integers");
    }
  }

  List<Integer> integers(String name) {
    try {
      return texts(name).stream().map(Integer::valueOf).toList();
    } catch (NumberFormatException e) {
      throw malformed(name, "a list of integers");
    }
  }

  private List<Float> floats(String name) {
    try {
      return texts(name).stream().map(Float::valueOf).toList();
    } catch (NumberFormatException e) {
      throw malformed(name, "a list of numbers");
    }
  }

  Window window() {
    String padding = optional("padding");
    Padding value;
    if (padding == null) {
      value = new Padding.Explicit(longs("pads_begin"), longs("pads_end"));
    } else if (padding.equals("same_upper") || padding.equals("same_lower")) {
      value = new Padding.Same(padding.equals("same_upper"));
    } else {
      throw malformed("padding", "same_upper or same_lower");
    }
    return new Window(longs("strides"), longs("dilations"), value);
  }

  List<Activation> activations() {
    List<String> names = texts("activations");
    List<Float> alphas = floats("activation_alpha");
    List<Float> betas = floats("activation_beta");
    if (alphas.size() != names.size() || betas.size() != names.size()) {
      throw malformed("activations", "as many as activation_alpha and activation_beta");
    }
    List<Activation> result = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      result.add(new Activation(names.get(i), alphas.get(i), betas.get(i)));
    }
    return result;
  }

  @Nullable Float clip() {
    return optional("clip") == null ? null : (Float) single("clip");
  }
}
