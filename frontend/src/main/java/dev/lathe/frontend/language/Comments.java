package dev.lathe.frontend.language;

import dev.lathe.grammar.language.LatheLexer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.antlr.v4.runtime.Token;

/**
 * The comments of a source by the tokens that they stand beside. Each is taken once. Not safe for
 * use by several threads.
 */
final class Comments {
  /**
   * A comment.
   *
   * @param text without blanks at its end
   * @param start where it begins
   * @param end where it ends, exclusive
   */
  record Comment(String text, int start, int end) {}

  /** Those at the end of a line, by the start of the last token on it. */
  private final Map<Integer, Comment> trailing = new HashMap<>();

  /** Those on lines of their own, by the start of the next token. */
  private final Map<Integer, List<Comment>> leading = new HashMap<>();

  /**
   * @param tokens all of a source, hidden ones and EOF too
   */
  Comments(Source source, List<? extends Token> tokens) {
    List<Comment> above = new ArrayList<>();
    int last = -1;
    boolean isSameLine = false;
    for (Token token : tokens) {
      if (token.getType() == LatheLexer.COMMENT) {
        int end = token.getStopIndex() + 1;
        String text = source.text().substring(token.getStartIndex(), end).stripTrailing();
        Comment comment = new Comment(text, token.getStartIndex(), end);
        if (isSameLine) {
          trailing.put(last, comment);
        } else {
          above.add(comment);
        }
      } else if (token.getType() == LatheLexer.NEWLINE) {
        isSameLine = false;
      } else if (token.getChannel() == Token.DEFAULT_CHANNEL) {
        if (!above.isEmpty()) {
          leading.put(token.getStartIndex(), List.copyOf(above));
          above.clear();
        }
        last = token.getStartIndex();
        isSameLine = true;
      }
    }
  }

  /** Whether there is one at the end of the line that a token ends. */
  boolean hasTrailing(Token token) {
    return trailing.containsKey(token.getStartIndex());
  }

  /** Whether there are some on lines of their own before a token. */
  boolean hasLeading(Token token) {
    return leading.containsKey(token.getStartIndex());
  }

  /** Takes the one at the end of the line that a token ends. */
  Doc trailing(Token token) {
    Comment comment = trailing.remove(token.getStartIndex());
    return comment == null ? Doc.EMPTY : new Doc.Comment(comment.text(), false);
  }

  /** Takes those on lines of their own before a token. */
  Doc leading(Token token) {
    List<Doc> docs = new ArrayList<>();
    for (Comment comment : takeLeading(token)) {
      docs.add(new Doc.Comment(comment.text(), true));
    }
    return Doc.concat(docs);
  }

  /** Takes those on lines of their own before a token. */
  List<Comment> takeLeading(Token token) {
    List<Comment> comments = leading.remove(token.getStartIndex());
    return comments == null ? List.of() : comments;
  }
}
