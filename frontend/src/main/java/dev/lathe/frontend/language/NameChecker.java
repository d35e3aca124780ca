package dev.lathe.frontend.language;

import dev.lathe.frontend.language.Syntax.Body;
import dev.lathe.frontend.language.Syntax.Expression;
import dev.lathe.frontend.language.Syntax.Name;
import dev.lathe.frontend.language.Syntax.Parameter;
import dev.lathe.frontend.language.Syntax.Statement;
import dev.lathe.frontend.layers.Argument;
import dev.lathe.frontend.layers.Suggestions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds what is wrong with names without running anything, in blocks that nobody calls too: unknown
 * names, arguments that layers do not have, values that are never used, blocks that call
 * themselves.
 */
final class NameChecker {
  private final Unit unit;
  private final Diagnostics diagnostics;
  private final Recursion recursion;
  private final Set<String> usedMembers = new HashSet<>();

  NameChecker(Unit unit, Diagnostics diagnostics) {
    this.unit = unit;
    this.diagnostics = diagnostics;
    this.recursion = new Recursion(unit, diagnostics);
  }

  /** Checks all items of the file. */
  void check() {
    for (Syntax.Item item : unit.file().items()) {
      switch (item) {
        case Syntax.Const constant -> new Scope(constant.name().text()).read(constant.value());
        case Syntax.Block block ->
            new Scope(block.name().text())
                .body(block.name(), block.parameters(), block.outputs(), block.body(), false);
        case Syntax.Model model ->
            new Scope(model.name().text())
                .body(model.name(), model.parameters(), model.outputs(), model.body(), true);
        case Syntax.Import _, Syntax.BadItem _ -> {}
      }
    }
    recursion.check();
    unusedImports();
  }

  private void unusedImports() {
    boolean isBroken = unit.file().items().stream().anyMatch(Syntax.BadItem.class::isInstance);
    for (Syntax.Item item : unit.file().items()) {
      if (item instanceof Syntax.Import imported
          && imported.alias() != null
          && !isBroken
          && !usedMembers.contains(imported.alias().text())) {
        diagnostics.add(
            Diagnostic.warning(
                imported.alias().span(),
                "'" + imported.alias().text() + "' is imported and not used",
                "remove the import"));
      }
    }
  }

  /** The names of one body. */
  private final class Scope {
    private final String owner;
    private final Set<String> defined = new LinkedHashSet<>();
    private final Map<String, Pending> pending = new HashMap<>();
    private final Set<String> live = new HashSet<>();
    private boolean isBroken;
    private boolean returns;

    /** A value that was not used yet. */
    private record Pending(Span span, String what, Body body) {}

    Scope(String owner) {
      this.owner = owner;
    }

    void body(
        Name name,
        List<Parameter> parameters,
        List<Syntax.Output> outputs,
        Body body,
        boolean isModel) {
      for (Parameter parameter : parameters) {
        if (parameter.type() != null) {
          sizes(parameter.type());
        }
        if (parameter.fallback() != null) {
          read(parameter.fallback());
        }
        String text = parameter.name().text();
        Pending first = pending.get(text);
        if (!defined.add(text) && first != null) {
          diagnostics.error(
              parameter.name().span(),
              "there are two " + (isModel ? "inputs" : "parameters") + " named '" + text + "'",
              "give one of them another name",
              new Diagnostic.Note(first.span(), "the other one"));
        }
        pending.put(
            text,
            new Pending(parameter.name().span(), isModel ? "the input" : "the parameter", body));
      }
      Map<String, Span> names = new HashMap<>();
      for (Syntax.Output output : outputs) {
        Span first = names.putIfAbsent(output.name().text(), output.name().span());
        if (first != null) {
          diagnostics.error(
              output.name().span(),
              "there are two outputs named '" + output.name().text() + "'",
              "give one of them another name",
              new Diagnostic.Note(first, "the other one"));
        }
      }
      statements(body);
      for (Syntax.Output output : outputs) {
        pending.remove(output.name().text());
        if (output.type() != null) {
          sizes(output.type());
        }
      }
      if ((!returns && !isBroken) || (isModel && outputs.isEmpty())) {
        missing(name, outputs, body, isModel);
      }
      if (!isBroken) {
        pending.forEach((text, value) -> unused(text, value));
      }
    }

