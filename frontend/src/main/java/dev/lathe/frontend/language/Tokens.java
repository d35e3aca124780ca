package dev.lathe.frontend.language;

import dev.lathe.grammar.language.LatheLexer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;

/** Tokens that are read one after the other, and those that are written in their place. */
final class Tokens {
  /** What a token that ends a value may be. */
  private static final Set<Integer> VALUE_ENDS =
      Set.of(
          LatheLexer.NAME,
          LatheLexer.INTEGER,
          LatheLexer.FLOAT,
          LatheLexer.STRING,
          LatheLexer.TRUE,
          LatheLexer.FALSE,
          LatheLexer.NONE,
          LatheLexer.RPAREN,
          LatheLexer.RBRACKET);

  /** What is open where a token stands. */
  enum Open {
    CALL,
    HEADER,
    LIST,
    TUPLE,
    INDEX,
    BODY
  }

  /** How far a look ahead goes, in tokens. */
  private static final int MOST_AHEAD = 2_000;

  private final Source source;
  private final Diagnostics diagnostics;
  private final List<Token> input = new ArrayList<>();
  private final List<Token> output = new ArrayList<>();
  private final Deque<Open> open = new ArrayDeque<>();
  private final Map<String, Habit> habits = new LinkedHashMap<>();
  private int at;

  private record Habit(Span first, String message, String help, Set<Integer> lines) {}

  Tokens(Source source, List<? extends Token> raw, Diagnostics diagnostics) {
    this.source = source;
    this.diagnostics = diagnostics;
    for (Token token : raw) {
      if (token.getChannel() == Token.DEFAULT_CHANNEL) {
        input.add(token);
      }
    }
  }

  Source source() {
    return source;
  }

  /** What was written. */
  List<Token> output() {
    return output;
  }

  /** The token that is read; the last one is EOF. */
  Token current() {
    return input.get(at);
  }

  /** The one so many tokens behind the current. */
  Token peek(int count) {
    return input.get(Math.min(at + count, input.size() - 1));
  }

  /** The type of the one so many tokens behind the current. */
  int type(int count) {
    return peek(count).getType();
  }

  /** The type of the first token behind the current that is no line's end. */
  int typeOnNextLines() {
    int count = 1;
    while (type(count) == LatheLexer.NEWLINE) {
      count++;
    }
    return type(count);
  }

  /** The type of what was written so many tokens before; EOF before the first. */
  int written(int count) {
    return output.size() < count ? Token.EOF : output.get(output.size() - count).getType();
  }

  /** The last token that was written and is no line's end, with its type; EOF if there is none. */
  int writtenOnLines() {
    for (int i = output.size() - 1; i >= 0; i--) {
      if (output.get(i).getType() != LatheLexer.NEWLINE) {
        return output.get(i).getType();
      }
    }
    return Token.EOF;
  }

  /** The last token that was written. */
  Token last() {
    return output.get(output.size() - 1);
  }

  /** Reads on without writing. */
  void skip(int count) {
    at = Math.min(at + count, input.size() - 1);
  }

  /** Writes the current token and reads on. */
  void copy() {
    output.add(current());
    at++;
  }

  boolean isDone() {
    return at >= input.size();
  }

  /** Writes a token. */
  void write(Token token) {
    output.add(token);
  }

  /** Writes a token in the place of another. */
  void write(int type, String text, Token place) {
    CommonToken token = new CommonToken(place);
    token.setType(type);
    token.setText(text);
    output.add(token);
  }

  /** Writes a token that is not in the source, before the current one. */
  void insert(int type) {
    output.add(new LayoutTokens.Inserted(type, current()));
  }

  /** Writes a token that ends what can be read of a statement; the error is reported already. */
  void mute(Token place) {
    write(LatheLexer.STRAY, "", place);
  }

  /** What is open; BODY outside of everything. */
  Open open() {
    return open.isEmpty() ? Open.BODY : open.getFirst();
  }

  /** How many braces, parentheses and brackets are open. */
  int depth() {
    return open.size();
  }

  /** Forgets what is open, where an item begins. */
  void closeAll() {
    open.clear();
  }

  void push(Open what) {
    open.push(what);
  }

  /** Reads on to the first line that is not indented. */
  void skipIndented() {
    int line = current().getLine();
    while (type(0) != Token.EOF
        && (type(0) == LatheLexer.NEWLINE
            || current().getLine() == line
            || current().getCharPositionInLine() > 0)) {
      skip(1);
    }
    write(LatheLexer.NEWLINE, "\n", current());
  }

  /**
   * True if statements follow the '}' that is read, and then another '}' that would close nothing.
   */
  boolean isTooEarly() {
    boolean isStatement =
        switch (typeOnNextLines()) {
          case LatheLexer.NAME,
              LatheLexer.PARAM,
              LatheLexer.SHARED,
              LatheLexer.RETURN,
              LatheLexer.IF,
              LatheLexer.FOR ->
              true;
          default -> false;
        };
    int depth = 0;
    for (int i = 1; isStatement && depth >= 0 && i < ahead(); i++) {
      switch (type(i)) {
        case LatheLexer.LBRACE -> depth++;
        case LatheLexer.RBRACE -> depth--;
        case LatheLexer.MODEL, LatheLexer.BLOCK, LatheLexer.CONST, LatheLexer.IMPORT -> {
          return false;
        }
        default -> {}
      }
    }
    return depth < 0;
  }

