package dev.lathe.frontend.language;

import static dev.lathe.frontend.language.Doc.EMPTY;
import static dev.lathe.frontend.language.Doc.HARD_LINE;
import static dev.lathe.frontend.language.Doc.LINE;
import static dev.lathe.frontend.language.Doc.SPACE;
import static dev.lathe.frontend.language.Doc.concat;
import static dev.lathe.frontend.language.Doc.group;
import static dev.lathe.frontend.language.Doc.indent;

import dev.lathe.frontend.language.ExpressionFormatter.Style;
import dev.lathe.grammar.language.LatheLexer;
import dev.lathe.grammar.language.LatheParser;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;

/** Documents of whole sources. Not safe for use by several threads. */
final class SourceFormatter {
  private final Source source;
  private final Comments comments;
  private final ExpressionFormatter expressions;

  SourceFormatter(Source source, Comments comments) {
    this.source = source;
    this.comments = comments;
    this.expressions = new ExpressionFormatter(source, comments);
  }

  /** A file. */
  Doc file(LatheParser.FileContext context) {
    Doc content = lines(context.item(), this::item, SourceFormatter::hasBody, 0, eof(context));
    return content.equals(EMPTY) ? EMPTY : concat(content, HARD_LINE);
  }

  private static Token eof(LatheParser.FileContext context) {
    return context.EOF().getSymbol();
  }

  private static boolean hasBody(LatheParser.ItemContext item) {
    return item.blockItem() != null || item.modelItem() != null;
  }

  /**
   * Items or statements, each on lines of its own, with the comments between them.
   *
   * @param isApart of what blank lines stand before and behind
   * @param start where the file begins, or what stands before the first ends
   * @param closing what follows the last
   */
  private <C extends ParserRuleContext> Doc lines(
      List<C> elements, Function<C, Doc> build, Predicate<C> isApart, int start, Token closing) {
    List<Doc> docs = new ArrayList<>();
    int end = start;
    @Nullable C previous = null;
    for (C element : elements) {
      boolean isBlank = previous != null && (isApart.test(previous) || isApart.test(element));
      for (Comments.Comment comment : comments.takeLeading(element.getStart())) {
        separate(docs, isBlank, end, comment.start());
        docs.add(new Doc.Comment(comment.text(), true));
        end = comment.end();
        isBlank = false;
      }
      separate(docs, isBlank, end, element.getStart().getStartIndex());
      docs.add(element(element, build));
      end = endOf(element);
      previous = element;
    }
    for (Comments.Comment comment : comments.takeLeading(closing)) {
      boolean isBlank = previous != null && isApart.test(previous);
      separate(docs, isBlank, end, comment.start());
      docs.add(new Doc.Comment(comment.text(), true));
      end = comment.end();
      previous = null;
    }
    return concat(docs);
  }

  private void separate(List<Doc> docs, boolean isBlank, int end, int start) {
    if (docs.isEmpty()) {
      return;
    }
    docs.add(HARD_LINE);
    if (isBlank || source.line(start) - source.line(end) > 1) {
      docs.add(HARD_LINE);
    }
  }

  /** Where an element ends, without the line's end. */
  private int endOf(ParserRuleContext context) {
    return SyntaxReader.span(source, context).end();
  }

  /** Its last comment breaks nothing in it. */
  private <C extends ParserRuleContext> Doc element(C context, Function<C, Doc> build) {
    Token last = context.getStop();
    if (last.getType() == LatheLexer.NEWLINE) {
      last = last(context);
    }
    Doc trailing = comments.trailing(last);
    return concat(build.apply(context), trailing);
  }

  /** The last token of a context that is no line's end. */
  private static Token last(ParserRuleContext context) {
    for (int i = context.getChildCount() - 1; i >= 0; i--) {
      if (context.getChild(i) instanceof ParserRuleContext child && child.getStop() != null) {
        return child.getStop().getType() == LatheLexer.NEWLINE ? last(child) : child.getStop();
      }
      if (context.getChild(i) instanceof TerminalNode node
          && node.getSymbol().getType() != LatheLexer.NEWLINE) {
        return node.getSymbol();
      }
    }
    return context.getStart();
  }

  private Doc item(LatheParser.ItemContext context) {
    if (context.importItem() != null) {
      LatheParser.ImportItemContext item = context.importItem();
      Doc path = concat(token(item.IMPORT()), SPACE, token(item.STRING()));
      return item.AS() == null
          ? path
          : concat(path, SPACE, token(item.AS()), SPACE, token(item.NAME()));
    }
    if (context.constItem() != null) {
      LatheParser.ConstItemContext item = context.constItem();
      Doc name = concat(token(item.CONST()), SPACE, token(item.NAME()));
      return concat(name, assigned(item.ASSIGN(), item.expression()));
    }
    if (context.blockItem() != null) {
      LatheParser.BlockItemContext item = context.blockItem();
      Doc name = concat(token(item.BLOCK()), SPACE, token(item.NAME()));
      return concat(
          name, header(item.parameters(), item.ARROW(), item.outputs()), body(item.body()));
    }
    LatheParser.ModelItemContext item = context.modelItem();
    Doc name = concat(token(item.MODEL()), SPACE, token(item.NAME()));
    return concat(name, header(item.parameters(), item.ARROW(), item.outputs()), body(item.body()));
  }

