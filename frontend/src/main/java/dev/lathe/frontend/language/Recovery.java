package dev.lathe.frontend.language;

import dev.lathe.grammar.language.LatheLexer;
import dev.lathe.grammar.language.LatheParser;
import org.antlr.v4.runtime.DefaultErrorStrategy;
import org.antlr.v4.runtime.InputMismatchException;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.RuleContext;
import org.antlr.v4.runtime.Token;

/**
 * Goes on after a syntax error with the next statement, or with the body of the one at fault.
 *
 * <p>Nothing is inserted or dropped within a statement: a guess there would bring more errors. The
 * layout of tokens has seen to it that statements end and bodies are closed.
 */
final class Recovery extends DefaultErrorStrategy {
  private final SyntaxErrors errors;

  Recovery(SyntaxErrors errors) {
    this.errors = errors;
  }

  @Override
  public Token recoverInline(Parser parser) {
    throw new InputMismatchException(parser);
  }

  /** Passes what no statement and no item begins with. */
  @Override
  public void sync(Parser parser) {
    int rule = parser.getContext().getRuleIndex();
    if (rule == LatheParser.RULE_body && parser.getContext().getChildCount() > 0) {
      while (!beginsStatement(parser.getInputStream().LA(1))) {
        report(parser);
        passStatement(parser);
      }
    } else if (rule == LatheParser.RULE_file) {
      while (!beginsItem(parser.getInputStream().LA(1))) {
        report(parser);
        passItem(parser);
      }
    }
  }

  private void report(Parser parser) {
    reportError(parser, new InputMismatchException(parser));
    endErrorCondition(parser);
  }

  private static boolean beginsStatement(int type) {
    return switch (type) {
      case LatheLexer.NAME,
          LatheLexer.PARAM,
          LatheLexer.SHARED,
          LatheLexer.RETURN,
          LatheLexer.IF,
          LatheLexer.FOR,
          LatheLexer.INTEGER,
          LatheLexer.FLOAT,
          LatheLexer.STRING,
          LatheLexer.TRUE,
          LatheLexer.FALSE,
          LatheLexer.NONE,
          LatheLexer.LPAREN,
          LatheLexer.LBRACKET,
          LatheLexer.MINUS,
          LatheLexer.NOT,
          LatheLexer.RBRACE,
          Token.EOF ->
          true;
      default -> false;
    };
  }

  private static boolean beginsItem(int type) {
    return type == LatheLexer.IMPORT
        || type == LatheLexer.CONST
        || type == LatheLexer.BLOCK
        || type == LatheLexer.MODEL
        || type == Token.EOF;
  }

  @Override
  public void reportError(Parser parser, RecognitionException e) {
    if (!inErrorRecoveryMode(parser)) {
      beginErrorCondition(parser);
      errors.report(parser, e);
    }
  }

  /** In a statement or an item, goes on behind it; in a part of one, leaves it to the whole. */
  @Override
  public void recover(Parser parser, RecognitionException e) {
    RuleContext context = parser.getContext();
    switch (context.getRuleIndex()) {
      case LatheParser.RULE_statement -> {
        endErrorCondition(parser);
        passStatement(parser);
      }
      case LatheParser.RULE_item -> {
        endErrorCondition(parser);
        passItem(parser);
      }
      case LatheParser.RULE_file -> endErrorCondition(parser);
      default -> throw e;
    }
  }

  /** Passes the rest of a statement; bodies in it are read for the errors in them. */
  private static void passStatement(Parser parser) {
    while (true) {
      int type = parser.getInputStream().LA(1);
      if (type == Token.EOF || type == LatheLexer.RBRACE) {
        return;
      }
      if (type == LatheLexer.LBRACE) {
        ((LatheParser) parser).body();
        if (parser.getInputStream().LA(1) != LatheLexer.ELSE) {
          return;
        }
        continue;
      }
      parser.consume();
      if (type == LatheLexer.NEWLINE) {
        return;
      }
    }
  }

  /** Passes the rest of an item; its body is read for the errors in it. */
  private static void passItem(Parser parser) {
    do {
      int type = parser.getInputStream().LA(1);
      if (type == LatheLexer.LBRACE) {
        ((LatheParser) parser).body();
      } else if (type != Token.EOF) {
        parser.consume();
      }
    } while (!beginsItem(parser.getInputStream().LA(1)));
  }
}
