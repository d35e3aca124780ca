package dev.lathe.frontend.emit;

import static dev.lathe.frontend.ImportException.quote;

import dev.lathe.ir.Dim;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.CreationOp.Range;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * Sums of products in Einstein's notation (NumPy {@code einsum}; ONNX {@code Einsum}-12): operands
 * are joined from the left, two at a time, each pair by one batched matrix product. A label is a
 * letter, or for the axes an ellipsis stands for {@code .0}, {@code .1}, … counted from the last.
 */
public final class Einsum {

  /** Says what is wrong with an equation, as a clause whose subject is the equation. */
  public static final class EquationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EquationException(String what) {
      super(what);
    }

    @Override
    public String getMessage() {
      return Objects.requireNonNull(super.getMessage());
    }
  }

  /** A tensor whose axes bear labels, each once. */
  private record Term(Value value, List<String> labels) {}

  private final Emitter emit;
  private final Map<String, Dim> sizes = new HashMap<>();

  private Einsum(Emitter emit) {
    this.emit = emit;
  }

  /**
   * Adds the ops of an equation such as {@code "bij,bjk->bik"}.
   *
   * @param operands as many as the equation names
   * @throws EquationException if the equation is none, or does not fit the operands
   */
  public static Value add(Emitter emit, String equation, List<Value> operands) {
    return new Einsum(emit).lower(equation.replace(" ", ""), operands);
  }

  private Value lower(String equation, List<Value> operands) {
    int arrow = equation.indexOf("->");
    String[] sides = (arrow < 0 ? equation : equation.substring(0, arrow)).split(",", -1);
    if (sides.length != operands.size() || operands.isEmpty()) {
      throw new EquationException(
          "names " + sides.length + " operands for " + operands.size() + " inputs");
    }
    List<List<String>> labels = new ArrayList<>();
    for (int i = 0; i < sides.length; i++) {
      labels.add(parse(sides[i], operands.get(i).type().rank()));
      note(operands.get(i), labels.get(i));
    }
    List<String> output =
        arrow < 0 ? implicitOutput(labels) : parseOutput(equation.substring(arrow + 2), labels);
    Term result = null;
    for (int i = 0; i < sides.length; i++) {
      Set<String> later = new LinkedHashSet<>(output);
      labels.subList(i + 1, labels.size()).forEach(later::addAll);
      Term term = diagonal(new Term(operands.get(i), labels.get(i)));
      if (result == null) {
        result = sum(term, later);
      } else {
        result = join(result, sum(term, union(later, result.labels())), later);
      }
    }
    return ordered(Objects.requireNonNull(result), output);
  }

  private List<String> parse(String side, int rank) {
    int dots = side.indexOf("...");
    String letters = side.replace("...", "");
    if (!letters.chars().allMatch(Character::isLetter)) {
      throw new EquationException("has more than letters, commas, an arrow and an ellipsis a term");
    }
    int hidden = rank - letters.length();
    if (hidden < 0 || (dots < 0 && hidden > 0)) {
      throw new EquationException("has the term " + quote(side) + " for a tensor of rank " + rank);
    }
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < letters.length(); i++) {
      if (i == dots) {
        ellipsis(labels, hidden);
      }
      labels.add(letters.substring(i, i + 1));
    }
    if (dots == letters.length()) {
      ellipsis(labels, hidden);
    }
    return labels;
  }

  private static void ellipsis(List<String> labels, int count) {
    for (int i = count - 1; i >= 0; i--) {
      labels.add("." + i);
    }
  }

  private List<String> parseOutput(String side, List<List<String>> operands) {
    Set<String> known = new LinkedHashSet<>();
    operands.forEach(known::addAll);
    int hidden = (int) known.stream().filter(label -> label.startsWith(".")).count();
    boolean dots = side.contains("...");
    List<String> labels = parse(side, side.replace("...", "").length() + (dots ? hidden : 0));
    if (!known.containsAll(labels) || new LinkedHashSet<>(labels).size() != labels.size()) {
      throw new EquationException("has a label in its output that no operand has, or one twice");
    }
    return labels;
  }

  /**
   * Without an arrow: the axes of ellipses, then letters that stand once, in alphabetical order.
   */
  private static List<String> implicitOutput(List<List<String>> operands) {
    Map<String, Integer> counts = new TreeMap<>();
    operands.forEach(labels -> labels.forEach(label -> counts.merge(label, 1, Integer::sum)));
    List<String> output = new ArrayList<>();
    ellipsis(output, (int) counts.keySet().stream().filter(label -> label.startsWith(".")).count());
    counts.forEach(
        (label, count) -> {
          if (count == 1 && !label.startsWith(".")) {
            output.add(label);
          }
        });
    return output;
  }

  /** Notes the size of each label; a size of 1 gives way to another. */
  private void note(Value value, List<String> labels) {
    for (int i = 0; i < labels.size(); i++) {
      Dim size = value.type().dim(i);
      Dim before = sizes.get(labels.get(i));
      if (before == null || before.is(1)) {
        sizes.put(labels.get(i), size);
      } else if (before.isFixed() && size.isFixed() && !size.is(1) && !size.equals(before)) {
        throw new EquationException(
            "gives " + quote(labels.get(i)) + " the sizes " + before + " and " + size);
      }
    }
  }

  private static Set<String> union(Set<String> a, List<String> b) {
    Set<String> all = new LinkedHashSet<>(a);
    all.addAll(b);
    return all;
  }

  /** Takes the diagonal of axes that bear one label. */
  private Term diagonal(Term term) {
    Value value = term.value();
    List<String> labels = new ArrayList<>(term.labels());
    for (int i = 0; i < labels.size(); i++) {
      for (int j = labels.size() - 1; j > i; j--) {
        if (labels.get(i).equals(labels.get(j))) {
          value = diagonal(value, i, j);
          labels.remove(j);
        }
      }
    }
    return new Term(value, labels);
  }

  /**
   * Keeps the elements whose two indices are equal and sums the second axis, which has one left.
   */
  private Value diagonal(Value x, int first, int second) {
    int rank = x.type().rank();
    Value rows = emit.trailing(steps(x, first), rank - 1 - first);
    Value columns = emit.trailing(steps(x, second), rank - 1 - second);
    Value same = emit.binary(BinaryFunction.EQUAL, rows, columns);
    Value kept = emit.where(same, x, emit.scalarLike(x, 0));
    return emit.reduce(ReduceFunction.SUM, kept, List.of(second), false);
  }

  private Value steps(Value x, int axis) {
    Value zero = emit.number(0);
    Value one = emit.number(1);
    return emit.add(new Range(), zero, emit.asScalar(emit.sizeOf(x, axis)), one);
  }

  /** Sums the axes nobody needs later. */
  private Term sum(Term term, Set<String> needed) {
    List<Integer> axes = new ArrayList<>();
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < term.labels().size(); i++) {
      if (needed.contains(term.labels().get(i))) {
        kept.add(term.labels().get(i));
      } else {
        axes.add(i);
      }
    }
    return axes.isEmpty()
        ? term
        : new Term(emit.reduce(ReduceFunction.SUM, term.value(), axes, false), kept);
  }

  /** The product of two terms, summed over labels both have and nobody needs later. */
  private Term join(Term a, Term b, Set<String> needed) {
    List<String> batch = new ArrayList<>();
    List<String> rows = new ArrayList<>();
    List<String> inner = new ArrayList<>();
    for (String label : a.labels()) {
      boolean shared = b.labels().contains(label);
      (shared ? (needed.contains(label) ? batch : inner) : rows).add(label);
    }
    List<String> columns = new ArrayList<>(b.labels());
    columns.removeAll(a.labels());
    Value left = matrix(a, batch, rows, inner);
    Value right = matrix(b, batch, inner, columns);
    Value product = emit.add(new MatMul(false, false), left, right);
    List<String> labels = new ArrayList<>(batch);
    labels.addAll(rows);
    labels.addAll(columns);
    return new Term(emit.reshape(product, labels.stream().map(this::size).toList()), labels);
  }

  private Dim size(String label) {
    return Objects.requireNonNull(sizes.get(label));
  }

  /** A term as batch axes, one axis of rows and one of columns, with sizes of 1 stretched. */
  private Value matrix(Term term, List<String> batch, List<String> rows, List<String> columns) {
    List<String> order = new ArrayList<>(batch);
    order.addAll(rows);
    order.addAll(columns);
    Value value = ordered(term, order);
    List<Dim> full = order.stream().map(this::size).toList();
    if (!value.type().shape().dims().equals(full)) {
      value = emit.expand(value, emit.dims(full));
    }
    List<Dim> dims = new ArrayList<>(full.subList(0, batch.size()));
    dims.add(Emitter.product(full.subList(batch.size(), batch.size() + rows.size())));
    dims.add(Emitter.product(full.subList(batch.size() + rows.size(), full.size())));
    return emit.reshape(value, dims);
  }

  private Value ordered(Term term, List<String> order) {
    List<Integer> permutation = order.stream().map(term.labels()::indexOf).toList();
    return emit.transpose(term.value(), permutation);
  }
}
