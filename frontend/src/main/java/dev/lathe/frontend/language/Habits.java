package dev.lathe.frontend.language;

import dev.lathe.frontend.language.Tokens.Open;
import dev.lathe.frontend.layers.Written;
import dev.lathe.grammar.language.LatheLexer;
import java.util.List;
import java.util.Map;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.Token;

/**
 * Reads what people write out of habit of another language as what they mean, and says how it is
 * written here: {@code #} and {@code ;}, single quotes, {@code f(a=1)}, {@code def}, {@code elif},
 * {@code &&}, a comma too many or too few. What follows is checked as if it were right.
 */
final class Habits {
  private static final Map<String, String> CHARACTERS =
      Map.ofEntries(
          Map.entry("\u2013", "write '-'"),
          Map.entry("\u2212", "write '-'"),
          Map.entry("\u00d7", "write '*'"),
          Map.entry("\u2192", "write '->'"),
          Map.entry("\u2026", "write '...'"),
          Map.entry("~", "write 'not'"),
          Map.entry("`", "strings stand in double quotes: \"relu\""),
          Map.entry("\u00a0", "this space is no plain one; type it anew"));

  private final Tokens tokens;
  private final ForeignWords words;
  private int mutedLine = -1;

  private Habits(Tokens tokens) {
    this.tokens = tokens;
    this.words = new ForeignWords(tokens);
  }

  /** The tokens as they are meant, the last one EOF. */
  static List<Token> read(Source source, List<? extends Token> raw, Diagnostics diagnostics) {
    Tokens tokens = new Tokens(source, raw, diagnostics);
    Habits habits = new Habits(tokens);
    for (Token token : raw) {
      if (token.getType() == LatheLexer.COMMENT) {
        division(tokens, token);
      }
    }
    while (!tokens.isDone()) {
      habits.next();
    }
    tokens.report();
    return tokens.output();
  }

  /** In Python, {@code a // 2} divides. */
  private static void division(Tokens tokens, Token comment) {
    String text = comment.getText();
    if (!text.matches("//\\s*\\d+\\s*(\\s*[,*+-].*)?") && !closesMore(text)) {
      return;
    }
    Span span = tokens.span(comment);
    String line = tokens.source().lineText(span.line());
    String before = line.substring(0, span.column() - 1).stripTrailing();
    if (!before.isEmpty() && Character.isLetterOrDigit(before.charAt(before.length() - 1))) {
      tokens.warning(
          span, "'//' begins a comment, and does not divide", "integers: floor_div(a, b)");
    }
  }

  /** True if a text closes what it does not open. */
  private static boolean closesMore(String text) {
    int depth = 0;
    for (int i = 0; i < text.length() && depth >= 0; i++) {
      depth += "([".indexOf(text.charAt(i)) >= 0 ? 1 : 0;
      depth -= ")]".indexOf(text.charAt(i)) >= 0 ? 1 : 0;
    }
    return depth < 0;
  }

  private void next() {
    Token token = tokens.current();
    switch (token.getType()) {
      case LatheLexer.STRAY -> stray(token);
      case LatheLexer.UNTERMINATED_STRING -> openString(token);
      case LatheLexer.STRING -> string(token);
      case LatheLexer.INTEGER, LatheLexer.FLOAT -> number(token);
      case LatheLexer.DOT -> dot(token);
      case LatheLexer.COMMA -> comma(token);
      case LatheLexer.ASSIGN -> assign(token);
      case LatheLexer.PLUS,
          LatheLexer.MINUS,
          LatheLexer.STAR,
          LatheLexer.SLASH,
          LatheLexer.AT,
          LatheLexer.POWER ->
          operator(token);
      case LatheLexer.TRUE, LatheLexer.FALSE, LatheLexer.NONE -> value();
      case LatheLexer.NAME -> {
        if (!words.name(token)) {
          value();
        }
      }
      case LatheLexer.LPAREN -> parenthesis(token);
      case LatheLexer.LBRACKET -> {
        tokens.push(tokens.isAfterValue() ? Open.INDEX : Open.LIST);
        tokens.copy();
      }
      case LatheLexer.RPAREN, LatheLexer.RBRACKET -> {
        boolean isHeader = tokens.open() == Open.HEADER;
        boolean isTuple = tokens.open() == Open.TUPLE && token.getType() == LatheLexer.RPAREN;
        tokens.pop(false);
        if (isTuple) {
          replace(token, 1, LatheLexer.RBRACKET, "]");
        } else {
          tokens.copy();
        }
        if (isHeader) {
          words.afterHeader();
        }
      }
      default -> {
        if (!words.keyword(token)) {
          tokens.copy();
        }
      }
    }
  }

