package dev.lathe.frontend.language;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.antlr.v4.runtime.Token;

/** Changes sources at random, by token mostly: what somebody might leave behind while editing. */
final class SourceMutator {
  private static final List<String> INSERTED =
      List.of(
          "(",
          ")",
          "[",
          "]",
          "{",
          "}",
          ",",
          ":",
          "=",
          "->",
          "|>",
          "+",
          "-",
          "*",
          "/",
          "**",
          "@",
          "%",
          "<",
          "==",
          "...",
          ".",
          "\n",
          ";",
          "#",
          "'",
          "\"",
          "\\",
          "//",
          "if",
          "else",
          "for",
          "in",
          "not",
          "and",
          "return",
          "param",
          "shared",
          "block",
          "model",
          "const",
          "import",
          "as",
          "none",
          "true",
          "x",
          "y",
          "N",
          "dense",
          "conv2d",
          "f32",
          "range",
          "concatenate",
          "zeros",
          "0",
          "-1",
          "1",
          "2",
          "3.5",
          "1e308",
          "9223372036854775807",
          "99999999999999999999",
          "1000000000",
          "\"relu\"",
          "[[1, 2], [3]]",
          "range(1000000)",
          "def",
          "elif",
          "lambda",
          "\u00e9",
          "\ud83d\ude00",
          "\u0000",
          "\t",
          "\r",
          "f32[1000000000, 1000000000]");

  private final Random random;
  private final List<Source> sources;

  SourceMutator(long seed, List<Source> sources) {
    this.random = new Random(seed);
    this.sources = sources;
  }

  /** A source with one to four changes, sometimes a splice of two. */
  String next() {
    Source source = any(sources);
    List<String> parts = parts(source);
    if (random.nextInt(8) == 0) {
      parts = spliced(parts, parts(any(sources)));
    }
    for (int left = 1 + random.nextInt(4); left > 0; left--) {
      mutate(parts);
    }
    String text = String.join("", parts);
    return switch (random.nextInt(16)) {
      case 0 -> text.substring(0, random.nextInt(text.length() + 1));
      case 1 -> withCharacter(text);
      default -> text;
    };
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /** The tokens of a source with all that is between them. */
  private static List<String> parts(Source source) {
    List<String> parts = new ArrayList<>();
    for (Token token : SyntaxReader.tokens(source)) {
      parts.add(LayoutTokens.span(source, token).text());
    }
    return parts;
  }

  private List<String> spliced(List<String> first, List<String> second) {
    List<String> result = new ArrayList<>(first.subList(0, random.nextInt(first.size() + 1)));
    result.addAll(second.subList(random.nextInt(second.size() + 1), second.size()));
    return result;
  }

  private void mutate(List<String> parts) {
    if (parts.isEmpty()) {
      parts.add(any(INSERTED));
      return;
    }
    int at = random.nextInt(parts.size());
    int other = random.nextInt(parts.size());
    switch (random.nextInt(6)) {
      case 0 -> parts.remove(at);
      case 1 -> parts.add(at, parts.get(at));
      case 2 -> {
        String moved = parts.get(at);
        parts.set(at, parts.get(other));
        parts.set(other, moved);
      }
      case 3 -> parts.set(at, parts.get(other));
      case 4 -> parts.set(at, any(INSERTED));
      default -> parts.add(at, any(INSERTED));
    }
  }

  private String withCharacter(String text) {
    int at = random.nextInt(text.length() + 1);
    char c = (char) (random.nextBoolean() ? random.nextInt(128) : random.nextInt(0x10000));
    return text.substring(0, at) + c + text.substring(at);
  }
}
