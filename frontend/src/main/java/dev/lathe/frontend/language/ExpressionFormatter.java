package dev.lathe.frontend.language;

import static dev.lathe.frontend.language.Doc.EMPTY;
import static dev.lathe.frontend.language.Doc.LINE;
import static dev.lathe.frontend.language.Doc.SOFT_LINE;
import static dev.lathe.frontend.language.Doc.SPACE;
import static dev.lathe.frontend.language.Doc.concat;
import static dev.lathe.frontend.language.Doc.group;
import static dev.lathe.frontend.language.Doc.indent;
import static dev.lathe.frontend.language.Doc.text;

import dev.lathe.grammar.language.LatheLexer;
import dev.lathe.grammar.language.LatheParser;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.ParseTree;
import org.antlr.v4.runtime.tree.TerminalNode;

/** Documents of expressions. Not safe for use by several threads. */
final class ExpressionFormatter {
  /** Chains of more pipes than that never stand on one line. */
  private static final int MOST_PIPES = 3;

  private final Source source;
  private final Comments comments;

  /** How many brackets are open; outside of them a line ends only beside some operators. */
  private int depth;

  ExpressionFormatter(Source source, Comments comments) {
    this.source = source;
    this.comments = comments;
  }

  /** How what stands in brackets is laid out where it does not fit beside them. */
  enum Style {
    /** On one line of its own if it fits there, otherwise each on a line of its own. */
    LINE_OR_EACH,
    /** Each on a line of its own. */
    EACH,
    /** As many on a line as fit. */
    FILL
  }

  /** A token with its comments. */
  Doc token(TerminalNode node) {
    Token token = node.getSymbol();
    return concat(comments.leading(token), written(node), comments.trailing(token));
  }

  private Doc written(TerminalNode node) {
    return text(LayoutTokens.span(source, node.getSymbol()).text());
  }

  /** A part whose outer comments break nothing in it. */
  <C extends ParserRuleContext> Doc element(C context, Function<C, Doc> build) {
    Doc leading = comments.leading(context.getStart());
    Doc trailing = comments.trailing(context.getStop());
    return concat(leading, build.apply(context), trailing);
  }

  /** An expression whose outer comments break nothing in it. */
  Doc element(LatheParser.ExpressionContext context) {
    return element(context, this::expression);
  }

  /** An expression. */
  Doc expression(LatheParser.ExpressionContext context) {
    return switch (context) {
      case LatheParser.PrimaryExpressionContext e -> primary(e.primary());
      case LatheParser.CallExpressionContext e -> concat(expression(e.expression()), arguments(e));
      case LatheParser.IndexExpressionContext e ->
          concat(
              expression(e.expression()),
              bracket(
                  e.LBRACKET(),
                  e.index(),
                  this::index,
                  e.COMMA(),
                  e.RBRACKET(),
                  Style.LINE_OR_EACH));
      case LatheParser.MemberExpressionContext e ->
          concat(expression(e.expression()), token(e.DOT()), token(e.NAME()));
      case LatheParser.BinaryExpressionContext _ -> group(chain(context, true));
      case LatheParser.UnaryExpressionContext e ->
          concat(
              token((TerminalNode) e.getChild(0)),
              e.NOT() == null ? EMPTY : SPACE,
              expression(e.expression()));
      case LatheParser.ConditionalExpressionContext e -> conditional(e);
      case LatheParser.PipeExpressionContext _ -> chain(context, true);
      default -> throw new IllegalArgumentException("no expression: " + context.getText());
    };
  }

  private Doc primary(LatheParser.PrimaryContext context) {
    return switch (context) {
      case LatheParser.GroupExpressionContext p -> {
        Doc opening = opening(p.LPAREN());
        depth++;
        Doc inner = element(p.expression(), e -> isChain(e) ? chain(e, false) : expression(e));
        depth--;
        yield grouped(enclosed(opening, inner, p.RPAREN()), p.RPAREN());
      }
      case LatheParser.ListExpressionContext p ->
          bracket(
              p.LBRACKET(), p.expression(), this::expression, p.COMMA(), p.RBRACKET(), style(p));
      case LatheParser.ComprehensionExpressionContext p -> comprehension(p);
      default -> token((TerminalNode) context.getChild(0));
    };
  }

  private static Style style(LatheParser.ListExpressionContext list) {
    boolean isAtoms = true;
    for (LatheParser.ExpressionContext element : list.expression()) {
      if (primaryOf(element) instanceof LatheParser.ListExpressionContext) {
        return Style.EACH;
      }
      ParseTree inner =
          element instanceof LatheParser.UnaryExpressionContext unary
              ? primaryOf(unary.expression())
              : primaryOf(element);
      isAtoms &= inner instanceof ParserRuleContext atom && atom.getStart().equals(atom.getStop());
    }
    return isAtoms ? Style.FILL : Style.LINE_OR_EACH;
  }

  private static ParseTree primaryOf(LatheParser.ExpressionContext context) {
    return context instanceof LatheParser.PrimaryExpressionContext e ? e.primary() : context;
  }

