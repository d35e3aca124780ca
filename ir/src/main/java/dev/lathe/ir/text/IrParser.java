package dev.lathe.ir.text;

import dev.lathe.grammar.ir.LatheIrLexer;
import dev.lathe.grammar.ir.LatheIrParser;
import dev.lathe.ir.Block;
import dev.lathe.ir.BlockBuilder;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Shape;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.Op;
import dev.lathe.ir.op.OpCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;
import org.jspecify.annotations.Nullable;

/** Reads graphs from the text that {@link IrPrinter} writes; the grammar is {@code LatheIr.g4}. */
public final class IrParser {
  private static final Map<Character, Character> UNESCAPED =
      Map.of('n', '\n', 'r', '\r', 't', '\t');

  private Graph graph = new Graph("");

  private IrParser() {}

  /**
   * Reads one graph.
   *
   * @return the graph; its data lies in memory that is freed when it is no longer reachable
   * @throws IrParseException if the text is not IR, or an op refuses its operands; with line and
   *     column
   */
  public static Graph parse(String text) {
    LatheIrLexer lexer = new LatheIrLexer(CharStreams.fromString(text));
    lexer.removeErrorListeners();
    lexer.addErrorListener(Listener.INSTANCE);
    LatheIrParser parser = new LatheIrParser(new CommonTokenStream(lexer));
    parser.removeErrorListeners();
    parser.addErrorListener(Listener.INSTANCE);
    try {
      return new IrParser().graph(parser.file().graph(), unbackedIn(text));
    } catch (StackOverflowError e) {
      throw new IrParseException(1, 1, "the text is nested too deeply");
    }
  }

  /**
   * The first error ends the reading: IR is written by programs, and one is enough to find the
   * fault.
   */
  private static final class Listener extends BaseErrorListener {
    static final Listener INSTANCE = new Listener();

    @Override
    public void syntaxError(
        Recognizer<?, ?> recognizer,
        @Nullable Object symbol,
        int line,
        int column,
        String message,
        @Nullable RecognitionException e) {
      throw new IrParseException(line, column + 1, message);
    }
  }

  private static IrParseException at(Token token, String message) {
    return new IrParseException(token.getLine(), token.getCharPositionInLine() + 1, message);
  }

  /**
   * A shape that holds every unbacked symbol of the text, so that none of them is given out again.
   */
  private static Shape unbackedIn(String text) {
    List<dev.lathe.ir.Dim> dims = new ArrayList<>();
    var matcher = java.util.regex.Pattern.compile("\\?[A-Za-z0-9_.]+").matcher(text);
    while (matcher.find()) {
      dims.add(dev.lathe.ir.Dim.symbol(matcher.group()));
    }
    return new Shape(dims);
  }

  private Graph graph(LatheIrParser.GraphContext context, Shape unbacked) {
    graph = new Graph(unquote(context.STRING()));
    for (LatheIrParser.MetadataContext metadata : context.metadata()) {
      graph.metadata(unquote(metadata.STRING(0)), unquote(metadata.STRING(1)));
    }
    for (LatheIrParser.ParameterContext parameter : context.parameter()) {
      graph.parameter(
          unquote(parameter.STRING()), DataParser.parse(type(parameter.type()), parameter.data()));
    }
    for (LatheIrParser.FunctionContext function : context.function()) {
      function(function, unbacked);
    }
    return graph;
  }

  private void function(LatheIrParser.FunctionContext context, Shape unbacked) {
    BlockBuilder builder = graph.newBlock().reserve(unbacked);
    Map<String, Value> values = new HashMap<>();
    List<String> inputs = new ArrayList<>();
    for (LatheIrParser.InputContext input : context.input()) {
      define(values, input.VALUE(), builder.argument(nameOf(input.VALUE()), type(input.type())));
      inputs.add(unquote(input.STRING()));
    }
    List<String> outputs = context.STRING().stream().skip(1).map(IrParser::unquote).toList();
    Block body = body(context.body(), builder, values);
    try {
      graph.add(new Function(unquote(context.STRING(0)), body, inputs, outputs));
    } catch (IllegalArgumentException e) {
      throw at(context.getStart(), String.valueOf(e.getMessage()));
    }
  }

  private Block body(
      LatheIrParser.BodyContext context, BlockBuilder builder, Map<String, Value> values) {
    for (LatheIrParser.NodeContext node : context.node()) {
      node(node, builder, values);
    }
    return builder.finish(uses(context.VALUE(), values));
  }

