package dev.lathe.frontend.language;

import static dev.lathe.frontend.language.Poison.POISON;

import dev.lathe.frontend.language.Syntax.Body;
import dev.lathe.frontend.language.Syntax.Name;
import dev.lathe.frontend.language.Syntax.Statement;
import dev.lathe.frontend.layers.Arithmetic;
import dev.lathe.frontend.layers.Initializer;
import dev.lathe.frontend.layers.LayerException;
import dev.lathe.frontend.layers.ModelScope;
import dev.lathe.frontend.layers.Names;
import dev.lathe.frontend.layers.ParameterDeclaration;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs a model as far as it is decided at compile time: statements, loops and blocks, which leave a
 * graph behind.
 *
 * <p>What is wrong gets a diagnostic and the value {@link Poison}, and the run goes on, so that
 * independent errors are all found. Not safe for use by several threads.
 */
final class Elaborator {
  /** More statements and expressions than these are taken for an endless computation. */
  private static final long MOST_STEPS = 2_000_000;

  /** After so many failures, which loops may repeat, what follows is no news. */
  private static final int MOST_FAILURES = 2_000;

  /** So many calls around an error are told. */
  private static final int MOST_CALLS = 3;

  private final Diagnostics diagnostics;
  private final ModelScope scope;
  private final Arithmetic arithmetic;
  private final IdentityHashMap<Object, Span> origins = new IdentityHashMap<>();
  private final Evaluator evaluator;
  private final Map<Unit, Map<String, Object>> constants = new HashMap<>();
  private long steps;
  private int failures;
  private boolean exhausted;

  Elaborator(Diagnostics diagnostics, ModelScope scope) {
    this.diagnostics = diagnostics;
    this.scope = scope;
    this.arithmetic = new Arithmetic(scope.emit());
    this.evaluator = new Evaluator(this);
  }

  ModelScope scope() {
    return scope;
  }

  Arithmetic arithmetic() {
    return arithmetic;
  }

  Evaluator evaluator() {
    return evaluator;
  }

  Diagnostics diagnostics() {
    return diagnostics;
  }

  /** A run of a block that is not done. */
  private record Running(String block, Span call) {}

  private final java.util.ArrayDeque<Running> running = new java.util.ArrayDeque<>();

  /** Says that a block runs from now on. */
  void enter(String block, Span call) {
    running.push(new Running(block, call));
  }

  /** Says that the block that runs is done. */
  void leave() {
    running.pop();
  }

  /** Adds an error, with the calls of the blocks that run. @return poison */
  Object fail(Span span, String message, String help, Diagnostic.Note... notes) {
    failures++;
    exhausted |= failures > MOST_FAILURES;
    List<Diagnostic.Note> all = new ArrayList<>(List.of(notes));
    running.stream()
        .filter(call -> !call.call().contains(span))
        .limit(MOST_CALLS)
        .map(call -> new Diagnostic.Note(call.call(), "in this call of " + call.block()))
        .forEach(all::add);
    diagnostics.error(span, message, help, all.stream().distinct().toArray(Diagnostic.Note[]::new));
    return POISON;
  }

  /** The value of a constant of a file. */
  Object constant(Unit unit, Syntax.Const constant) {
    Map<String, Object> known = constants.computeIfAbsent(unit, _ -> new HashMap<>());
    String name = constant.name().text();
    Object value = known.get(name);
    if (value == null) {
      // What a constant needs of itself is unknown; the check of names reports it.
      known.put(name, POISON);
      value = evaluator.operand(constant.value(), new Frame(unit, Frame.Place.MODEL));
      known.put(name, value);
    }
    return value;
  }

  /** Adds what an exception says of a place. @return poison */
  Object fail(Span span, LayerException e, Diagnostic.Note... notes) {
    return fail(span, e.getMessage(), e.help(), notes);
  }

  /** Counts a step. @return false if there were too many, which is reported */
  boolean step(Span span) {
    return steps(1, span);
  }

  /** Counts steps. @return false if there were too many, which is reported */
  boolean steps(int count, Span span) {
    steps += count;
    if (steps > MOST_STEPS && !exhausted) {
      exhausted = true;
      fail(
          span,
          "the model takes more than 2_000_000 steps to build",
          "check the loops around this");
    }
    return !exhausted;
  }

  /** True if there were too many steps or failures: what lacks since then follows from it. */
  boolean isExhausted() {
    return exhausted;
  }

  /** Remembers where a tensor or a layer was made. */
  void made(Object value, Span span) {
    origins.putIfAbsent(value, span);
  }

  /** Remembers that a tensor, made in a block, came out of a call. */
  void returned(Object value, Span call) {
    if (value instanceof Value) {
      origins.put(value, call);
    }
  }