  /** How many tokens are worth a look from here: what goes on for longer is nobody's habit. */
  private int ahead() {
    return Math.min(input.size() - at, MOST_AHEAD);
  }

  /** True if the parenthesis that is read holds several values, or one and a comma. */
  boolean isTuple() {
    int depth = 0;
    boolean hasComma = type(1) == LatheLexer.RPAREN;
    for (int i = 0; i < ahead(); i++) {
      switch (type(i)) {
        case LatheLexer.LPAREN, LatheLexer.LBRACKET -> depth++;
        case LatheLexer.RPAREN, LatheLexer.RBRACKET -> {
          depth--;
          if (depth == 0) {
            return hasComma;
          }
        }
        case LatheLexer.COMMA -> hasComma |= depth == 1;
        case LatheLexer.LBRACE, LatheLexer.RBRACE, Token.EOF -> {
          return false;
        }
        default -> {}
      }
    }
    return false;
  }

  /** Closes the innermost that is open, unless that is of another kind. */
  void pop(boolean body) {
    while (body && !open.isEmpty() && open() != Open.BODY) {
      open.pop();
    }
    if (!open.isEmpty() && body == (open() == Open.BODY)) {
      open.pop();
    }
  }

  /** True if a parenthesis or a bracket is open. */
  boolean isInside() {
    return open() != Open.BODY;
  }

  /** True where a statement or an item begins. */
  boolean isStart() {
    int before = written(1);
    if (isInside()) {
      return false;
    }
    return before == LatheLexer.NEWLINE
        ? !LayoutTokens.goesOn(writtenOnLines(), type(0))
        : before == LatheLexer.LBRACE || before == LatheLexer.RBRACE || before == Token.EOF;
  }

  /** True if two tokens stand side by side with nothing between. */
  static boolean touch(Token first, Token second) {
    return first.getStopIndex() + 1 == second.getStartIndex();
  }

  /** True if a value may end with the token that was written last. */
  boolean isAfterValue() {
    return VALUE_ENDS.contains(isInside() ? writtenOnLines() : written(1));
  }

  static boolean endsValue(int type) {
    return VALUE_ENDS.contains(type);
  }

  /** True if what is open is closed further on, before a body or an item begins or ends. */
  boolean isClosedLater() {
    int depth = 0;
    for (int i = 0; i < ahead(); i++) {
      switch (type(i)) {
        case LatheLexer.LPAREN, LatheLexer.LBRACKET -> depth++;
        case LatheLexer.RPAREN, LatheLexer.RBRACKET -> {
          if (depth == 0) {
            return true;
          }
          depth--;
        }
        case LatheLexer.LBRACE,
            LatheLexer.RBRACE,
            LatheLexer.MODEL,
            LatheLexer.BLOCK,
            LatheLexer.RETURN,
            LatheLexer.PARAM,
            LatheLexer.SHARED -> {
          return false;
        }
        default -> {}
      }
    }
    return false;
  }

  /** The index of the first of some types, counted from the current token, on its line; or -1. */
  int find(int... types) {
    for (int i = 0; i < ahead() && type(i) != LatheLexer.NEWLINE; i++) {
      for (int type : types) {
        if (type(i) == type) {
          return i;
        }
      }
    }
    return -1;
  }

  Span span(Token token) {
    return LayoutTokens.span(source, token);
  }

  /** From one token to another. */
  Span span(Token first, Token last) {
    return span(first).to(span(last));
  }

  void error(Span span, String message, String help) {
    diagnostics.error(span, message, help);
  }

  void error(Token token, String message, String help) {
    error(span(token), message, help);
  }

  void warning(Span span, String message, String help) {
    diagnostics.add(Diagnostic.warning(span, message, help));
  }

  /** Reports what is done wrong again and again once, with the lines of all. */
  void habit(Span span, String message, String help) {
    habits
        .computeIfAbsent(help, _ -> new Habit(span, message, help, new TreeSet<>()))
        .lines
        .add(span.line());
  }

  /** Adds the habits to the diagnostics. */
  void report() {
    for (Habit habit : habits.values()) {
      habit.lines.remove(habit.first.line());
      List<String> lines = habit.lines.stream().limit(4).map(String::valueOf).toList();
      String also =
          switch (lines.size()) {
            case 0 -> "";
            case 1 -> "; line " + lines.get(0) + " too";
            default ->
                "; lines "
                    + lines.stream().collect(Collectors.joining(", "))
                    + (habit.lines.size() > lines.size() ? " and others too" : " too");
          };
      error(habit.first, habit.message, habit.help + also);
    }
  }
}
