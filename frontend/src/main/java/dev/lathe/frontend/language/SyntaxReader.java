package dev.lathe.frontend.language;

import dev.lathe.frontend.language.Syntax.Body;
import dev.lathe.frontend.language.Syntax.Item;
import dev.lathe.frontend.language.Syntax.Name;
import dev.lathe.frontend.language.Syntax.Output;
import dev.lathe.frontend.language.Syntax.Parameter;
import dev.lathe.frontend.language.Syntax.Statement;
import dev.lathe.frontend.language.Syntax.Target;
import dev.lathe.grammar.language.LatheLexer;
import dev.lathe.grammar.language.LatheParser;
import java.util.ArrayList;
import java.util.List;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ListTokenSource;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;

/** Makes a tree of a source, whatever is wrong with it. */
final class SyntaxReader {
  private final Source source;
  private final Diagnostics diagnostics;
  private final ExpressionReader expressions;

  private SyntaxReader(Source source, Diagnostics diagnostics) {
    this.source = source;
    this.diagnostics = diagnostics;
    this.expressions = new ExpressionReader(source, diagnostics);
  }

  /** The tokens of a source, comments and line ends too, the last one EOF. */
  static List<? extends Token> tokens(Source source) {
    // Code points beyond the basic plane would shift offsets; they stand nowhere but in strings and
    // comments, where any character will do.
    StringBuilder text = new StringBuilder(source.text());
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        text.setCharAt(i, '\ufffd');
      }
    }
    LatheLexer lexer = new LatheLexer(CharStreams.fromString(text.toString()));
    lexer.removeErrorListeners();
    List<Token> tokens = new ArrayList<>(lexer.getAllTokens());
    tokens.add(lexer.emitEOF());
    return tokens;
  }

  /** Reads a source. */
  static Syntax.File read(Source source, Diagnostics diagnostics) {
    return new SyntaxReader(source, diagnostics).file(parse(source, diagnostics));
  }

  /** The tree of the parser, with every token. */
  static LatheParser.FileContext parse(Source source, Diagnostics diagnostics) {
    List<Token> tokens = LayoutTokens.of(source, tokens(source), diagnostics);
    LatheParser parser = new LatheParser(new CommonTokenStream(new ListTokenSource(tokens)));
    parser.removeErrorListeners();
    parser.setErrorHandler(new Recovery(new SyntaxErrors(source, diagnostics)));
    return parser.file();
  }

  private Syntax.File file(LatheParser.FileContext context) {
    List<Item> items = new ArrayList<>();
    for (LatheParser.ItemContext item : context.item()) {
      items.add(item(item));
    }
    return new Syntax.File(new Span(source, 0, source.text().length()), items);
  }

  private Item item(LatheParser.ItemContext context) {
    if (context.exception != null || context.getChildCount() == 0) {
      return badItem(context);
    }
    if (context.importItem() != null) {
      LatheParser.ImportItemContext item = context.importItem();
      Token path = item.STRING().getSymbol();
      Span span = LayoutTokens.span(source, path);
      String text = SyntaxErrors.unquoted(path.getText(), span, diagnostics);
      return new Syntax.Import(
          span(item), new Name(span, text), item.NAME() == null ? null : name(item.NAME()));
    }
    if (context.constItem() != null) {
      LatheParser.ConstItemContext item = context.constItem();
      return new Syntax.Const(span(item), name(item.NAME()), expressions.read(item.expression()));
    }
    if (context.blockItem() != null) {
      LatheParser.BlockItemContext item = context.blockItem();
      return new Syntax.Block(
          span(item),
          name(item.NAME()),
          parameters(item.parameters()),
          item.outputs() == null ? List.of() : outputs(item.outputs()),
          body(item.body()));
    }
    LatheParser.ModelItemContext item = context.modelItem();
    return new Syntax.Model(
        span(item),
        name(item.NAME()),
        parameters(item.parameters()),
        outputs(item.outputs()),
        body(item.body()));
  }

  private Item badItem(ParserRuleContext context) {
    TerminalNode named = firstName(context);
    return new Syntax.BadItem(span(context), named == null ? null : name(named));
  }

  private static @Nullable TerminalNode firstName(ParserRuleContext context) {
    for (int i = 0; i < context.getChildCount(); i++) {
      if (context.getChild(i) instanceof TerminalNode node
          && node.getSymbol().getType() == LatheLexer.NAME) {
        return node;
      }
      if (context.getChild(i) instanceof ParserRuleContext child
          && !(child instanceof LatheParser.BodyContext)) {
        TerminalNode found = firstName(child);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  private List<Parameter> parameters(LatheParser.ParametersContext context) {
    List<Parameter> parameters = new ArrayList<>();
    for (LatheParser.ParameterContext each : context.parameter()) {
      parameters.add(
          new Parameter(
              span(each),
              name(each.NAME()),
              each.type() == null ? null : type(each.type()),
              each.expression() == null ? null : expressions.read(each.expression())));
    }
    return parameters;
  }

  private List<Output> outputs(LatheParser.OutputsContext context) {
    List<Output> outputs = new ArrayList<>();
    for (LatheParser.OutputContext each : context.output()) {
      outputs.add(
          new Output(
              span(each), name(each.NAME()), each.type() == null ? null : type(each.type())));
    }
    return outputs;
  }

  private Syntax.Type type(LatheParser.TypeContext context) {
    return new Syntax.Type(
        span(context),
        name(context.NAME()),
        context.LBRACKET() == null
            ? null
            : context.expression().stream().map(expressions::read).toList());
  }

  private Body body(LatheParser.BodyContext context) {
    return new Body(span(context), context.statement().stream().map(this::statement).toList());
  }

  private Statement statement(LatheParser.StatementContext context) {
    if (context.exception != null) {
      return bad(context);
    }
    Span span = span(context);
    return switch (context) {
      case LatheParser.AssignStatementContext s ->
          new Syntax.Assign(
              span,
              s.target().stream().map(this::target).toList(),
              expressions.read(s.expression()));
      case LatheParser.ParamStatementContext s ->
          new Syntax.Param(
              span,
              name(s.NAME()),
              type(s.type()),
              s.expression() == null ? null : expressions.read(s.expression()));
      case LatheParser.SharedStatementContext s ->
          new Syntax.Shared(span, name(s.NAME()), expressions.read(s.expression()));
      case LatheParser.ReturnStatementContext s ->
          new Syntax.Return(span, s.expression().stream().map(expressions::read).toList());
      case LatheParser.IfStatementContext s -> conditional(s.conditional());
      case LatheParser.ForStatementContext s ->
          new Syntax.For(
              span,
              s.NAME().stream().map(this::name).toList(),
              expressions.read(s.expression()),
              body(s.body()));
      case LatheParser.ExpressionStatementContext s ->
          new Syntax.Discarded(span, expressions.read(s.expression()));
      default -> bad(context);
    };
  }

  private Statement conditional(LatheParser.ConditionalContext context) {
    Body otherwise = null;
    if (context.conditional() != null) {
      Statement nested = conditional(context.conditional());
      otherwise = new Body(nested.span(), List.of(nested));
    } else if (context.body().size() > 1) {
      otherwise = body(context.body(1));
    }
    return new Syntax.If(
        span(context), expressions.read(context.expression()), body(context.body(0)), otherwise);
  }

  /** What stands before a {@code =} or in a {@code for} is known to be meant as assigned. */
  private Statement bad(LatheParser.StatementContext context) {
    List<Token> tokens = tokensOf(context);
    List<Name> assigned = new ArrayList<>();
    boolean returns = false;
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      int before = i == 0 ? Token.EOF : tokens.get(i - 1).getType();
      int after = i + 1 < tokens.size() ? tokens.get(i + 1).getType() : Token.EOF;
      returns |= token.getType() == LatheLexer.RETURN;
      boolean isMeant =
          after == LatheLexer.ASSIGN
              || before == LatheLexer.FOR
              || before == LatheLexer.PARAM
              || before == LatheLexer.SHARED
              || (i == 0 && (after == LatheLexer.COMMA || after == LatheLexer.COLON))
              || (before == LatheLexer.COMMA && after == LatheLexer.IN);
      if (token.getType() == LatheLexer.NAME && isMeant) {
        assigned.add(new Name(LayoutTokens.span(source, token), token.getText()));
      }
    }
    return new Syntax.BadStatement(span(context), assigned, returns);
  }

  private static List<Token> tokensOf(ParserRuleContext context) {
    List<Token> tokens = new ArrayList<>();
    for (int i = 0; i < context.getChildCount(); i++) {
      if (context.getChild(i) instanceof TerminalNode node) {
        tokens.add(node.getSymbol());
      } else if (context.getChild(i) instanceof ParserRuleContext child) {
        tokens.addAll(tokensOf(child));
      }
    }
    return tokens;
  }

  private Target target(LatheParser.TargetContext context) {
    return new Target(
        span(context), name(context.NAME()), context.type() == null ? null : type(context.type()));
  }

  Name name(TerminalNode node) {
    return new Name(LayoutTokens.span(source, node.getSymbol()), node.getText());
  }

  private Span span(ParserRuleContext context) {
    return span(source, context);
  }

  /** Where a part of a source stands, without the line's end. */
  static Span span(Source source, ParserRuleContext context) {
    Span first = LayoutTokens.span(source, context.getStart());
    Token stop = context.getStop();
    if (stop == null || stop.getStopIndex() < first.start()) {
      return first;
    }
    int end = Math.min(stop.getStopIndex() + 1, source.text().length());
    if (stop.getType() == LatheLexer.NEWLINE) {
      end = stop.getStartIndex();
      while (end > first.start() && Character.isWhitespace(source.text().charAt(end - 1))) {
        end--;
      }
    }
    return new Span(source, first.start(), Math.max(end, first.start()));
  }
}