  /** Where a tensor or a layer was made; null if nobody knows. */
  @Nullable Span origin(Object value) {
    return origins.get(value);
  }

  /** What a body gave; null if that is wrong, which is reported. */
  @Nullable List<Object> outputs(List<Syntax.Output> outputs, Frame frame, Name of, Body body) {
    return evaluator.caller().blocks().outputs(outputs, frame, of, body);
  }

  /** Runs the statements of a body until one returns. */
  void run(Body body, Frame frame) {
    for (Statement statement : body.statements()) {
      if (frame.returned() != null || !step(statement.span())) {
        return;
      }
      run(statement, frame);
    }
  }

  private void run(Statement statement, Frame frame) {
    switch (statement) {
      case Syntax.Assign assign -> assign(assign, frame);
      case Syntax.Param param -> parameter(param, frame);
      case Syntax.Shared shared -> shared(shared, frame);
      case Syntax.Return given -> {
        List<Object> values = new ArrayList<>();
        for (Syntax.Expression each : given.values()) {
          values.add(evaluator.operand(each, frame));
        }
        frame.setReturned(values, given.span());
      }
      case Syntax.If branch -> branch(branch, frame);
      case Syntax.For loop -> loop(loop, frame);
      case Syntax.Discarded discarded -> {
        Object value = evaluator.value(discarded.value(), frame);
        if (value != POISON) {
          fail(
              discarded.span(),
              "the value of this is not used",
              "give it a name: x = …, or return it");
        }
      }
      case Syntax.BadStatement bad -> bad(bad, frame);
    }
  }

  private static void bad(Syntax.BadStatement bad, Frame frame) {
    bad.assigned().forEach(name -> frame.variables().put(name.text(), POISON));
    frame.setBroken();
    if (bad.returns()) {
      frame.setReturned(List.of(POISON), bad.span());
    }
  }

  private void assign(Syntax.Assign assign, Frame frame) {
    Object value = evaluator.value(assign.value(), frame);
    List<Syntax.Target> targets = assign.targets();
    if (targets.size() == 1) {
      set(targets.get(0), value, assign.value().span(), frame);
      return;
    }
    if (value instanceof List<?> list && list.size() == targets.size()) {
      for (int i = 0; i < targets.size(); i++) {
        set(targets.get(i), list.get(i), assign.value().span(), frame);
      }
      return;
    }
    if (value != POISON) {
      fail(
          assign.value().span(),
          targets.size() + " names stand before '=', and this is " + Described.values(value),
          value instanceof Value
              ? "split(x, " + targets.size() + ", axis: -1) makes a list of parts"
              : "");
    }
    targets.forEach(target -> frame.variables().put(target.name().text(), POISON));
  }

  private void set(Syntax.Target target, Object value, Span from, Frame frame) {
    Object result = value;
    if (target.type() != null) {
      result =
          Types.check(this, target.type(), value, frame, from, "'" + target.name().text() + "'");
    }
    frame.variables().put(target.name().text(), result);
  }

  private void parameter(Syntax.Param param, Frame frame) {
    frame.variables().put(param.name().text(), POISON);
    TensorType type = Types.tensor(this, param.type(), frame, false);
    Object written =
        param.initializer() == null
            ? "glorot_uniform"
            : evaluator.operand(param.initializer(), frame);
    if (type == null || written == POISON) {
      return;
    }
    Span valueSpan = param.initializer() == null ? param.name().span() : param.initializer().span();
    Span span = valueSpan;
    try {
      Initializer initializer = Constants.initializer(written, type, param.initializer() == null);
      span = param.name().span();
      String path = take(param, frame);
      span = type.shape().isFixed() ? valueSpan : param.type().span();
      Value value =
          scope.parameter(
              new ParameterDeclaration(
                  path, type, initializer, frame.place().trainable(), null, null),
              frame.place().again());
      made(value, param.name().span());
      frame.variables().put(param.name().text(), value);
    } catch (LayerException e) {
      fail(span, e);
    }
  }

  /** The path of a weight. */
  private static String take(Syntax.Param param, Frame frame) {
    String name = param.name().text();
    boolean isAgain = !frame.declared().add(param);
    try {
      return frame.names().take(name);
    } catch (LayerException e) {
      throw new LayerException(
          isAgain
              ? "the weight '" + name + "' is declared again each time that the loop goes round"
              : "there is a weight or a layer named '" + name + "' here already",
          isAgain
              ? "declare it before the loop, or put it into a block, each call of which has its own"
              : "give it another name",
          e);
    }
  }

