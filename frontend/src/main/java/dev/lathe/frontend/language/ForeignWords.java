package dev.lathe.frontend.language;

import dev.lathe.frontend.language.Tokens.Open;
import dev.lathe.grammar.language.LatheLexer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.antlr.v4.runtime.Token;

/**
 * Reads words of other languages, words of this one where a name is wanted, and headers and braces
 * that are not whole, as what they mean; a part of {@link Habits}.
 */
final class ForeignWords {
  private static final String BLOCK_HELP = "blocks are written: block name(x, size: int) { … }";
  private static final String LOOP_HELP =
      "models have no loops that depend on data; write: for i in range(3) { … }";

  private static final Set<String> FUNCTIONS = Set.of("def", "fn", "func", "function", "fun");

  /** Words that begin statements which this language does not have. */
  private static final Map<String, String> STATEMENTS =
      Map.ofEntries(
          Map.entry("while", LOOP_HELP),
          Map.entry("do", LOOP_HELP),
          Map.entry("switch", "write: if a == 1 { … } else if a == 2 { … }"),
          Map.entry("try", "remove it; what is wrong is told when the model is compiled"),
          Map.entry("raise", "remove it; shapes are checked by their types: x: f32[N, 10]"),
          Map.entry("assert", "remove it; shapes are checked by their types: x: f32[N, 10]"),
          Map.entry("with", "weights are named by blocks, and by name: \"encoder\""),
          Map.entry("del", "remove it"),
          Map.entry("pass", "remove it"),
          Map.entry("break", "choose what the loop goes through: for i in range(3) { … }"),
          Map.entry("continue", "put the rest of the loop into: if condition { … }"));

  private final Tokens tokens;
  private final Deque<Integer> bodies = new ArrayDeque<>();
  private final Set<String> asNames = new HashSet<>();
  private int item = Token.EOF;
  private int statement = Token.EOF;
  private int closed = Token.EOF;
  private boolean isAssigned;

  ForeignWords(Tokens tokens) {
    this.tokens = tokens;
  }

  /** Says that the statement has its {@code =}. */
  void assigned() {
    isAssigned = true;
  }

  /** Whether the statement has its {@code =}. */
  boolean hasAssigned() {
    return isAssigned;
  }

  /** True if the parenthesis that was just written begins the parameters or outputs of an item. */
  boolean isHeader() {
    int before = tokens.written(2);
    int first = tokens.written(3);
    if (before == LatheLexer.ARROW) {
      item = Token.EOF;
      return true;
    }
    if (before == LatheLexer.NAME && (first == LatheLexer.MODEL || first == LatheLexer.BLOCK)) {
      item = first;
      return true;
    }
    return false;
  }

  /** Completes the header of an item, whose parentheses were closed by what was written last. */
  void afterHeader() {
    int next = tokens.type(0) == LatheLexer.NEWLINE ? tokens.typeOnNextLines() : tokens.type(0);
    if (item != Token.EOF && tokens.type(0) == LatheLexer.LPAREN) {
      int end = tokens.last().getStopIndex() + 1;
      tokens.error(
          new Span(tokens.source(), end, end), "'->' is missing before the outputs", "write '->'");
      tokens.insert(LatheLexer.ARROW);
    } else if (item == LatheLexer.MODEL && next == LatheLexer.LBRACE) {
      // The check of names says that the model has no output.
      tokens.insert(LatheLexer.ARROW);
      tokens.insert(LatheLexer.LPAREN);
      tokens.insert(LatheLexer.RPAREN);
    } else if (item != Token.EOF
        && tokens.type(0) == LatheLexer.ARROW
        && tokens.type(1) == LatheLexer.NAME) {
      bareOutputs();
    }
    item = Token.EOF;
  }

  /** Outputs without parentheses, as {@code y: f32[N, 4]} or {@code f32[N, 4]} alone. */
  private void bareOutputs() {
    int brace = tokens.find(LatheLexer.LBRACE);
    boolean hasName =
        tokens.type(2) == LatheLexer.COLON
            || tokens.type(2) == LatheLexer.COMMA
            || tokens.type(2) == LatheLexer.LBRACE;
    Token last = tokens.peek(Math.max(brace, 2) - 1);
    Span span = tokens.span(tokens.peek(1), last);
    tokens.error(
        span,
        "outputs stand in parentheses, with their names",
        "write -> (" + (hasName ? "" : "y: ") + span.text() + ")");
    tokens.copy();
    if (brace < 0 || !hasName) {
      tokens.mute(tokens.current());
      return;
    }
    tokens.insert(LatheLexer.LPAREN);
    for (int i = 1; i < brace; i++) {
      tokens.copy();
    }
    tokens.insert(LatheLexer.RPAREN);
  }