  /** A parenthesis; what other languages call a tuple is a list. */
  private void parenthesis(Token token) {
    boolean isValue =
        tokens.isInside() ? !tokens.isAfterValue() : tokens.written(1) == LatheLexer.ASSIGN;
    if (isValue && tokens.isTuple()) {
      tokens.habit(
          tokens.span(token), "values in parentheses are no list", "lists are written [3, 3]");
      tokens.push(Open.TUPLE);
      replace(token, 1, LatheLexer.LBRACKET, "[");
      return;
    }
    tokens.copy();
    tokens.push(words.isHeader() ? Open.HEADER : Open.CALL);
  }

  /** Copies what begins a value, behind the comma that separates it from the one before. */
  private void value() {
    boolean isOnLine = Tokens.endsValue(tokens.written(1));
    boolean isArgument =
        tokens.written(1) == LatheLexer.NEWLINE
            && tokens.open() == Open.CALL
            && Tokens.endsValue(tokens.writtenOnLines())
            && (tokens.type(1) == LatheLexer.COLON || tokens.type(1) == LatheLexer.ASSIGN);
    if (tokens.isInside() && (isOnLine || isArgument) && tokens.isClosedLater()) {
      Token before = tokens.last();
      for (int i = tokens.output().size() - 1; before.getType() == LatheLexer.NEWLINE; i--) {
        before = tokens.output().get(i);
      }
      int end = before.getStopIndex() + 1;
      tokens.error(
          new Span(tokens.source(), end, end),
          "a ',' is missing before " + Written.text(tokens.current().getText()).replace('"', '\''),
          "");
      tokens.insert(LatheLexer.COMMA);
    }
    tokens.copy();
  }

  private void stray(Token token) {
    String text = token.getText();
    Token next = tokens.peek(1);
    boolean isDouble = next.getText().equals(text) && Tokens.touch(token, next);
    switch (text) {
      case "#" -> {
        tokens.habit(tokens.span(token), "unexpected character \"#\"", "comments begin with //");
        while (tokens.type(0) != LatheLexer.NEWLINE && tokens.type(0) != Token.EOF) {
          tokens.skip(1);
        }
      }
      case ";" -> {
        tokens.habit(
            tokens.span(token), "unexpected character \";\"", "a statement ends with its line");
        int after = next.getType();
        if (after == LatheLexer.NEWLINE || after == LatheLexer.RBRACE || tokens.isInside()) {
          tokens.skip(1);
        } else {
          replace(token, 1, LatheLexer.NEWLINE, "\n");
        }
      }
      case "'", "\u2018", "\u2019", "\u201c", "\u201d" -> quoted(token);
      case "&" -> logical(token, isDouble, LatheLexer.AND, "and");
      case "|" -> logical(token, isDouble, LatheLexer.OR, "or");
      case "!" -> logical(token, false, LatheLexer.NOT, "not");
      case "^" -> logical(token, false, LatheLexer.POWER, "**");
      case "\\" -> {
        tokens.error(
            token,
            "unexpected character \"\\\"",
            "a line goes on by itself after an operator and inside parentheses");
        tokens.skip(next.getType() == LatheLexer.NEWLINE ? 2 : 1);
      }
      default -> {
        if (tokens.span(token).line() != mutedLine) {
          tokens.error(token, "unexpected character " + Written.text(text), help(text));
          mutedLine = tokens.span(token).line();
        }
        tokens.mute(token);
        tokens.skip(1);
      }
    }
  }