  private Doc comprehension(LatheParser.ComprehensionExpressionContext context) {
    Doc opening = opening(context.LBRACKET());
    depth++;
    List<Doc> parts = new ArrayList<>();
    parts.add(element(context.expression(0)));
    parts.add(LINE);
    parts.add(concat(token(context.FOR()), SPACE, names(context.NAME(), context.COMMA())));
    parts.add(concat(SPACE, token(context.IN()), SPACE, element(context.expression(1))));
    if (context.IF() != null) {
      parts.add(concat(LINE, token(context.IF()), SPACE, element(context.expression(2))));
    }
    depth--;
    return grouped(enclosed(opening, concat(parts), context.RBRACKET()), context.RBRACKET());
  }

  /** Names with commas between them. */
  Doc names(List<TerminalNode> names, List<TerminalNode> commas) {
    List<Doc> parts = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      parts.add(token(names.get(i)));
      if (i < commas.size()) {
        parts.add(comma(commas.get(i)));
        parts.add(SPACE);
      }
    }
    return concat(parts);
  }

  /** A comma; comments before it move behind it. */
  Doc comma(TerminalNode node) {
    Token token = node.getSymbol();
    return concat(text(","), comments.leading(token), comments.trailing(token));
  }

  /** Outside of brackets a line may end before {@code else} alone. */
  private Doc conditional(LatheParser.ConditionalExpressionContext context) {
    boolean isInBrackets = depth > 0;
    Doc then = element(context.expression(0));
    Doc condition = concat(token(context.IF()), SPACE, element(context.expression(1)));
    Doc otherwise = concat(token(context.ELSE()), SPACE, element(context.expression(2)));
    return isInBrackets
        ? group(then, indent(LINE, condition, LINE, otherwise))
        : group(then, SPACE, condition, indent(LINE, otherwise));
  }

  private static boolean isChain(LatheParser.ExpressionContext context) {
    return context instanceof LatheParser.BinaryExpressionContext
        || context instanceof LatheParser.PipeExpressionContext;
  }

  /** Operators that bind alike, one after the other. */
  private Doc chain(LatheParser.ExpressionContext context, boolean isIndented) {
    List<LatheParser.ExpressionContext> operands = new ArrayList<>();
    List<TerminalNode> operators = new ArrayList<>();
    flatten(context, operands, operators);
    Doc first = element(operands.get(0));
    List<Doc> rest = new ArrayList<>();
    for (int i = 0; i < operators.size(); i++) {
      Token operator = operators.get(i).getSymbol();
      Doc operand;
      if (comments.hasTrailing(operator)) {
        rest.add(concat(comments.leading(operator), SPACE, written(operators.get(i))));
        rest.add(concat(comments.trailing(operator), LINE));
        operand = element(operands.get(i + 1));
      } else {
        rest.add(concat(LINE, comments.leading(operator), written(operators.get(i)), SPACE));
        operand = element(operands.get(i + 1));
      }
      rest.add(operand);
    }
    boolean isLong =
        context instanceof LatheParser.PipeExpressionContext && operators.size() > MOST_PIPES;
    Doc doc = concat(first, isIndented ? indent(concat(rest)) : concat(rest));
    return isLong ? Doc.brokenGroup(doc) : group(doc);
  }

  /** Left operands of left-associative operators of one rank, and right ones of powers. */
  private static void flatten(
      LatheParser.ExpressionContext context,
      List<LatheParser.ExpressionContext> operands,
      List<TerminalNode> operators) {
    int rank = rank(context);
    boolean isRight = rank == LatheLexer.POWER;
    List<LatheParser.ExpressionContext> ends = new ArrayList<>();
    LatheParser.ExpressionContext at = context;
    while (rank(at) == rank) {
      ends.add((LatheParser.ExpressionContext) at.getChild(isRight ? 0 : 2));
      operators.add((TerminalNode) at.getChild(1));
      at = (LatheParser.ExpressionContext) at.getChild(isRight ? 2 : 0);
    }
    ends.add(at);
    if (isRight) {
      operands.addAll(ends);
      return;
    }
    operands.addAll(ends.reversed());
    List<TerminalNode> inOrder = List.copyOf(operators).reversed();
    operators.clear();
    operators.addAll(inOrder);
  }

  /** Names the operators that bind as the one of an expression does; -1 if it has none. */
  private static int rank(LatheParser.ExpressionContext context) {
    if (!isChain(context)) {
      return -1;
    }
    int type = ((TerminalNode) context.getChild(1)).getSymbol().getType();
    return switch (type) {
      case LatheLexer.SLASH, LatheLexer.PERCENT, LatheLexer.AT -> LatheLexer.STAR;
      case LatheLexer.MINUS -> LatheLexer.PLUS;
      case LatheLexer.NE, LatheLexer.LE, LatheLexer.LT, LatheLexer.GE, LatheLexer.GT ->
          LatheLexer.EQ;
      default -> type;
    };
  }

  /** A call's arguments; a list that is the only one stands close to the parentheses. */
  private Doc arguments(LatheParser.CallExpressionContext call) {
    Token opening = call.LPAREN().getSymbol();
    Token closing = call.RPAREN().getSymbol();
    boolean isHugged =
        call.argument().size() == 1
            && call.COMMA().isEmpty()
            && primaryOf(call.argument(0).expression()) instanceof LatheParser.PrimaryContext inner
            && (inner instanceof LatheParser.ListExpressionContext
                || inner instanceof LatheParser.ComprehensionExpressionContext)
            && !comments.hasTrailing(opening)
            && !comments.hasLeading(closing)
            && !comments.hasLeading(call.argument(0).getStart())
            && !comments.hasTrailing(call.argument(0).getStop());
    if (!isHugged) {
      return bracket(
          call.LPAREN(),
          call.argument(),
          this::argument,
          call.COMMA(),
          call.RPAREN(),
          Style.LINE_OR_EACH);
    }
    depth++;
    Doc argument = argument(call.argument(0));
    depth--;
    return concat(token(call.LPAREN()), argument, token(call.RPAREN()));
  }

  private Doc argument(LatheParser.ArgumentContext context) {
    return context.NAME() == null
        ? expression(context.expression())
        : concat(
            token(context.NAME()), token(context.COLON()), SPACE, element(context.expression()));
  }

  /** Colons stand between blanks where an operator stands beside them. */
  private Doc index(LatheParser.IndexContext context) {
    boolean isWide = false;
    for (ParseTree child : context.children) {
      isWide |= isChain(child) || child instanceof LatheParser.ConditionalExpressionContext;
    }
    List<Doc> parts = new ArrayList<>();
    ParseTree previous = null;
    for (ParseTree child : context.children) {
      boolean isBesideColon = previous != null && child instanceof LatheParser.ExpressionContext;
      boolean isBehindOperand = previous instanceof LatheParser.ExpressionContext;
      if (isWide && (isBesideColon || isBehindOperand)) {
        parts.add(SPACE);
      }
      parts.add(
          child instanceof LatheParser.ExpressionContext e
              ? element(e)
              : token((TerminalNode) child));
      previous = child;
    }
    return concat(parts);
  }

  private static boolean isChain(ParseTree tree) {
    return tree instanceof LatheParser.ExpressionContext e && isChain(e);
  }

  /** What a bracket begins with: the bracket and the comments beside it. */
  private Doc opening(TerminalNode open) {
    Token token = open.getSymbol();
    return concat(comments.leading(token), written(open), comments.trailing(token));
  }

  private Doc enclosed(Doc opening, Doc inner, TerminalNode close) {
    Doc content = indent(SOFT_LINE, inner, comments.leading(close.getSymbol()));
    return concat(opening, content, SOFT_LINE, written(close));
  }

  private Doc grouped(Doc enclosed, TerminalNode close) {
    return concat(group(enclosed), comments.trailing(close.getSymbol()));
  }

  /** Brackets and what stands in them, on one line if they fit there. */
  <C extends ParserRuleContext> Doc bracket(
      TerminalNode open,
      List<C> elements,
      Function<C, Doc> build,
      List<TerminalNode> commas,
      TerminalNode close,
      Style style) {
    return grouped(brackets(open, elements, build, commas, close, style), close);
  }

  /**
   * Brackets and what stands in them, with commas, in no group of their own and without the comment
   * behind them.
   *
   * @param build makes a document of an element
   */
  <C extends ParserRuleContext> Doc brackets(
      TerminalNode open,
      List<C> elements,
      Function<C, Doc> build,
      List<TerminalNode> commas,
      TerminalNode close,
      Style style) {
    Doc opening = opening(open);
    if (elements.isEmpty()) {
      return comments.hasLeading(close.getSymbol())
          ? enclosed(opening, EMPTY, close)
          : concat(opening, written(close));
    }
    depth++;
    List<Doc> parts = new ArrayList<>();
    Doc end = new Doc.IfBroken(",");
    boolean isCommented = false;
    for (int i = 0; i < elements.size(); i++) {
      boolean isLast = i == elements.size() - 1;
      Doc element = element(elements.get(i), build);
      if (isLast) {
        parts.add(element);
        if (i < commas.size()) {
          Token comma = commas.get(i).getSymbol();
          isCommented = comments.hasTrailing(comma) && !comments.hasLeading(comma);
          end = concat(end, comments.leading(comma), comments.trailing(comma));
        }
      } else {
        Doc separator = style == Style.FILL ? group(LINE) : LINE;
        parts.add(concat(element, comma(commas.get(i)), separator));
      }
    }
    depth--;
    Doc joined = concat(parts);
    Doc inner =
        switch (style) {
          case LINE_OR_EACH -> isCommented ? Doc.brokenGroup(joined) : group(joined);
          case EACH, FILL -> joined;
        };
    return enclosed(opening, concat(inner, end), close);
  }
}
