package dev.lathe.frontend.language;

import dev.lathe.grammar.language.LatheLexer;
import dev.lathe.grammar.language.LatheParser;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.RuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.misc.IntervalSet;

/** Says what a syntax error is in the words of those who write models. */
final class SyntaxErrors {
  /** More possibilities than these are no help. */
  private static final int MOST_EXPECTED = 4;

  private final Source source;
  private final Diagnostics diagnostics;

  SyntaxErrors(Source source, Diagnostics diagnostics) {
    this.source = source;
    this.diagnostics = diagnostics;
  }

  /** Adds what an error of the parser means. */
  void report(Parser parser, RecognitionException e) {
    Token token = e.getOffendingToken();
    if (token instanceof LayoutTokens.Inserted || token.getType() == LatheLexer.STRAY) {
      return;
    }
    Token before =
        token.getTokenIndex() > 0 ? parser.getInputStream().get(token.getTokenIndex() - 1) : null;
    if (before != null && ENDS.contains(token.getType()) && needsMore(before)) {
      Span span = LayoutTokens.span(source, before);
      diagnostics.error(span, "a value is missing behind '" + before.getText() + "'", "");
      return;
    }
    String message = "unexpected " + described(token) + expected(e);
    diagnostics.error(place(token, before), message, help(parser, token, before));
  }

  private static boolean needsMore(Token before) {
    return (OPERATORS.contains(before.getType())
            && before.getType() != LatheLexer.LPAREN
            && before.getType() != LatheLexer.LBRACKET)
        || before.getType() == LatheLexer.ASSIGN
        || before.getType() == LatheLexer.NOT;
  }

  /** What ends a statement, or a part of one. */
  private static final java.util.Set<Integer> ENDS =
      java.util.Set.of(
          LatheLexer.NEWLINE,
          LatheLexer.RBRACE,
          LatheLexer.RPAREN,
          LatheLexer.RBRACKET,
          LatheLexer.COMMA,
          Token.EOF);

  /** Where the fault is: behind the line's last token where the line ends too early. */
  private Span place(Token token, @org.jspecify.annotations.Nullable Token before) {
    boolean isEnd = token.getType() == LatheLexer.NEWLINE || token.getType() == Token.EOF;
    if (isEnd && before != null) {
      int at = Math.min(before.getStopIndex() + 1, source.text().length());
      return new Span(source, at, at);
    }
    return LayoutTokens.span(source, token);
  }

  private static String described(Token token) {
    return switch (token.getType()) {
      case LatheLexer.NEWLINE -> "end of the line";
      case Token.EOF -> "end of the file";
      case LatheLexer.STRING -> "string " + token.getText();
      case LatheLexer.NAME -> "name '" + token.getText() + "'";
      case LatheLexer.INTEGER, LatheLexer.FLOAT -> "number " + token.getText();
      default -> "'" + token.getText() + "'";
    };
  }

  private static String expected(RecognitionException e) {
    IntervalSet tokens = e.getExpectedTokens();
    if (tokens == null) {
      return "";
    }
    List<String> names = new ArrayList<>();
    boolean isExpression = tokens.contains(LatheLexer.MINUS) && tokens.contains(LatheLexer.NAME);
    if (isExpression) {
      names.add("a value");
    }
    boolean goesOn = tokens.contains(LatheLexer.PIPE);
    for (int type : tokens.toList()) {
      boolean isPart = isExpression && PRIMARY.contains(type);
      boolean isOperator = goesOn && OPERATORS.contains(type);
      if (!isPart && !isOperator) {
        names.add(name(type));
      }
    }
    return names.isEmpty() || names.size() > MOST_EXPECTED
        ? ""
        : ", expected " + String.join(" or ", names);
  }

  private static final java.util.Set<Integer> PRIMARY =
      java.util.Set.of(
          LatheLexer.INTEGER,
          LatheLexer.FLOAT,
          LatheLexer.STRING,
          LatheLexer.TRUE,
          LatheLexer.FALSE,
          LatheLexer.NONE,
          LatheLexer.NAME,
          LatheLexer.LPAREN,
          LatheLexer.LBRACKET,
          LatheLexer.MINUS,
          LatheLexer.NOT);