    private void missing(Name name, List<Syntax.Output> outputs, Body body, boolean isModel) {
      if (outputs.isEmpty()) {
        diagnostics.error(
            name.span(),
            (isModel
                ? "the model '" + name.text() + "' has no output"
                : "the block '" + name.text() + "' returns nothing"),
            isModel
                ? "name its outputs behind the inputs: model " + name.text() + "(…) -> (y) { … }"
                : "end it with: return " + Assignments.last(body));
      }
      for (Syntax.Output output : outputs) {
        if (!defined.contains(output.name().text())) {
          diagnostics.error(
              output.name().span(),
              "the output '" + output.name().text() + "' gets no value",
              "write " + output.name().text() + " = …, or return it");
        }
      }
    }

    private void unused(String text, Pending value) {
      if (!text.startsWith("_")) {
        diagnostics.add(
            Diagnostic.warning(
                value.span(),
                value.what() + " '" + text + "' is not used",
                "remove it, or call it '_" + text + "' if that is meant"));
      }
    }

    /** Names in shapes are sizes from there on. */
    private void sizes(Syntax.Type type) {
      if (Types.isTensor(type)) {
        Types.element(diagnostics, type);
      }
      if (type.dims() != null) {
        for (Expression dim : type.dims()) {
          if (dim instanceof Syntax.Reference name && name.name().equals("None")) {
            diagnostics.error(
                dim.span(),
                "a size that is not known needs a name of its own",
                "write f32[N, 8]; sizes of one name are the same");
          }
          if (dim instanceof Syntax.Reference name
              && !(unit.members().get(name.name()) instanceof Syntax.Const)
              && !(unit.members().get(name.name()) instanceof UnitLoader.ConstOf)) {
            defined.add(name.name());
          } else {
            read(dim);
          }
        }
      }
    }

    private void statements(Body body) {
      Statement before = null;
      for (Statement statement : body.statements()) {
        if (before instanceof Syntax.Return) {
          diagnostics.add(
              Diagnostic.warning(
                  statement.span(),
                  "this is never run",
                  "remove it, or the return before it",
                  new Diagnostic.Note(before.span(), "it stands behind a return")));
        }
        statement(statement, body);
        before = statement;
      }
    }

    private void statement(Statement statement, Body body) {
      switch (statement) {
        case Syntax.Assign assign -> {
          read(assign.value());
          for (Syntax.Target target : assign.targets()) {
            if (target.type() != null) {
              sizes(target.type());
            }
            assigned(target.name(), "the value of", body);
          }
        }
        case Syntax.Param param -> {
          Types.element(diagnostics, param.type());
          if (param.type().dims() != null) {
            param.type().dims().forEach(this::read);
          }
          if (param.initializer() != null) {
            read(param.initializer());
          }
          assigned(param.name(), "the weight", body);
        }
        case Syntax.Shared shared -> {
          read(shared.value());
          assigned(shared.name(), "the shared layer", body);
        }
        case Syntax.Return given -> {
          returns = true;
          given.values().forEach(this::read);
        }
        case Syntax.If branch -> {
          read(branch.condition());
          statements(branch.then());
          if (branch.otherwise() != null) {
            statements(branch.otherwise());
          }
        }
        case Syntax.For loop -> loop(loop);
        case Syntax.Discarded discarded -> read(discarded.value());
        case Syntax.BadStatement bad -> {
          isBroken = true;
          bad.assigned().forEach(name -> defined.add(name.text()));
        }
      }
    }

    /** What a loop reads anywhere may be what it gave a value the time before. */
    private void loop(Syntax.For loop) {
      read(loop.iterable());
      for (Name name : loop.names()) {
        defined.add(name.text());
        pending.remove(name.text());
      }
      Set<String> outer = new HashSet<>(live);
      new Reads(live).statements(loop.body());
      statements(loop.body());
      live.clear();
      live.addAll(outer);
    }

    private void assigned(Name name, String what, Body body) {
      String text = name.text();
      Pending before = pending.get(text);
      if (before != null && before.body().span().equals(body.span()) && !isBroken) {
        unused(text, before);
      }
      defined.add(text);
      if (live.contains(text)) {
        pending.remove(text);
      } else {
        pending.put(text, new Pending(name.span(), what, body));
      }
    }