  private void node(
      LatheIrParser.NodeContext context, BlockBuilder builder, Map<String, Value> values) {
    List<Value> operands = uses(context.VALUE(), values);
    builder.from(
        context.provenance() == null
            ? List.of()
            : context.provenance().STRING().stream().map(IrParser::unquote).toList());
    List<Block> blocks = new ArrayList<>();
    for (LatheIrParser.BlockContext block : context.block()) {
      BlockBuilder nested = builder.nested();
      Map<String, Value> inner = new HashMap<>();
      for (LatheIrParser.ArgumentContext argument : block.argument()) {
        define(
            inner,
            argument.VALUE(),
            nested.argument(nameOf(argument.VALUE()), type(argument.type())));
      }
      blocks.add(body(block.body(), nested, inner));
    }
    List<TensorType> types = context.type().stream().map(IrParser::type).toList();
    List<TerminalNode> names = context.results().VALUE();
    if (names.size() != types.size()) {
      throw at(context.getStart(), names.size() + " results but " + types.size() + " types");
    }
    try {
      ConstantData data =
          context.data() == null ? null : DataParser.parse(types.get(0), context.data());
      Op op =
          OpCodec.create(context.name().getText(), attributes(context.attributes()), data, blocks);
      List<Value> results = builder.addAll(op, operands);
      if (results.size() != names.size()) {
        throw at(
            context.getStart(),
            op.mnemonic() + " gives " + results.size() + " results, not " + names.size());
      }
      for (int i = 0; i < results.size(); i++) {
        builder.declare(results.get(i), types.get(i));
        String name = nameOf(names.get(i));
        if (name != null) {
          builder.name(results.get(i), name);
        }
        define(values, names.get(i), results.get(i));
      }
    } catch (IllegalArgumentException e) {
      throw at(context.getStart(), String.valueOf(e.getMessage()));
    }
  }

  private static Map<String, String> attributes(LatheIrParser.@Nullable AttributesContext context) {
    Map<String, String> result = new LinkedHashMap<>();
    if (context != null) {
      for (LatheIrParser.AttributeContext attribute : context.attribute()) {
        LatheIrParser.AttributeValueContext value = attribute.attributeValue();
        String text = value.STRING() == null ? value.getText() : unquote(value.STRING());
        if (result.put(attribute.name().getText(), text) != null) {
          throw at(
              attribute.getStart(), "attribute '" + attribute.name().getText() + "' stands twice");
        }
      }
    }
    return result;
  }

  private static List<Value> uses(List<TerminalNode> names, Map<String, Value> values) {
    List<Value> result = new ArrayList<>();
    for (TerminalNode name : names) {
      Value value = values.get(name.getText());
      if (value == null) {
        throw at(name.getSymbol(), name.getText() + " is not defined before it is used");
      }
      result.add(value);
    }
    return result;
  }

  private static void define(Map<String, Value> values, TerminalNode name, Value value) {
    if (values.putIfAbsent(name.getText(), value) != null) {
      throw at(name.getSymbol(), name.getText() + " is defined twice");
    }
  }

  /** The source name in a value's name: numbers and what follows a '$' are the printer's. */
  private static @Nullable String nameOf(TerminalNode value) {
    String name = value.getText().substring(1);
    int dollar = name.lastIndexOf('$');
    if (dollar > 0) {
      name = name.substring(0, dollar);
    }
    return name.chars().allMatch(Character::isDigit) ? null : name;
  }

  private static TensorType type(LatheIrParser.TypeContext context) {
    try {
      return TensorType.parse(text(context));
    } catch (IllegalArgumentException e) {
      throw at(context.getStart(), String.valueOf(e.getMessage()));
    }
  }

  private static String text(ParserRuleContext context) {
    return context.getText();
  }

  /** The content of a quoted string. */
  static String unquote(TerminalNode string) {
    String quoted = string.getText();
    StringBuilder text = new StringBuilder();
    boolean escaped = false;
    for (char c : quoted.substring(1, quoted.length() - 1).toCharArray()) {
      if (!escaped && c == '\\') {
        escaped = true;
        continue;
      }
      text.append(escaped ? UNESCAPED.getOrDefault(c, c) : c);
      escaped = false;
    }
    return text.toString();
  }
}
