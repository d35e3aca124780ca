package dev.lathe.frontend.language;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a source says, as a tree. Every part knows where it stands. */
public sealed interface Syntax {

  /** Where it stands. */
  Span span();

  /** A whole file. */
  record File(Span span, List<Item> items) implements Syntax {}

  /** A name where it is written. */
  record Name(Span span, String text) implements Syntax {}

  /** What a file consists of. */
  sealed interface Item extends Syntax {}

  /** {@code import "blocks.lathe"}. */
  record Import(Span span, Name path, @Nullable Name alias) implements Item {}

  /** {@code const N = 3}. */
  record Const(Span span, Name name, Expression value) implements Item {}

  /** {@code block residual(x, filters: int) { … }}. */
  record Block(Span span, Name name, List<Parameter> parameters, List<Output> outputs, Body body)
      implements Item {}

  /** {@code model Digits(image: f32[N, 28, 28, 1]) -> (probs) { … }}. */
  record Model(Span span, Name name, List<Parameter> parameters, List<Output> outputs, Body body)
      implements Item {}

  /** An item that could not be read; its name, if it has one, is known. */
  record BadItem(Span span, @Nullable Name name) implements Item {}

  /** A parameter of a block, or an input of a model. */
  record Parameter(Span span, Name name, @Nullable Type type, @Nullable Expression fallback)
      implements Syntax {}

  /** An output. */
  record Output(Span span, Name name, @Nullable Type type) implements Syntax {}

  /** {@code f32[N, 28]}, or {@code int}; without brackets, {@code dims} is null. */
  record Type(Span span, Name name, @Nullable List<Expression> dims) implements Syntax {}

  /** Statements in braces. */
  record Body(Span span, List<Statement> statements) implements Syntax {}

  /** What a body consists of. */
  sealed interface Statement extends Syntax {}

  /** {@code y, state = lstm(x, 8)}. */
  record Assign(Span span, List<Target> targets, Expression value) implements Statement {}

  /** A name on the left of {@code =}. */
  record Target(Span span, Name name, @Nullable Type type) implements Syntax {}

  /** {@code param w: f32[784, 10] = glorot_uniform(seed: 7)}. */
  record Param(Span span, Name name, Type type, @Nullable Expression initializer)
      implements Statement {}

  /** {@code shared tower = dense(64)}. */
  record Shared(Span span, Name name, Expression value) implements Statement {}

  /** {@code return y, z}. */
  record Return(Span span, List<Expression> values) implements Statement {}

  /** {@code if c { … } else { … }}. */
  record If(Span span, Expression condition, Body then, @Nullable Body otherwise)
      implements Statement {}

  /** {@code for i in range(3) { … }}. */
  record For(Span span, List<Name> names, Expression iterable, Body body) implements Statement {}

  /** An expression whose value goes nowhere. */
  record Discarded(Span span, Expression value) implements Statement {}

  /**
   * A statement that could not be read; the names that it would have given values are known, and
   * whether it would have returned some.
   */
  record BadStatement(Span span, List<Name> assigned, boolean returns) implements Statement {}

  /** What has a value. */
  sealed interface Expression extends Syntax {}

  /** A number, string or truth value. */
  record Literal(Span span, Object value) implements Expression {}

  /** {@code none}. */
  record None(Span span) implements Expression {}

  /** A name that is used. */
  record Reference(Span span, String name) implements Expression {}

  /** {@code [a, b]}. */
  record ListOf(Span span, List<Expression> elements) implements Expression {}

  /** {@code [f(i) for i in x if c]}. */
  record Comprehension(
      Span span,
      Expression element,
      List<Name> names,
      Expression iterable,
      @Nullable Expression condition)
      implements Expression {}

  /** {@code dense(x, 10, activation: "relu")}. */
  record Call(Span span, Expression callee, List<Argument> arguments) implements Expression {}

  /** An argument of a call. */
  record Argument(Span span, @Nullable Name name, Expression value) implements Syntax {}

  /** {@code x[:, 0]}. */
  record Index(Span span, Expression target, List<IndexItem> items) implements Expression {}

  /** What stands between the commas of an index. */
  sealed interface IndexItem extends Syntax {}

  /** {@code a:b:c}. */
  record Slice(
      Span span, @Nullable Expression start, @Nullable Expression stop, @Nullable Expression step)
      implements IndexItem {}

  /** {@code ...}. */
  record Ellipsis(Span span) implements IndexItem {}

  /** One index. */
  record At(Span span, Expression value) implements IndexItem {}

  /** {@code x.shape}. */
  record Member(Span span, Expression target, Name name) implements Expression {}

  /** {@code -x}. */
  record Unary(Span span, String operator, Expression operand) implements Expression {}

  /** {@code a + b}. */
  record Binary(Span span, String operator, Span at, Expression left, Expression right)
      implements Expression {}

  /** {@code a if c else b}. */
  record Conditional(Span span, Expression condition, Expression then, Expression otherwise)
      implements Expression {}

  /** {@code x |> dense(10)}. */
  record Pipe(Span span, Expression value, Expression into) implements Expression {}

  /** An expression in parentheses. */
  record Group(Span span, Expression inner) implements Expression {}

  /** An expression that could not be read. */
  record BadExpression(Span span) implements Expression {}
}
