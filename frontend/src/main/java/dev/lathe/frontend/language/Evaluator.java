package dev.lathe.frontend.language;

import static dev.lathe.frontend.language.Poison.POISON;

import dev.lathe.frontend.language.Syntax.Expression;
import dev.lathe.frontend.layers.Arithmetic.Operator;
import dev.lathe.frontend.layers.LayerException;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TypeException;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Gives expressions their values. */
final class Evaluator {
  private static final Map<String, Operator> OPERATORS = operators();

  private final Elaborator elaborator;
  private final Caller caller;
  private final Indices indices;

  Evaluator(Elaborator elaborator) {
    this.elaborator = elaborator;
    this.caller = new Caller(elaborator);
    this.indices = new Indices(elaborator);
  }

  Caller caller() {
    return caller;
  }

  /** Where a tensor was made, unless that is where it is used. */
  Diagnostic.Note[] origins(Object operand, Span use) {
    return caller.origins(List.of(operand), use);
  }

  /** A call makes layers, weights and nodes. */
  private static final int STEPS_OF_CALL = 20;

  private final ListSizes listSizes = new ListSizes(Builtins.LONGEST_LIST);

  private static Map<String, Operator> operators() {
    Map<String, Operator> operators = new LinkedHashMap<>();
    for (Operator operator : Operator.values()) {
      operators.put(operator.symbol(), operator);
    }
    return operators;
  }

  /** The value of an expression that something is done with: a called import is its output. */
  Object operand(Expression expression, Frame frame) {
    Object value = value(expression, frame);
    if (value instanceof ImportedModel.Use use) {
      return use.outputs().size() == 1 ? use.outputs().get(0) : List.copyOf(use.outputs());
    }
    return value;
  }

  /** The value of an expression. */
  Object value(Expression expression, Frame frame) {
    boolean isCall = expression instanceof Syntax.Call || expression instanceof Syntax.Pipe;
    if (!elaborator.steps(isCall ? STEPS_OF_CALL : 1, expression.span())) {
      return POISON;
    }
    Object value = evaluate(expression, frame);
    return value instanceof List<?> list && !listSizes.isWithinLimit(list)
        ? elaborator.fail(
            expression.span(),
            "the lists in this would have more than "
                + Builtins.LONGEST_LIST
                + " elements together",
            "")
        : value;
  }

  private Object evaluate(Expression expression, Frame frame) {
    return switch (expression) {
      case Syntax.Literal literal -> literal.value();
      case Syntax.None _ -> Nothing.NONE;
      case Syntax.Reference name -> reference(name, frame);
      case Syntax.Group group -> value(group.inner(), frame);
      case Syntax.ListOf list -> list(list, frame);
      case Syntax.Comprehension each -> comprehension(each, frame);
      case Syntax.Call call -> caller.call(call, List.of(), frame);
      case Syntax.Pipe pipe -> pipe(pipe, frame);
      case Syntax.Index index -> indices.index(index, frame);
      case Syntax.Member member -> member(member, frame);
      case Syntax.Unary unary -> unary(unary, frame);
      case Syntax.Binary binary -> binary(binary, frame);
      case Syntax.Conditional conditional -> conditional(conditional, frame);
      case Syntax.BadExpression _ -> POISON;
    };
  }

  private Object reference(Syntax.Reference reference, Frame frame) {
    String name = reference.name();
    Object local = frame.variables().get(name);
    if (local != null) {
      return local;
    }
    Object member = frame.unit().members().get(name);
    if (member instanceof Syntax.Const constant) {
      return elaborator.constant(frame.unit(), constant);
    }
    if (member instanceof UnitLoader.ConstOf other) {
      return elaborator.constant(other.unit(), other.constant());
    }
    if (member instanceof UnitLoader.ModelOf) {
      return elaborator.fail(
          reference.span(),
          "'" + name + "' is a model, and models are not called",
          "make what both need a block");
    }
    if (member != null) {
      return member;
    }
    Object known = Vocabulary.find(name);
    if (known != null) {
      return known;
    }
    if (frame.unit().isOpen()) {
      return POISON;
    }
    Set<String> near = new LinkedHashSet<>(frame.variables().keySet());
    near.addAll(frame.unit().members().keySet());
    return elaborator.fail(
        reference.span(), "there is nothing named '" + name + "'", Vocabulary.help(name, near));
  }

  private Object list(Syntax.ListOf list, Frame frame) {
    List<Object> elements = new ArrayList<>();
    boolean isSound = true;
    for (Expression each : list.elements()) {
      Object value = operand(each, frame);
      isSound &= value != POISON;
      elements.add(value);
    }
    return isSound ? elements : POISON;
  }

