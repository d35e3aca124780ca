package dev.lathe.frontend.language;

import dev.lathe.grammar.language.LatheLexer;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.Token;

/**
 * Lays sources out in the one style of the language, without changing what they say.
 *
 * <p>Lines have up to 100 characters and are indented by two blanks a level. What does not fit on a
 * line is broken at its outermost place: chains of operators before each operator, what stands in
 * brackets on a line of its own or, where that is not enough, each element on its own, with a comma
 * behind the last. A chain of more than three pipes has each on a line of its own. One blank line
 * stands around blocks and models, and at most one elsewhere. Comments, parentheses, strings and
 * numbers stay as they are written. How a source was laid out before decides nothing but where
 * comments and blank lines stand.
 *
 * <p>The method keeps no state and may be called by several threads at once.
 */
public final class LatheFormatter {
  private LatheFormatter() {}

  /**
   * A source in the language's style, every line with a line feed at its end.
   *
   * @throws LatheException if the source has syntax errors
   */
  public static String format(Source source) {
    try {
      Diagnostics diagnostics = new Diagnostics();
      SyntaxReader.read(source, diagnostics);
      if (diagnostics.hasErrors()) {
        throw new LatheException(diagnostics.all().stream().filter(Diagnostic::isError).toList());
      }
      Comments comments = new Comments(source, SyntaxReader.tokens(source));
      Doc doc = new SourceFormatter(source, comments).file(SyntaxReader.parse(source, diagnostics));
      Source formatted = Source.of(source.name(), DocPrinter.print(doc));
      verify(source, formatted);
      return formatted.text();
    } catch (StackOverflowError e) {
      throw new LatheException(
          List.of(
              Diagnostic.error(
                  new Span(source, 0, 0),
                  "the source is nested too deeply to be formatted",
                  "give parts of it names")));
    }
  }

  /** Formatting moves blanks, line ends and commas before closing brackets, and nothing else. */
  private static void verify(Source before, Source after) {
    if (!statements(before).equals(statements(after))
        || !comments(before).equals(comments(after))) {
      throw new IllegalStateException(
          "the formatter would have changed what "
              + before.name()
              + " says, and leaves it as it is");
    }
  }

  private static List<String> statements(Source source) {
    List<Token> tokens = LayoutTokens.of(source, SyntaxReader.tokens(source), new Diagnostics());
    List<String> essence = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      int next = i + 1 < tokens.size() ? tokens.get(i + 1).getType() : Token.EOF;
      boolean isLastComma =
          token.getType() == LatheLexer.COMMA
              && (next == LatheLexer.RPAREN || next == LatheLexer.RBRACKET);
      if (token.getType() == LatheLexer.NEWLINE) {
        essence.add("\n");
      } else if (!isLastComma) {
        essence.add(LayoutTokens.span(source, token).text());
      }
    }
    return essence;
  }

  private static List<String> comments(Source source) {
    return SyntaxReader.tokens(source).stream()
        .filter(token -> token.getType() == LatheLexer.COMMENT)
        .map(token -> LayoutTokens.span(source, token).text().stripTrailing())
        .toList();
  }
}