  private static final java.util.Set<Integer> OPERATORS =
      java.util.Set.of(
          LatheLexer.LPAREN,
          LatheLexer.LBRACKET,
          LatheLexer.DOT,
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
          LatheLexer.AND,
          LatheLexer.OR,
          LatheLexer.IF,
          LatheLexer.PIPE);

  private static String name(int type) {
    return switch (type) {
      case LatheLexer.NEWLINE -> "the end of the line";
      case Token.EOF -> "the end of the file";
      case LatheLexer.NAME -> "a name";
      case LatheLexer.STRING -> "a string";
      case LatheLexer.INTEGER, LatheLexer.FLOAT -> "a number";
      default -> String.valueOf(LatheLexer.VOCABULARY.getLiteralName(type));
    };
  }

  private static String help(
      Parser parser, Token token, @org.jspecify.annotations.Nullable Token before) {
    int type = token.getType();
    int first = firstOfStatement(parser);
    if (type == LatheLexer.ASSIGN && first == LatheLexer.IF) {
      return "'==' compares";
    }
    if (first == LatheLexer.IF) {
      return "bodies stand in braces: if condition { … }";
    }
    if (first == LatheLexer.FOR) {
      return "loops are written: for i in range(3) { … }";
    }
    if (type == LatheLexer.COLON
        && (isIn(parser, LatheParser.RULE_modelItem) || isIn(parser, LatheParser.RULE_blockItem))) {
      return "the body stands in braces: { … }";
    }
    if (type == LatheLexer.LBRACE && isIn(parser, LatheParser.RULE_modelItem)) {
      return "a model has inputs and outputs: model Name(x: f32[N, 10]) -> (y) { … }";
    }
    if (type == LatheLexer.LT && isIn(parser, LatheParser.RULE_parameters)) {
      return "types are written f32[N, 10]";
    }
    if (parser.getContext().getRuleIndex() == LatheParser.RULE_file) {
      return "a file consists of import, const, block and model";
    }
    if (token.getText().equals("/") && before != null && before.getText().equals("/")) {
      return "'//' begins a comment";
    }
    if (type == LatheLexer.PIPE) {
      return "a pipe goes from a value to a layer: y = x |> dense(10)";
    }
    return "";
  }

  /** The type of the token that the statement at fault begins with; EOF outside of statements. */
  private static int firstOfStatement(Parser parser) {
    for (RuleContext context = parser.getContext(); context != null; context = context.parent) {
      if (context instanceof LatheParser.StatementContext statement) {
        return statement.getStart().getType();
      }
      if (context instanceof LatheParser.BodyContext && context.getChildCount() > 0) {
        return Token.EOF;
      }
    }
    return Token.EOF;
  }

  private static boolean isIn(Parser parser, int rule) {
    for (RuleContext context = parser.getContext(); context != null; context = context.parent) {
      if (context.getRuleIndex() == rule) {
        return true;
      }
      if (context.getRuleIndex() == LatheParser.RULE_statement) {
        return false;
      }
    }
    return false;
  }

  /** What a string of the source means. */
  static String unquoted(String token, Span span, Diagnostics diagnostics) {
    boolean isClosed = token.length() > 1 && token.endsWith("\"");
    String inner = token.substring(1, isClosed ? token.length() - 1 : token.length());
    StringBuilder text = new StringBuilder();
    int i = 0;
    while (i < inner.length()) {
      char c = inner.charAt(i++);
      if (c != '\\' || i == inner.length()) {
        text.append(c);
        continue;
      }
      char escaped = inner.charAt(i++);
      switch (escaped) {
        case 'n' -> text.append('\n');
        case 't' -> text.append('\t');
        case '"' -> text.append('"');
        case '\\' -> text.append('\\');
        default ->
            diagnostics.error(
                span,
                "there is no escape " + "\"\\" + escaped + "\"",
                "strings know \\n, \\t, \\\" and \\\\");
      }
    }
    return text.toString();
  }
}