  private Object comprehension(Syntax.Comprehension comprehension, Frame frame) {
    Object iterable = operand(comprehension.iterable(), frame);
    if (iterable == POISON) {
      return POISON;
    }
    if (!(iterable instanceof List<?> list)) {
      return elaborator.fail(
          comprehension.iterable().span(),
          "this goes through a list, and gets " + Described.of(iterable),
          Described.listHelp(iterable));
    }
    Map<String, Object> outer = new LinkedHashMap<>(frame.variables());
    List<Object> elements = new ArrayList<>();
    boolean isSound = true;
    for (Object element : list) {
      if (!elaborator.bind(
          comprehension.names(), element, comprehension.iterable().span(), frame)) {
        isSound = false;
        break;
      }
      Object wanted =
          comprehension.condition() == null ? true : truth(comprehension.condition(), frame);
      if (wanted == POISON) {
        isSound = false;
      } else if ((Boolean) wanted) {
        Object value = operand(comprehension.element(), frame);
        isSound &= value != POISON;
        elements.add(value);
      }
    }
    comprehension
        .names()
        .forEach(
            name -> {
              Object before = outer.get(name.text());
              if (before == null) {
                frame.variables().remove(name.text());
              } else {
                frame.variables().put(name.text(), before);
              }
            });
    return isSound ? elements : POISON;
  }

  /** Whether a condition holds, or poison. */
  private Object truth(Expression condition, Frame frame) {
    Object value = operand(condition, frame);
    if (value == POISON) {
      return POISON;
    }
    try {
      return Numbers.truth(value);
    } catch (LayerException e) {
      return elaborator.fail(condition.span(), e);
    }
  }

  private Object conditional(Syntax.Conditional conditional, Frame frame) {
    Object condition = truth(conditional.condition(), frame);
    if (condition == POISON) {
      return POISON;
    }
    return value((Boolean) condition ? conditional.then() : conditional.otherwise(), frame);
  }

  private Object pipe(Syntax.Pipe pipe, Frame frame) {
    Object piped = operand(pipe.value(), frame);
    Expression into = pipe.into();
    if (into instanceof Syntax.Binary binary) {
      return elaborator.fail(
          binary.at(),
          "'|>' goes into all of '" + into.span().text() + "', which is no layer",
          "put the pipe in parentheses: (… |> "
              + binary.left().span().text()
              + ") "
              + binary.operator()
              + " "
              + binary.right().span().text());
    }
    while (into instanceof Syntax.Group group) {
      into = group.inner();
    }
    Caller.Given first = new Caller.Given(null, piped, pipe.value().span());
    if (into instanceof Syntax.Call call) {
      return caller.call(call, List.of(first), frame);
    }
    Object callee = value(into, frame);
    if (callee == POISON) {
      return POISON;
    }
    if (!(callee instanceof Callable callable)) {
      return elaborator.fail(
          into.span(),
          "the right of '|>' must be a layer, a block or a function, and this is "
              + Described.of(callee),
          callee instanceof String text && Vocabulary.find(text) instanceof Callable
              ? "write it without quotes: " + text
              : "");
    }
    return caller.call(callable, List.of(first), into.span(), pipe.span(), frame);
  }

  private Object member(Syntax.Member member, Frame frame) {
    Syntax.Reference root = Vocabulary.prefix(member);
    if (root != null
        && !frame.variables().containsKey(root.name())
        && !frame.unit().members().containsKey(root.name())) {
      return elaborator.fail(
          member.span(),
          "there is nothing named '" + member.span().text() + "'",
          Vocabulary.prefixHelp(member));
    }
    Object target = value(member.target(), frame);
    String name = member.name().text();
    return switch (target) {
      case Poison _ -> POISON;
      case Vocabulary.Namespace _ -> {
        Object function = Vocabulary.function(name);
        yield function != null
            ? function
            : elaborator.fail(
                member.name().span(),
                "there is no tensor function '" + name + "'",
                Vocabulary.help(name, List.of()));
      }
      case Unit unit -> unitMember(unit, member);
      case ImportedModel.Use use when name.equals("output") -> new Callable.OfOutput(use);
      case Value tensor -> tensorMember(tensor, member);
      default ->
          elaborator.fail(
              member.name().span(), Described.of(target) + " has no '" + name + "'", "");
    };
  }

  private Object unitMember(Unit unit, Syntax.Member member) {
    Object found = unit.members().get(member.name().text());
    if (found instanceof Syntax.Const constant) {
      return elaborator.constant(unit, constant);
    }
    return found != null
        ? found
        : elaborator.fail(
            member.name().span(),
            unit + " defines no '" + member.name().text() + "'",
            dev.lathe.frontend.layers.Suggestions.help(
                member.name().text(), unit.members().keySet()));
  }