  /** Reads a name that means something else. @return false if it is just a name */
  boolean name(Token token) {
    String text = token.getText();
    boolean isStart = tokens.isStart();
    if (isStart || statement == Token.EOF) {
      statement = LatheLexer.NAME;
    }
    if (tokens.open() == Open.HEADER && isTypeFirst(token)) {
      return true;
    }
    if (isStart && statement(token, text)) {
      return true;
    }
    boolean isUsed =
        tokens.type(1) == LatheLexer.NAME || (tokens.type(1) == LatheLexer.COLON && !isStart);
    if (text.equals("lambda") && isUsed) {
      foreign(token, "write a block: block twice(x) { return 2 * x }");
      tokens.mute(token);
      tokens.skip(1);
      return true;
    }
    if (text.equals("new") && tokens.type(1) == LatheLexer.NAME) {
      foreign(token, "layers are made by calling them: dense(10)");
      tokens.skip(1);
      return true;
    }
    return false;
  }

  private void foreign(Token token, String help) {
    tokens.error(token, "there is no '" + token.getText() + "' in this language", help);
  }

  /** {@code Tensor x} where a parameter is written. */
  private boolean isTypeFirst(Token token) {
    int before = tokens.writtenOnLines();
    int after = tokens.type(2);
    if ((before != LatheLexer.LPAREN && before != LatheLexer.COMMA)
        || tokens.type(1) != LatheLexer.NAME
        || (after != LatheLexer.COMMA
            && after != LatheLexer.RPAREN
            && after != LatheLexer.ASSIGN)) {
      return false;
    }
    String name = tokens.peek(1).getText();
    tokens.error(
        tokens.span(token, tokens.peek(1)),
        "the type of a parameter stands behind its name",
        "write " + name + ": int, " + name + ": f32[N, 10], or just " + name);
    tokens.skip(1);
    tokens.copy();
    return true;
  }

  /** Reads what begins a statement or an item of another language. */
  private boolean statement(Token token, String text) {
    int next = tokens.type(1);
    boolean isOutside = tokens.depth() == 0;
    if (next == LatheLexer.ASSIGN || next == LatheLexer.COMMA) {
      return isOutside && constant(token);
    }
    if (next == LatheLexer.NAME) {
      if (FUNCTIONS.contains(text) && tokens.type(2) == LatheLexer.LPAREN && isOutside) {
        foreign(token, BLOCK_HELP);
        function();
        return true;
      }
      if (text.equals("class") && isOutside) {
        foreign(token, "models are written: model Name(x: f32[N, 10]) -> (y) { … }");
        tokens.write(LatheLexer.MODEL, "model", token);
        tokens.skip(1);
        tokens.copy();
        tokens.mute(token);
        tokens.skipIndented();
        return true;
      }
      if (text.equals("from") && isOutside) {
        imports(token);
        return true;
      }
      int equal = tokens.find(LatheLexer.ASSIGN);
      if (equal > 1 && declaration(token, equal, isOutside)) {
        return true;
      }
    }
    if (text.equals("elif") || text.equals("elsif")) {
      foreign(token, "write 'else if'");
      if (tokens.writtenOnLines() == LatheLexer.RBRACE && closed == LatheLexer.IF) {
        tokens.write(LatheLexer.ELSE, "else", token);
        tokens.write(LatheLexer.IF, "if", token);
        statement = LatheLexer.IF;
        tokens.skip(1);
      } else {
        pass(token);
      }
      return true;
    }
    if (STATEMENTS.containsKey(text) && !isOutside && next != LatheLexer.DOT) {
      foreign(token, STATEMENTS.getOrDefault(text, ""));
      pass(token);
      return true;
    }
    return false;
  }

  /** Makes what follows a statement that is known to be wrong, whose bodies are read. */
  private void pass(Token token) {
    tokens.write(LatheLexer.IF, "if", token);
    tokens.mute(token);
    statement = token.getType();
    tokens.skip(1);
  }

  /** {@code UNITS = 8} outside of models. */
  private boolean constant(Token token) {
    tokens.habit(
        tokens.span(token),
        "statements stand in models and blocks",
        "constants are written: const SIZE = 10, models: model Name(x: f32[N, 10]) -> (y) { … }");
    tokens.insert(LatheLexer.CONST);
    tokens.copy();
    return true;
  }

  /** {@code def f(x)}, maybe with a body in braces. */
  private void function() {
    tokens.write(LatheLexer.BLOCK, "block", tokens.current());
    tokens.skip(1);
    tokens.copy();
    if (tokens.find(LatheLexer.LBRACE) < 0) {
      tokens.mute(tokens.current());
      tokens.skipIndented();
    }
  }

  /** {@code var h = …} and {@code final int units = …}. */
  private boolean declaration(Token token, int equal, boolean isOutside) {
    for (int i = 0; i < equal; i++) {
      if (tokens.type(i) != LatheLexer.NAME) {
        return false;
      }
    }
    Token name = tokens.peek(equal - 1);
    tokens.error(
        tokens.span(token, tokens.peek(equal - 2)),
        "a name gets its value without '" + tokens.span(token, tokens.peek(equal - 2)).text() + "'",
        "write: " + (isOutside ? "const " : "") + name.getText() + " = …");
    if (isOutside) {
      tokens.insert(LatheLexer.CONST);
    }
    tokens.skip(equal - 1);
    tokens.copy();
    return true;
  }

