package dev.lathe.frontend.language;

import dev.lathe.grammar.language.LatheLexer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a source as the grammar wants them: a NEWLINE only where a statement ends, every
 * bracket closed, and nothing that no rule could begin with.
 *
 * <p>A line goes on where a parenthesis or bracket is open, and where an operator stands at its end
 * or at the beginning of the next. What is not closed is closed where a statement or an item
 * evidently begins, so that what follows can be read.
 */
final class LayoutTokens {
  /** Deeper nesting is taken for a mistake, and would exhaust the stack of the parser. */
  private static final int DEEPEST = 100;

  /** No statement ends after these. */
  static final Set<Integer> OPEN_AFTER =
      Set.of(
          LatheLexer.COMMA,
          LatheLexer.COLON,
          LatheLexer.DOT,
          LatheLexer.ARROW,
          LatheLexer.PIPE,
          LatheLexer.POWER,
          LatheLexer.STAR,
          LatheLexer.SLASH,
          LatheLexer.PERCENT,
          LatheLexer.AT,
          LatheLexer.PLUS,
          LatheLexer.MINUS,
          LatheLexer.EQ,
          LatheLexer.NE,
          LatheLexer.LE,
          LatheLexer.LT,
          LatheLexer.GE,
          LatheLexer.GT,
          LatheLexer.ASSIGN,
          LatheLexer.AND,
          LatheLexer.OR,
          LatheLexer.NOT,
          LatheLexer.IN,
          LatheLexer.LBRACE,
          LatheLexer.RBRACE,
          LatheLexer.NEWLINE);

  /** No statement begins with these. */
  static final Set<Integer> GOES_ON_BEFORE =
      Set.of(
          LatheLexer.DOT,
          LatheLexer.ARROW,
          LatheLexer.PIPE,
          LatheLexer.POWER,
          LatheLexer.STAR,
          LatheLexer.SLASH,
          LatheLexer.PERCENT,
          LatheLexer.AT,
          LatheLexer.PLUS,
          LatheLexer.MINUS,
          LatheLexer.EQ,
          LatheLexer.NE,
          LatheLexer.LE,
          LatheLexer.LT,
          LatheLexer.GE,
          LatheLexer.GT,
          LatheLexer.ASSIGN,
          LatheLexer.AND,
          LatheLexer.OR,
          LatheLexer.ELSE,
          LatheLexer.LBRACE);

  private static final Set<Integer> HEADERS = Set.of(LatheLexer.BLOCK, LatheLexer.MODEL);

  /** True if a statement goes on from a line that ends with one type to one that begins so. */
  static boolean goesOn(int last, int next) {
    boolean isBehind =
        last == LatheLexer.LBRACE || last == LatheLexer.RBRACE || last == LatheLexer.NEWLINE;
    return (OPEN_AFTER.contains(last) && !isBehind) || GOES_ON_BEFORE.contains(next);
  }

  private final Source source;
  private final Diagnostics diagnostics;
  private final List<Token> raw;
  private final List<Token> result = new ArrayList<>();
  private final Deque<Token> open = new ArrayDeque<>();
  private int previous = LatheLexer.NEWLINE;
  private int signs;

  /** The parenthesis of the block's or model's parameters that were begun last. */
  private @Nullable Token header;

  private LayoutTokens(Source source, List<? extends Token> raw, Diagnostics diagnostics) {
    this.source = source;
    this.diagnostics = diagnostics;
    this.raw = List.copyOf(raw);
  }

  /**
   * Arranges tokens.
   *
   * @param raw all tokens of the lexer, hidden ones and EOF too
   */
  static List<Token> of(Source source, List<? extends Token> raw, Diagnostics diagnostics) {
    List<Token> meant = Habits.read(source, raw, diagnostics);
    LayoutTokens layout = new LayoutTokens(source, meant, diagnostics);
    layout.arrange();
    return layout.result;
  }

