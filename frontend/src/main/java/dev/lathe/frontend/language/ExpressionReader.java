package dev.lathe.frontend.language;

import dev.lathe.frontend.language.Syntax.Argument;
import dev.lathe.frontend.language.Syntax.Expression;
import dev.lathe.frontend.language.Syntax.IndexItem;
import dev.lathe.frontend.language.Syntax.Name;
import dev.lathe.grammar.language.LatheParser;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;

/** Makes trees of expressions. */
final class ExpressionReader {
  private final Source source;
  private final Diagnostics diagnostics;

  ExpressionReader(Source source, Diagnostics diagnostics) {
    this.source = source;
    this.diagnostics = diagnostics;
  }

  /** Reads an expression. */
  Expression read(LatheParser.@Nullable ExpressionContext context) {
    if (context == null) {
      return new Syntax.BadExpression(new Span(source, 0, 0));
    }
    Span span = span(context);
    return switch (context) {
      case LatheParser.PrimaryExpressionContext e -> primary(e.primary());
      case LatheParser.CallExpressionContext e ->
          new Syntax.Call(
              span, read(e.expression()), e.argument().stream().map(this::argument).toList());
      case LatheParser.IndexExpressionContext e ->
          new Syntax.Index(
              span, read(e.expression()), e.index().stream().map(this::index).toList());
      case LatheParser.MemberExpressionContext e ->
          new Syntax.Member(span, read(e.expression()), name(e.NAME()));
      case LatheParser.BinaryExpressionContext e -> binary(e);
      case LatheParser.UnaryExpressionContext e ->
          new Syntax.Unary(span, e.getChild(0).getText(), read(e.expression()));
      case LatheParser.ConditionalExpressionContext e ->
          new Syntax.Conditional(
              span, read(e.expression(1)), read(e.expression(0)), read(e.expression(2)));
      case LatheParser.PipeExpressionContext e ->
          new Syntax.Pipe(span, read(e.expression(0)), read(e.expression(1)));
      default -> new Syntax.BadExpression(span);
    };
  }

  private Expression binary(LatheParser.BinaryExpressionContext context) {
    Token operator = ((TerminalNode) context.getChild(1)).getSymbol();
    return new Syntax.Binary(
        span(context),
        operator.getText(),
        LayoutTokens.span(source, operator),
        read(context.expression(0)),
        read(context.expression(1)));
  }

  private Expression primary(LatheParser.@Nullable PrimaryContext context) {
    if (context == null || context.exception != null) {
      return new Syntax.BadExpression(new Span(source, 0, 0));
    }
    Span span = span(context);
    return switch (context) {
      case LatheParser.IntegerLiteralContext p -> integer(span, p.getText().replace("_", ""));
      case LatheParser.FloatLiteralContext p ->
          new Syntax.Literal(span, Double.parseDouble(p.getText().replace("_", "")));
      case LatheParser.StringLiteralContext p ->
          new Syntax.Literal(span, SyntaxErrors.unquoted(p.getText(), span, diagnostics));
      case LatheParser.TrueLiteralContext _ -> new Syntax.Literal(span, true);
      case LatheParser.FalseLiteralContext _ -> new Syntax.Literal(span, false);
      case LatheParser.NoneLiteralContext _ -> new Syntax.None(span);
      case LatheParser.NameExpressionContext p -> new Syntax.Reference(span, p.getText());
      case LatheParser.GroupExpressionContext p -> new Syntax.Group(span, read(p.expression()));
      case LatheParser.ListExpressionContext p ->
          new Syntax.ListOf(span, p.expression().stream().map(this::read).toList());
      case LatheParser.ComprehensionExpressionContext p ->
          new Syntax.Comprehension(
              span,
              read(p.expression(0)),
              p.NAME().stream().map(this::name).toList(),
              read(p.expression(1)),
              p.expression().size() > 2 ? read(p.expression(2)) : null);
      default -> new Syntax.BadExpression(span);
    };
  }

  private Expression integer(Span span, String digits) {
    try {
      return new Syntax.Literal(span, Long.parseLong(digits));
    } catch (NumberFormatException e) {
      diagnostics.error(span, "the integer " + digits + " is too large", "integers have 64 bits");
      return new Syntax.BadExpression(span);
    }
  }

  private Argument argument(LatheParser.ArgumentContext context) {
    return new Argument(
        span(context),
        context.NAME() == null ? null : name(context.NAME()),
        read(context.expression()));
  }

  private IndexItem index(LatheParser.IndexContext context) {
    Span span = span(context);
    return switch (context) {
      case LatheParser.SliceIndexContext i -> slice(span, i);
      case LatheParser.EllipsisIndexContext _ -> new Syntax.Ellipsis(span);
      case LatheParser.ValueIndexContext i -> new Syntax.At(span, read(i.expression()));
      default -> new Syntax.At(span, new Syntax.BadExpression(span));
    };
  }

  /** Which of a slice's parts are there is told by where the colons stand. */
  private IndexItem slice(Span span, LatheParser.SliceIndexContext context) {
    List<@Nullable Expression> parts = new ArrayList<>();
    parts.add(null);
    for (int i = 0; i < context.getChildCount(); i++) {
      if (context.getChild(i) instanceof LatheParser.ExpressionContext part) {
        parts.set(parts.size() - 1, read(part));
      } else {
        parts.add(null);
      }
    }
    return new Syntax.Slice(
        span, parts.get(0), parts.get(1), parts.size() > 2 ? parts.get(2) : null);
  }

  private Name name(TerminalNode node) {
    return new Name(LayoutTokens.span(source, node.getSymbol()), node.getText());
  }

  private Span span(ParserRuleContext context) {
    return SyntaxReader.span(source, context);
  }
}