  private void shared(Syntax.Shared shared, Frame frame) {
    String name = shared.name().text();
    frame.variables().put(name, POISON);
    Object value = evaluator.value(shared.value(), frame);
    if (value == POISON) {
      return;
    }
    boolean isCallable =
        value instanceof Callable.OfLayer
            || value instanceof Callable.OfPartial
            || value instanceof Callable.OfBlock
            || value instanceof Callable.OfImport
            || value instanceof Callable.OfKind;
    if (!isCallable) {
      fail(
          shared.value().span(),
          "only a layer or a block can be shared, and this is " + Described.of(value),
          value instanceof Value
              ? "leave its input out: shared " + name + " = dense(64), then " + name + "(x)"
              : "write it without 'shared'");
      return;
    }
    try {
      String path = frame.names().take(name);
      frame.variables().put(name, new Callable.OfShared((Callable) value, path));
    } catch (LayerException e) {
      fail(shared.name().span(), e);
    }
  }

  private void branch(Syntax.If branch, Frame frame) {
    Object condition = evaluator.operand(branch.condition(), frame);
    if (condition != POISON) {
      try {
        Body taken = Numbers.truth(condition) ? branch.then() : branch.otherwise();
        if (taken != null) {
          run(taken, frame);
        }
        return;
      } catch (LayerException e) {
        fail(branch.condition().span(), e);
      }
    }
    poison(branch.then(), frame);
    if (branch.otherwise() != null) {
      poison(branch.otherwise(), frame);
    }
  }

  private void loop(Syntax.For loop, Frame frame) {
    Object iterable = evaluator.operand(loop.iterable(), frame);
    if (!(iterable instanceof List<?> list)) {
      if (iterable != POISON) {
        fail(
            loop.iterable().span(),
            "a for loop goes through a list, and this is " + Described.of(iterable),
            Described.listHelp(iterable));
      }
      loop.names().forEach(name -> frame.variables().put(name.text(), POISON));
      poison(loop.body(), frame);
      return;
    }
    for (Object element : list) {
      if (frame.returned() != null || !bind(loop.names(), element, loop.iterable().span(), frame)) {
        return;
      }
      run(loop.body(), frame);
    }
  }

  /** Gives the names of a loop their values. @return false if there are too many of one of them */
  boolean bind(List<Name> names, Object element, Span span, Frame frame) {
    if (names.size() == 1) {
      frame.variables().put(names.get(0).text(), element);
      return step(span);
    }
    if (!(element instanceof List<?> parts) || parts.size() != names.size()) {
      names.forEach(name -> frame.variables().put(name.text(), POISON));
      if (element != POISON) {
        fail(
            span,
            names.size()
                + " names stand before 'in', and an element of this is "
                + Described.values(element),
            names.size() == 2 && !(element instanceof List<?>)
                ? "write enumerate(…) for the index and the element"
                : "");
        return false;
      }
      return step(span);
    }
    for (int i = 0; i < names.size(); i++) {
      frame.variables().put(names.get(i).text(), parts.get(i));
    }
    return step(span);
  }

  /** Makes what a body that is not run would have given values to unknown. */
  private void poison(Body body, Frame frame) {
    for (Statement statement : body.statements()) {
      switch (statement) {
        case Syntax.Assign assign ->
            assign.targets().forEach(target -> frame.variables().put(target.name().text(), POISON));
        case Syntax.Param param -> frame.variables().put(param.name().text(), POISON);
        case Syntax.Shared shared -> frame.variables().put(shared.name().text(), POISON);
        case Syntax.BadStatement bad -> bad(bad, frame);
        case Syntax.If branch -> {
          poison(branch.then(), frame);
          if (branch.otherwise() != null) {
            poison(branch.otherwise(), frame);
          }
        }
        case Syntax.For loop -> poison(loop.body(), frame);
        case Syntax.Return given -> {
          List<Object> values = new ArrayList<>();
          given.values().forEach(_ -> values.add(POISON));
          frame.setReturned(values, given.span());
        }
        case Syntax.Discarded _ -> {}
      }
    }
  }

  /** The element type of a name; null if there is none. */
  static @Nullable ElementType elementType(String name) {
    for (ElementType type : ElementType.values()) {
      if (type.toString().equals(name)) {
        return type;
      }
    }
    return null;
  }

  /** A frame for the run of a block. */
  static Frame frame(Unit unit, Frame.Place place) {
    return new Frame(unit, place);
  }

  /** A size of the language as a dimension; null if it is none. */
  static @Nullable Dim size(Object value) {
    return switch (value) {
      case Long size -> Dim.of(size);
      case Dim dim -> dim;
      default -> null;
    };
  }

  /** The path of a layer or a block in a frame. @throws LayerException if the name is taken */
  static String path(Names names, CommonOptions options, String kind) {
    return options.name().isPresent() ? names.take(options.name().get()) : names.next(kind);
  }
}