    /** Finds what is wrong with the names of an expression, and marks them as used. */
    void read(Expression expression) {
      switch (expression) {
        case Syntax.Reference name -> reference(name);
        case Syntax.Call call -> {
          read(call.callee());
          call.arguments().forEach(argument -> read(argument.value()));
          arguments(call);
        }
        case Syntax.Comprehension each -> {
          read(each.iterable());
          Set<String> added = new HashSet<>();
          each.names()
              .forEach(
                  name -> {
                    if (defined.add(name.text())) {
                      added.add(name.text());
                    }
                  });
          if (each.condition() != null) {
            read(each.condition());
          }
          read(each.element());
          defined.removeAll(added);
        }
        case Syntax.Member member when isPrefixed(member) -> {}
        default -> Parts.of(expression).forEach(this::read);
      }
    }

    private void reference(Syntax.Reference reference) {
      String name = reference.name();
      pending.remove(name);
      usedMembers.add(name);
      if (defined.contains(name)) {
        return;
      }
      Object member = unit.members().get(name);
      boolean isOwn = member instanceof Callable.OfBlock block && block.unit() == unit;
      if (isOwn || member instanceof Syntax.Const) {
        recursion.uses(owner, name, reference.span());
      }
      if (member instanceof UnitLoader.ModelOf) {
        diagnostics.error(
            reference.span(),
            "'" + name + "' is a model, and models are not called",
            "make what both need a block");
      } else if (member == null && Vocabulary.find(name) == null && !unit.isOpen()) {
        diagnostics.error(reference.span(), "there is nothing named '" + name + "'", help(name));
      }
    }

    private String help(String name) {
      Set<String> near = new LinkedHashSet<>(defined);
      near.addAll(unit.members().keySet());
      String help = Vocabulary.help(name, near);
      for (Syntax.Item item : unit.file().items()) {
        if (item instanceof Syntax.Block block
            && help.isEmpty()
            && !block.name().text().equals(owner)
            && Assignments.find(block.body(), name) != null) {
          return "'"
              + name
              + "' is a name within "
              + block.name().text()
              + ", which would have to return it";
        }
      }
      return help;
    }

    /** {@code keras.layers.Dense}. @return false if it is something of this model */
    private boolean isPrefixed(Syntax.Member member) {
      Syntax.Reference root = Vocabulary.prefix(member);
      if (root == null
          || defined.contains(root.name())
          || unit.members().containsKey(root.name())) {
        return false;
      }
      diagnostics.error(
          member.span(),
          "there is nothing named '" + member.span().text() + "'",
          Vocabulary.prefixHelp(member));
      return true;
    }

    /** Arguments that a layer does not have are wrong wherever it is called. */
    private void arguments(Syntax.Call call) {
      if (!(call.callee() instanceof Syntax.Reference callee)
          || defined.contains(callee.name())
          || unit.members().containsKey(callee.name())
          || !(Vocabulary.find(callee.name()) instanceof Callable.OfKind kind)) {
        return;
      }
      List<String> known =
          new ArrayList<>(
              kind.kind().signature().arguments().stream().map(Argument::name).toList());
      List<String> also = new ArrayList<>(List.of("name", "trainable", "dtype"));
      if (!kind.kind().variadic()) {
        also.addAll(kind.kind().inputs());
      }
      for (Syntax.Argument argument : call.arguments()) {
        Name name = argument.name();
        if (name != null && !known.contains(name.text()) && !also.contains(name.text())) {
          diagnostics.error(
              name.span(),
              callee.name() + "() has no argument '" + name.text() + "'",
              Suggestions.help(name.text(), known));
        }
      }
    }
  }

  /** The names that statements read. */
  private record Reads(Set<String> names) {
    void statements(Body body) {
      for (Statement statement : body.statements()) {
        switch (statement) {
          case Syntax.Assign assign -> read(assign.value());
          case Syntax.Param param -> {
            if (param.initializer() != null) {
              read(param.initializer());
            }
          }
          case Syntax.Shared shared -> read(shared.value());
          case Syntax.Return given -> given.values().forEach(this::read);
          case Syntax.If branch -> {
            read(branch.condition());
            statements(branch.then());
            if (branch.otherwise() != null) {
              statements(branch.otherwise());
            }
          }
          case Syntax.For loop -> {
            read(loop.iterable());
            statements(loop.body());
          }
          case Syntax.Discarded discarded -> read(discarded.value());
          case Syntax.BadStatement _ -> {}
        }
      }
    }

    private void read(Expression expression) {
      if (expression instanceof Syntax.Reference name) {
        names.add(name.name());
      }
      Parts.of(expression).forEach(this::read);
    }
  }
}