  /** {@code import keras} and {@code from keras import layers}: their names stay unknown. */
  private void imports(Token token) {
    int end = 0;
    while (tokens.type(end) != LatheLexer.NEWLINE && tokens.type(end) != Token.EOF) {
      end++;
    }
    tokens.habit(
        tokens.span(token, tokens.peek(Math.max(1, end) - 1)),
        "an import names a file",
        "layers and functions need no import; files do: import \"blocks.lathe\"");
    int from = 1;
    for (int i = 1; i < end; i++) {
      boolean isBehind = tokens.type(i) == LatheLexer.IMPORT || tokens.type(i) == LatheLexer.AS;
      from = isBehind ? i + 1 : from;
    }
    for (int i = from; i < end; i++) {
      if (tokens.type(i) == LatheLexer.NAME) {
        tokens.write(LatheLexer.IMPORT, "import", token);
        tokens.mute(token);
        tokens.write(tokens.peek(i));
        tokens.write(LatheLexer.NEWLINE, "\n", tokens.peek(i));
      }
    }
    tokens.skip(end);
  }

  /** Reads a word or sign of this language. @return false if it is what it seems to be */
  boolean keyword(Token token) {
    int type = token.getType();
    boolean isStart = tokens.isStart();
    if (isStart && type != LatheLexer.NEWLINE && type != LatheLexer.RBRACE) {
      statement = type;
    }
    switch (type) {
      case LatheLexer.NEWLINE -> isAssigned &= tokens.isInside();
      case LatheLexer.LBRACE -> {
        bodies.push(statement);
        tokens.copy();
        tokens.push(Open.BODY);
        statement = Token.EOF;
        isAssigned = false;
        return true;
      }
      case LatheLexer.RBRACE -> {
        if (tokens.depth() == 1 && tokens.isTooEarly()) {
          tokens.error(
              token, "this '}' would end the body, and statements of it follow", "remove it");
          tokens.skip(1);
          return true;
        }
        tokens.pop(true);
        closed = bodies.isEmpty() ? Token.EOF : bodies.pop();
        isAssigned = false;
      }
      case LatheLexer.MODEL, LatheLexer.BLOCK -> {
        boolean isItem = tokens.type(1) == LatheLexer.NAME && tokens.type(2) == LatheLexer.LPAREN;
        if (isItem) {
          tokens.closeAll();
          bodies.clear();
        }
        return !isItem && isName(token, isStart);
      }
      case LatheLexer.IMPORT -> {
        if (isStart && tokens.depth() == 0 && tokens.type(1) == LatheLexer.NAME) {
          imports(token);
          return true;
        }
        return isName(token, isStart);
      }
      case LatheLexer.ELSE -> {
        return lonelyElse(token) || isName(token, isStart);
      }
      default -> {
        return token.getText().matches("[a-z]+") && isName(token, isStart);
      }
    }
    return false;
  }

  /** {@code else} without the {@code if} before it. */
  private boolean lonelyElse(Token token) {
    boolean isBehindBody = tokens.writtenOnLines() == LatheLexer.RBRACE;
    if (isBehindBody && closed == LatheLexer.IF) {
      statement = tokens.type(1) == LatheLexer.IF ? LatheLexer.IF : LatheLexer.ELSE;
      return false;
    }
    if (tokens.isInside()
        || (tokens.type(1) != LatheLexer.LBRACE && tokens.type(1) != LatheLexer.IF)) {
      return false;
    }
    tokens.error(
        token, "there is no 'if' before this 'else'", "write: if condition { … } else { … }");
    pass(token);
    return true;
  }

  /** A word of this language where a name is wanted. */
  private boolean isName(Token token, boolean isStart) {
    int before = tokens.writtenOnLines();
    int after = tokens.type(1);
    boolean begins = before == LatheLexer.LPAREN || before == LatheLexer.COMMA;
    boolean ends = after == LatheLexer.COMMA || after == LatheLexer.RPAREN;
    boolean isDeclared =
        switch (tokens.open()) {
          case HEADER -> begins && (ends || after == LatheLexer.COLON);
          case CALL -> begins && (after == LatheLexer.COLON || after == LatheLexer.ASSIGN);
          case BODY -> isStart && after == LatheLexer.ASSIGN;
          case LIST, TUPLE, INDEX -> false;
        };
    if (isDeclared && asNames.add(token.getText())) {
      tokens.error(
          token,
          "'" + token.getText() + "' is a word of the language and cannot be a name",
          "call it '" + token.getText() + "_'");
    }
    boolean isUsed =
        asNames.contains(token.getText())
            && !isStart
            && !Tokens.endsValue(tokens.written(1))
            && (ends
                || after == LatheLexer.NEWLINE
                || after == LatheLexer.PIPE
                || after == LatheLexer.LBRACKET
                || after == LatheLexer.DOT);
    if (!isDeclared && !isUsed) {
      return false;
    }
    tokens.write(LatheLexer.NAME, token.getText(), token);
    tokens.skip(1);
    return true;
  }
}
