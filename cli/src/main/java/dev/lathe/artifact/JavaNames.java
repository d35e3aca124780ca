package dev.lathe.artifact;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.lang.model.SourceVersion;

/** Turns names of models and tensors into Java identifiers. */
final class JavaNames {
  /** Names that no component of a record may have (JLS 8.10.1). */
  private static final Set<String> FORBIDDEN_COMPONENTS =
      Set.of(
          "clone", "finalize", "getClass", "hashCode", "notify", "notifyAll", "toString", "wait");

  private JavaNames() {}

  /**
   * A legal and unique name for each tensor, in Java's style: {@code last_hidden_state} becomes
   * {@code lastHiddenState}, {@code input.1} becomes {@code input1}, and numbers tell apart those
   * that would be alike.
   */
  static List<String> variables(List<String> names) {
    return unique(names.stream().map(JavaNames::variable).toList());
  }

  /** The same for constants: {@code last_hidden_state} becomes {@code LAST_HIDDEN_STATE}. */
  static List<String> constants(List<String> names) {
    return unique(
        names.stream()
            .map(name -> String.join("_", words(name)).toUpperCase(Locale.ROOT))
            .toList());
  }

  private static List<String> unique(List<String> names) {
    Set<String> result = new LinkedHashSet<>();
    for (String name : names) {
      String unique = name;
      for (int i = 2; !result.add(unique); i++) {
        unique = name + "_" + i;
      }
    }
    return List.copyOf(result);
  }

  /** The parts of a name between characters that no identifier may have. */
  private static List<String> words(String name) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    for (char c : (name + "_").toCharArray()) {
      if (isPart(c)) {
        word.append(c);
      } else if (!word.isEmpty()) {
        words.add(word.toString());
        word.setLength(0);
      }
    }
    return words;
  }

  private static String variable(String name) {
    StringBuilder text = new StringBuilder();
    for (String word : words(name)) {
      boolean shout = word.equals(word.toUpperCase(Locale.ROOT));
      if (text.isEmpty()) {
        text.append(shout ? word.toLowerCase(Locale.ROOT) : decapitalized(word));
      } else {
        text.append(capitalized(shout ? word.toLowerCase(Locale.ROOT) : word));
      }
    }
    if (text.isEmpty()) {
      return "value";
    }
    String result = Character.isDigit(text.charAt(0)) ? "_" + text : text.toString();
    boolean taken = SourceVersion.isKeyword(result) || FORBIDDEN_COMPONENTS.contains(result);
    return taken ? result + "_" : result;
  }

  private static String capitalized(String word) {
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }

  private static String decapitalized(String word) {
    return Character.toLowerCase(word.charAt(0)) + word.substring(1);
  }

  /** ASCII alone, so that the class can be used from sources of any encoding. */
  private static boolean isPart(char c) {
    return c < 128 && Character.isLetterOrDigit(c);
  }

  /** A class name for a model: {@code mobilenet_v3_large} becomes {@code MobilenetV3Large}. */
  static String className(String model) {
    StringBuilder text = new StringBuilder();
    words(model).forEach(word -> text.append(capitalized(word)));
    if (text.isEmpty()) {
      return "CompiledModel";
    }
    return Character.isDigit(text.charAt(0)) ? "Model" + text : text.toString();
  }

  /** A name for Maven: {@code MobilenetV3Large} becomes {@code mobilenet-v3-large}. */
  static String artifactId(String className) {
    return className
        .replaceAll("([a-z0-9])([A-Z])", "$1-$2")
        .replace('_', '-')
        .toLowerCase(Locale.ROOT);
  }

  /**
   * Checks the name of a class that a user chose.
   *
   * @throws IllegalArgumentException if Java does not allow it
   */
  static void checkClass(String name) {
    if (!SourceVersion.isIdentifier(name) || SourceVersion.isKeyword(name)) {
      throw new IllegalArgumentException(
          "'" + name + "' is no name of a Java class; give one such as Mnist");
    }
  }

  /**
   * Checks the name of a package that a user chose.
   *
   * @throws IllegalArgumentException if Java does not allow it
   */
  static void checkPackage(String name) {
    if (!SourceVersion.isName(name) || name.equals("java") || name.startsWith("java.")) {
      throw new IllegalArgumentException(
          "'" + name + "' is no name of a Java package; give one such as com.example.models");
    }
  }
}