  private String help(String character) {
    if (character.equals("?")) {
      return tokens.open() == Open.INDEX
          ? "a size that is not known has a name: f32[N, 8]"
          : "write: a if condition else b";
    }
    if (Character.isLetter(character.charAt(0))) {
      return "names consist of the letters a to z and A to Z, digits and '_'";
    }
    return CHARACTERS.getOrDefault(character, "remove it");
  }

  private void logical(Token token, boolean isDouble, int type, String word) {
    Token last = isDouble ? tokens.peek(1) : token;
    String written = isDouble ? token.getText() + token.getText() : token.getText();
    tokens.habit(
        tokens.span(token, last), "there is no operator '" + written + "'", "write '" + word + "'");
    replace(token, isDouble ? 2 : 1, type, word);
  }

  private void replace(Token place, int count, int type, String text) {
    tokens.write(type, text, place);
    tokens.skip(count);
  }

  /** A string in single or curly quotes. */
  private void quoted(Token token) {
    int count = 1;
    while (!"'\u2018\u2019\u201c\u201d".contains(tokens.peek(count).getText())
        && tokens.type(count) != LatheLexer.NEWLINE
        && tokens.type(count) != Token.EOF) {
      count++;
    }
    Token last = tokens.peek(count);
    if (last.getType() != LatheLexer.STRAY) {
      tokens.error(token, "this string does not end", "strings stand in double quotes: \"relu\"");
      tokens.mute(token);
      tokens.skip(1);
      return;
    }
    Span span = tokens.span(token, last);
    tokens.habit(
        span, "strings do not stand in these quotes", "strings stand in double quotes: \"relu\"");
    String inner = tokens.source().text().substring(span.start() + 1, span.end() - 1);
    CommonToken string = new CommonToken(token);
    string.setType(LatheLexer.STRING);
    string.setText('"' + inner.replace("\"", "") + '"');
    string.setStopIndex(last.getStopIndex());
    tokens.write(string);
    tokens.skip(count + 1);
  }

  /** A string without an end, whose last characters may be what closes the call around it. */
  private void openString(Token token) {
    String text = token.getText().stripTrailing();
    int length = text.length();
    int closings = 0;
    while (length > 2
        && ")]".indexOf(text.charAt(length - 1)) >= 0
        && closings < tokens.depth()
        && tokens.isInside()) {
      length--;
      closings++;
    }
    int end = token.getStartIndex() + length;
    tokens.error(
        new Span(tokens.source(), token.getStartIndex(), end),
        "this string does not end",
        "end it with \" on the same line");
    CommonToken string = new CommonToken(token);
    string.setType(LatheLexer.STRING);
    string.setText(text.substring(0, length) + '"');
    string.setStopIndex(end - 1);
    tokens.write(string);
    for (int i = 0; i < closings && tokens.isInside(); i++) {
      boolean isRound = text.charAt(length + i) == ')';
      CommonToken closing = new CommonToken(token);
      closing.setType(isRound ? LatheLexer.RPAREN : LatheLexer.RBRACKET);
      closing.setText(isRound ? ")" : "]");
      closing.setStartIndex(end + i);
      closing.setStopIndex(end + i);
      tokens.write(closing);
      tokens.pop(false);
    }
    tokens.skip(1);
  }

  /** A string, unless it begins a text of several lines. */
  private void string(Token token) {
    String text = tokens.source().text();
    int start = token.getStartIndex();
    if (!token.getText().equals("\"\"") || !text.startsWith("\"\"\"", start)) {
      value();
      return;
    }
    int end = text.indexOf("\"\"\"", start + 3);
    tokens.error(
        new Span(tokens.source(), start, start + 3),
        "strings have one line",
        "comments begin with //");
    boolean isStart = tokens.isStart();
    while (tokens.type(0) != Token.EOF && (end < 0 || tokens.current().getStartIndex() < end + 3)) {
      tokens.skip(1);
    }
    if (!isStart) {
      tokens.write(LatheLexer.STRING, "\"\"", token);
    }
  }