  private Object tensorMember(Value tensor, Syntax.Member member) {
    String name = member.name().text();
    return switch (name) {
      case "shape" -> {
        List<Object> sizes = new ArrayList<>();
        tensor.type().shape().dims().forEach(dim -> sizes.add(Numbers.plain(dim)));
        yield sizes;
      }
      case "rank" -> (long) tensor.type().rank();
      case "dtype" -> tensor.type().elementType();
      default ->
          elaborator.fail(
              member.name().span(),
              "a tensor has no '" + name + "'",
              Vocabulary.find(name) instanceof Callable
                  ? "write " + name + "(x, …) or x |> " + name + "(…)"
                  : name.equals("T") ? "write transpose(x)" : "it has shape, rank and dtype");
    };
  }

  private Object unary(Syntax.Unary unary, Frame frame) {
    Object value = operand(unary.operand(), frame);
    if (value == POISON) {
      return POISON;
    }
    try {
      if (value instanceof Value tensor) {
        return made(
            unary.operator().equals("-")
                ? elaborator.arithmetic().negate(tensor)
                : elaborator.arithmetic().not(tensor),
            unary.span());
      }
      return unary.operator().equals("-") ? Numbers.negative(value) : !Numbers.truth(value);
    } catch (LayerException e) {
      return elaborator.fail(unary.span(), e);
    } catch (TypeException e) {
      return elaborator.fail(unary.span(), reason(e), "");
    }
  }

  private Object binary(Syntax.Binary binary, Frame frame) {
    Object left = operand(binary.left(), frame);
    boolean isLogical = binary.operator().equals("and") || binary.operator().equals("or");
    if (isLogical && left instanceof Boolean flag && flag == binary.operator().equals("or")) {
      return left;
    }
    Object right = operand(binary.right(), frame);
    if (left == POISON || right == POISON) {
      return POISON;
    }
    if (left instanceof Value || right instanceof Value) {
      Object wrong = left instanceof Value ? right : left;
      if (!isOperand(wrong)) {
        return notOperand(binary, wrong, left instanceof Value ? binary.right() : binary.left());
      }
    }
    try {
      if (left instanceof Value || right instanceof Value) {
        Value a = tensor(left, right);
        Value b = tensor(right, left);
        Operator operator = java.util.Objects.requireNonNull(OPERATORS.get(binary.operator()));
        return made(elaborator.arithmetic().binary(operator, a, b), binary.span());
      }
      return Numbers.binary(binary.operator(), left, right);
    } catch (LayerException e) {
      return elaborator.fail(
          binary.at(), e, caller.origins(java.util.Arrays.asList(left, right), binary.span()));
    } catch (TypeException e) {
      return elaborator.fail(
          binary.at(),
          reason(e),
          "",
          caller.origins(java.util.Arrays.asList(left, right), binary.span()));
    }
  }

  /** What an op says, without the op's own name and place. */
  static String reason(TypeException e) {
    return String.valueOf((e.getCause() == null ? e : e.getCause()).getMessage());
  }

  private static boolean isOperand(Object value) {
    return value instanceof Value
        || value instanceof Long
        || value instanceof Double
        || value instanceof Boolean
        || value instanceof dev.lathe.ir.Dim
        || (value instanceof List<?> list && Constants.isTensor(list));
  }

  private Object notOperand(Syntax.Binary binary, Object value, Expression written) {
    String rows = value instanceof List<?> list ? Constants.fault(list) : "";
    return elaborator.fail(
        written.span(),
        "'"
            + binary.operator()
            + "' applies to tensors and numbers, and this is "
            + Described.of(value)
            + rows,
        Described.tensorHelp(value),
        caller.origins(List.of(value), binary.span()));
  }

  private Value tensor(Object operand, Object other) {
    return switch (operand) {
      case Value value -> value;
      case Long integer -> elaborator.arithmetic().number(integer);
      case Double number -> elaborator.arithmetic().number(number);
      case Boolean flag -> elaborator.arithmetic().truth(flag);
      case List<?> list when Constants.isTensor(list) -> {
        ElementType like = other instanceof Value value ? value.type().elementType() : null;
        ElementType own = Constants.natural(list);
        yield Constants.tensor(
            elaborator, list, like != null && (like.isFloat() || like == own) ? like : own);
      }
      case dev.lathe.ir.Dim dim ->
          elaborator.scope().emit().asScalar(elaborator.scope().emit().dims(List.of(dim)));
      default -> throw new IllegalArgumentException("no operand: " + operand);
    };
  }

  private Object made(Value value, Span span) {
    elaborator.made(value, span);
    return value;
  }
}