  /** Parameters are broken before outputs are. */
  private Doc header(
      LatheParser.ParametersContext parameters,
      @Nullable TerminalNode arrow,
      LatheParser.@Nullable OutputsContext outputs) {
    Doc first =
        concat(
            expressions.brackets(
                parameters.LPAREN(),
                parameters.parameter(),
                this::parameter,
                parameters.COMMA(),
                parameters.RPAREN(),
                Style.LINE_OR_EACH),
            comments.trailing(parameters.RPAREN().getSymbol()),
            SPACE);
    if (arrow == null || outputs == null) {
      return group(first);
    }
    Doc second =
        expressions.bracket(
            outputs.LPAREN(),
            outputs.output(),
            this::output,
            outputs.COMMA(),
            outputs.RPAREN(),
            Style.LINE_OR_EACH);
    return group(first, token(arrow), SPACE, second, SPACE);
  }

  private Doc parameter(LatheParser.ParameterContext context) {
    return concat(
        token(context.NAME()),
        typed(context.COLON(), context.type()),
        assigned(context.ASSIGN(), context.expression()));
  }

  private Doc output(LatheParser.OutputContext context) {
    return concat(token(context.NAME()), typed(context.COLON(), context.type()));
  }

  private Doc typed(@Nullable TerminalNode colon, LatheParser.@Nullable TypeContext type) {
    return colon == null || type == null ? EMPTY : concat(token(colon), SPACE, type(type));
  }

  private Doc type(LatheParser.TypeContext context) {
    Doc name = token(context.NAME());
    return context.LBRACKET() == null
        ? name
        : concat(
            name,
            expressions.bracket(
                context.LBRACKET(),
                context.expression(),
                expressions::expression,
                context.COMMA(),
                context.RBRACKET(),
                Style.LINE_OR_EACH));
  }

  /** Behind a comment, a value begins on a line of its own. */
  private Doc assigned(
      @Nullable TerminalNode assign, LatheParser.@Nullable ExpressionContext value) {
    if (assign == null || value == null) {
      return EMPTY;
    }
    boolean isApart =
        comments.hasTrailing(assign.getSymbol()) || comments.hasLeading(value.getStart());
    Doc sign = concat(SPACE, token(assign));
    Doc written = expressions.element(value);
    return isApart ? concat(sign, indent(HARD_LINE, written)) : concat(sign, SPACE, written);
  }

  private Doc body(LatheParser.BodyContext context) {
    Doc opening = token(context.LBRACE());
    Token closing = context.RBRACE().getSymbol();
    int start = context.LBRACE().getSymbol().getStopIndex() + 1;
    Doc lines = lines(context.statement(), this::statement, _ -> false, start, closing);
    Doc end = expressions.token(context.RBRACE());
    if (lines.equals(EMPTY)) {
      return concat(opening, end);
    }
    return concat(opening, indent(HARD_LINE, lines), HARD_LINE, end);
  }

  private Doc statement(LatheParser.StatementContext context) {
    return switch (context) {
      case LatheParser.AssignStatementContext s ->
          concat(
              separated(s.target(), this::target, s.COMMA()), assigned(s.ASSIGN(), s.expression()));
      case LatheParser.ParamStatementContext s ->
          concat(
              token(s.PARAM()),
              SPACE,
              token(s.NAME()),
              typed(s.COLON(), s.type()),
              assigned(s.ASSIGN(), s.expression()));
      case LatheParser.SharedStatementContext s ->
          concat(token(s.SHARED()), SPACE, token(s.NAME()), assigned(s.ASSIGN(), s.expression()));
      case LatheParser.ReturnStatementContext s ->
          concat(
              token(s.RETURN()),
              SPACE,
              separated(s.expression(), expressions::expression, s.COMMA()));
      case LatheParser.IfStatementContext s -> conditional(s.conditional());
      case LatheParser.ForStatementContext s ->
          concat(
              token(s.FOR()),
              SPACE,
              expressions.names(s.NAME(), s.COMMA()),
              SPACE,
              token(s.IN()),
              SPACE,
              expressions.element(s.expression()),
              SPACE,
              body(s.body()));
      case LatheParser.ExpressionStatementContext s -> expressions.element(s.expression());
      default -> throw new IllegalArgumentException("no statement: " + context.getText());
    };
  }

  /** Outside of brackets; a line may end behind a comma. */
  private <C extends ParserRuleContext> Doc separated(
      List<C> elements, Function<C, Doc> build, List<TerminalNode> commas) {
    Doc first = expressions.element(elements.get(0), build);
    List<Doc> rest = new ArrayList<>();
    for (int i = 1; i < elements.size(); i++) {
      rest.add(expressions.comma(commas.get(i - 1)));
      rest.add(LINE);
      rest.add(expressions.element(elements.get(i), build));
    }
    return rest.isEmpty() ? first : group(first, indent(concat(rest)));
  }

  private Doc target(LatheParser.TargetContext context) {
    return concat(token(context.NAME()), typed(context.COLON(), context.type()));
  }

  /** {@code else} follows the brace, on its line unless a comment stands between them. */
  private Doc conditional(LatheParser.ConditionalContext context) {
    List<Doc> parts = new ArrayList<>();
    parts.add(concat(token(context.IF()), SPACE, expressions.element(context.expression()), SPACE));
    parts.add(body(context.body(0)));
    if (context.ELSE() != null) {
      parts.add(concat(SPACE, token(context.ELSE()), SPACE));
      parts.add(
          context.conditional() != null
              ? conditional(context.conditional())
              : body(context.body(1)));
    }
    return concat(parts);
  }

  private Doc token(TerminalNode node) {
    return expressions.token(node);
  }
}