  private void number(Token token) {
    Token next = tokens.peek(1);
    boolean hasPoint =
        token.getType() == LatheLexer.INTEGER
            && next.getType() == LatheLexer.DOT
            && Tokens.touch(token, next)
            && tokens.type(2) != LatheLexer.NAME;
    boolean hasSuffix = next.getType() == LatheLexer.NAME && Tokens.touch(token, next);
    if (!hasPoint && !hasSuffix) {
      value();
      return;
    }
    String written = token.getText() + next.getText();
    tokens.error(
        tokens.span(token, next),
        "'" + written + "' is no number",
        hasPoint
            ? "write " + written + "0"
            : next.getText().length() == 1
                ? "numbers have no letter behind them: write " + token.getText()
                : "numbers are written 10, 0.5 and 1e-3, names begin with a letter");
    value();
    tokens.skip(1);
  }

  /** {@code .5} */
  private void dot(Token token) {
    Token next = tokens.peek(1);
    if (next.getType() == LatheLexer.INTEGER
        && Tokens.touch(token, next)
        && !tokens.isAfterValue()) {
      tokens.error(
          tokens.span(token, next),
          "'." + next.getText() + "' is no number",
          "write 0." + next.getText());
      CommonToken number = new CommonToken(next);
      number.setType(LatheLexer.FLOAT);
      number.setText("0." + next.getText());
      number.setStartIndex(token.getStartIndex());
      tokens.write(number);
      tokens.skip(2);
      return;
    }
    tokens.copy();
  }

  private void comma(Token token) {
    int before = tokens.writtenOnLines();
    boolean isFirst = before == LatheLexer.LPAREN || before == LatheLexer.LBRACKET;
    if (tokens.isInside()
        && tokens.open() != Open.INDEX
        && (isFirst || before == LatheLexer.COMMA)) {
      tokens.error(token, "there is a ',' too many", "remove it");
      tokens.skip(1);
      return;
    }
    boolean isLast = tokens.type(1) == LatheLexer.NEWLINE || tokens.type(1) == LatheLexer.RBRACE;
    if (!tokens.isInside() && isLast && words.hasAssigned()) {
      tokens.error(token, "there is a ',' too many", "a statement ends with its line; remove it");
      tokens.skip(1);
      return;
    }
    tokens.copy();
  }

  private void assign(Token token) {
    Token next = tokens.peek(1);
    if (next.getType() == LatheLexer.GT && Tokens.touch(token, next)) {
      tokens.error(tokens.span(token, next), "there is no '=>'", "write '->'");
      replace(token, 2, LatheLexer.ARROW, "->");
      return;
    }
    int before = tokens.output().size() > 1 ? beforeName() : Token.EOF;
    if (tokens.open() == Open.CALL
        && tokens.written(1) == LatheLexer.NAME
        && (before == LatheLexer.LPAREN || before == LatheLexer.COMMA)) {
      tokens.habit(
          tokens.span(token),
          "the argument '" + tokens.last().getText() + "' is given with '='",
          "arguments are written with ':', as in dense(x, units: 10)");
      replace(token, 1, LatheLexer.COLON, ":");
      return;
    }
    words.assigned();
    tokens.copy();
  }

  /** The type of the token before the name that was written last, line ends aside. */
  private int beforeName() {
    for (int i = tokens.output().size() - 2; i >= 0; i--) {
      int type = tokens.output().get(i).getType();
      if (type != LatheLexer.NEWLINE) {
        return type;
      }
    }
    return Token.EOF;
  }

  /** {@code h += x}. */
  private void operator(Token token) {
    Token next = tokens.peek(1);
    boolean isUpdate =
        next.getType() == LatheLexer.ASSIGN
            && Tokens.touch(token, next)
            && tokens.written(1) == LatheLexer.NAME
            && !tokens.isInside();
    if (!isUpdate) {
      tokens.copy();
      return;
    }
    String name = tokens.last().getText();
    tokens.error(
        tokens.span(token, next),
        "there is no '" + token.getText() + "='",
        "write: " + name + " = " + name + " " + token.getText() + " …");
    tokens.skip(1);
    tokens.copy();
    tokens.mute(next);
  }
}