  private void arrange() {
    for (int i = 0; i < raw.size(); i++) {
      Token token = raw.get(i);
      switch (token.getType()) {
        case LatheLexer.NEWLINE -> newline(i);
        case LatheLexer.LPAREN, LatheLexer.LBRACKET, LatheLexer.LBRACE -> {
          int size = result.size();
          if (size > 1 && HEADERS.contains(result.get(size - 2).getType())) {
            header = token;
          }
          emit(token);
          open.push(token);
          if (open.size() > DEEPEST) {
            error(token, "brackets are nested more than " + DEEPEST + " deep", "");
            end(raw.get(raw.size() - 1));
            return;
          }
        }
        case LatheLexer.RPAREN, LatheLexer.RBRACKET -> {
          if (!open.isEmpty() && open.peek().getType() != LatheLexer.LBRACE) {
            open.pop();
          }
          emit(token);
        }
        case LatheLexer.RBRACE -> closeBrace(i);
        case Token.EOF -> end(token);
        default -> {
          if ((token.getType() == LatheLexer.MODEL || token.getType() == LatheLexer.BLOCK)
              && beginsItem(i)) {
            closeAll(token);
          }
          boolean isSign = token.getType() == LatheLexer.MINUS || token.getType() == LatheLexer.NOT;
          signs = isSign ? signs + 1 : 0;
          if (signs > DEEPEST) {
            error(token, "more than " + DEEPEST + " signs in a row", "");
            end(raw.get(raw.size() - 1));
            return;
          }
          emit(token);
        }
      }
    }
  }

  private void emit(Token token) {
    result.add(token);
    previous = token.getType();
  }

  /** A token that is not in the source; no error is about it, for what lacks was reported. */
  static final class Inserted extends CommonToken {
    private static final long serialVersionUID = 1L;

    Inserted(int type, Token at) {
      super(at);
      setType(type);
      setText("");
      setStopIndex(at.getStartIndex() - 1);
    }
  }

  private void emit(int type, Token at) {
    emit(type == LatheLexer.NEWLINE ? inserted(at) : new Inserted(type, at));
  }

  /** The end of a statement that stands before a '}' on its line, or before the end of the file. */
  private static Token inserted(Token at) {
    CommonToken token = new CommonToken(at);
    token.setType(LatheLexer.NEWLINE);
    token.setText("\n");
    token.setStopIndex(at.getStartIndex() - 1);
    return token;
  }

  private Token previousToken() {
    return result.get(result.size() - 1);
  }

  private void newline(int index) {
    Token token = raw.get(index);
    int next = following(index, 1);
    if (isInParentheses()) {
      boolean begins =
          switch (raw.get(next).getType()) {
            case LatheLexer.MODEL,
                LatheLexer.BLOCK,
                LatheLexer.IMPORT,
                LatheLexer.CONST,
                LatheLexer.PARAM,
                LatheLexer.SHARED,
                LatheLexer.RETURN ->
                true;
            case LatheLexer.NAME ->
                raw.get(following(next, 1)).getType() == LatheLexer.ASSIGN
                    && previous != LatheLexer.COMMA
                    && !isInsideHeader();
            default -> false;
          };
      if (!begins) {
        return;
      }
      closeParentheses();
      emit(token);
      return;
    }
    if (isOperator(previous) && beginsStatement(next)) {
      // Nothing follows the operator; the parser says so.
      emit(token);
      return;
    }
    if (!OPEN_AFTER.contains(previous) && !GOES_ON_BEFORE.contains(raw.get(next).getType())) {
      emit(token);
    }
  }

  /** True inside of {@code block f(strides: int = 1)}, where a parameter must go on. */
  private boolean isInsideHeader() {
    return header != null
        && header.equals(open.peek())
        && (previous == LatheLexer.LPAREN || previous == LatheLexer.COLON);
  }

  private static boolean isOperator(int type) {
    return OPEN_AFTER.contains(type)
        && GOES_ON_BEFORE.contains(type)
        && type != LatheLexer.ARROW
        && type != LatheLexer.LBRACE;
  }

  /** True if a statement certainly begins at a token. */
  private boolean beginsStatement(int index) {
    return switch (raw.get(index).getType()) {
      case LatheLexer.PARAM, LatheLexer.SHARED, LatheLexer.RETURN, LatheLexer.FOR -> true;
      case LatheLexer.NAME -> raw.get(following(index, 1)).getType() == LatheLexer.ASSIGN;
      default -> false;
    };
  }

  private boolean isInParentheses() {
    return !open.isEmpty() && open.peek().getType() != LatheLexer.LBRACE;
  }

  /** Reports parentheses and brackets that should have been closed by now. */
  private void closeParentheses() {
    while (isInParentheses()) {
      Token opening = open.pop();
      boolean isRound = opening.getType() == LatheLexer.LPAREN;
      emit(isRound ? LatheLexer.RPAREN : LatheLexer.RBRACKET, previousToken());
      error(
          opening,
          "this '" + opening.getText() + "' is never closed",
          "close it before the statement ends");
    }
  }

  private void closeBrace(int index) {
    Token token = raw.get(index);
    closeParentheses();
    if (open.isEmpty()) {
      error(token, "this '}' closes nothing", "remove it, or open the body with '{'");
      return;
    }
    if (open.size() > 1 && lacksBraces(index)) {
      closeInner(token);
    }
    close(token);
    open.pop();
    emit(token);
  }

  /** Ends the last statement of a body. */
  private void close(Token before) {
    if (!OPEN_AFTER.contains(previous) || previous == LatheLexer.ASSIGN) {
      emit(LatheLexer.NEWLINE, before);
    }
  }

  /** Closes bodies within the one whose line a '}' is indented like. */
  private void closeInner(Token token) {
    int indent = indent(token, true);
    boolean isOuter =
        indent >= 0 && open.stream().skip(1).anyMatch(each -> indent(each, false) == indent);
    while (isOuter && open.size() > 1 && indent(open.getFirst(), false) > indent) {
      Token opening = open.pop();
      error(opening, "this '{' is never closed", "end the body with '}'");
      close(token);
      emit(LatheLexer.RBRACE, token);
    }
  }

  /** True if the item around a token has more '{' than '}': then indentation tells which. */
  private boolean lacksBraces(int index) {
    int first = index;
    while (first > 0 && !isItem(first)) {
      first--;
    }
    int balance = 0;
    for (int i = first; i < raw.size() && (i == first || !isItem(i)); i++) {
      int type = raw.get(i).getType();
      balance += type == LatheLexer.LBRACE ? 1 : type == LatheLexer.RBRACE ? -1 : 0;
    }
    return balance > 0;
  }

  /** How far the line of a token is indented; -1 if the token must be its first and is not. */
  private int indent(Token token, boolean isFirst) {
    Span span = span(source, token);
    String line = source.lineText(span.line());
    int indent = line.length() - line.stripLeading().length();
    return isFirst && indent != span.column() - 1 ? -1 : indent;
  }

  /** True if an item begins at a token within what is not closed. */
  private boolean beginsItem(int index) {
    return !open.isEmpty() && previous != LatheLexer.DOT && isItem(index);
  }

  /** True at {@code block NAME (} and {@code model NAME (}. */
  private boolean isItem(int index) {
    int type = raw.get(index).getType();
    int name = following(index, 1);
    return (type == LatheLexer.MODEL || type == LatheLexer.BLOCK)
        && raw.get(name).getType() == LatheLexer.NAME
        && raw.get(following(name, 1)).getType() == LatheLexer.LPAREN;
  }

  private void closeAll(Token before) {
    closeParentheses();
    if (previous != LatheLexer.NEWLINE
        && previous != LatheLexer.LBRACE
        && previous != LatheLexer.RBRACE) {
      emit(LatheLexer.NEWLINE, before);
    }
    while (!open.isEmpty()) {
      Token opening = open.pop();
      if (opening.getType() == LatheLexer.LBRACE) {
        error(opening, "this '{' is never closed", "end the body with '}'");
        emit(LatheLexer.RBRACE, before);
      }
    }
  }

  private void end(Token eof) {
    closeAll(eof);
    if (previous != LatheLexer.NEWLINE && previous != LatheLexer.RBRACE) {
      emit(LatheLexer.NEWLINE, eof);
    }
    emit(eof);
  }

  /** The index of the token that many significant ones behind a token; line ends do not count. */
  private int following(int index, int count) {
    int left = count;
    int i = index;
    while (left > 0 && i + 1 < raw.size()) {
      i++;
      Token token = raw.get(i);
      if (token.getType() != LatheLexer.NEWLINE) {
        left--;
      }
    }
    return i;
  }

  private void error(Token token, String message, String help) {
    diagnostics.error(span(source, token), message, help);
  }

  /** Where a token stands. */
  static Span span(Source source, Token token) {
    int start = Math.min(Math.max(token.getStartIndex(), 0), source.text().length());
    int end = Math.max(start, Math.min(token.getStopIndex() + 1, source.text().length()));
    return new Span(source, start, end);
  }
}
