package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;

import dev.lathe.frontend.emit.Einsum;
import dev.lathe.frontend.emit.Emitter;
import dev.lathe.frontend.layers.Arithmetic.Operator;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.LinalgOp.Attention;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Products of vectors, matrices and more. */
final class LinearFunctions {
  /** The axes that are summed, of each of two tensors. */
  private record Summed(List<Long> first, List<Long> second) {}

  private static final Argument<Summed> AXES =
      optional(
          "axes",
          new ArgumentKind<Summed>() {
            @Override
            public String wanted() {
              return "a number of axes, or a list of two lists of axes";
            }

            @Override
            public Summed convert(Object written) {
              return summed(written);
            }
          },
          2L);

  private static final Argument<String> SUBSCRIPTS = required("subscripts", ArgumentKinds.TEXT);
  private static final Argument<Double> SCALE = optional("scale", ArgumentKinds.NUMBER);
  private static final Argument<Boolean> IS_CAUSAL =
      optional("is_causal", ArgumentKinds.FLAG, false);

  private LinearFunctions() {}

  static void register(LayerIndex index) {
    index.add(Functions.ofTwo("outer", LinearFunctions::outer));
    index.add(Functions.ofTwo("dot", LinearFunctions::dot));
    index.add(Functions.ofTwo("inner", LinearFunctions::inner));
    index.add(Functions.ofTwo("vdot", LinearFunctions::vdot));
    index.add(Functions.ofTwo("tensordot", LinearFunctions::tensordot, AXES));
    index.add(Functions.ofMany("einsum", 1, LinearFunctions::einsum, SUBSCRIPTS));
    index.add(
        new LayerKind(
            Signature.of("dot_product_attention", SCALE, IS_CAUSAL),
            "ops.dot_product_attention",
            List.of("query", "key", "value", "bias", "mask"),
            3,
            false,
            LinearFunctions::attention));
  }

  private static Summed summed(Object written) {
    if (written instanceof Long count && count >= 0 && count < 64) {
      return new Summed(
          IntStream.range(0, count.intValue()).mapToObj(i -> i - count).toList(),
          IntStream.range(0, count.intValue()).mapToObj(i -> (long) i).toList());
    }
    if (written instanceof List<?> list && list.size() == 2 && !list.contains(null)) {
      Summed summed =
          new Summed(
              ArgumentKinds.INTEGERS.convert(Objects.requireNonNull(list.get(0))),
              ArgumentKinds.INTEGERS.convert(Objects.requireNonNull(list.get(1))));
      if (summed.first.size() == summed.second.size()) {
        return summed;
      }
    }
    throw new LayerException(Written.described(written), "");
  }

  /** {@code ops.einsum}: a sum of products in Einstein's notation. */
  private static List<Value> einsum(LayerScope scope) {
    List<Value> operands = Promotion.promote(scope.emit(), scope.inputs());
    String equation = scope.get(SUBSCRIPTS);
    ElementType type = operands.get(0).type().elementType();
    boolean exact = type.isFloat();
    List<Value> numbers = exact ? operands : Promotion.to(scope.emit(), ElementType.F64, operands);
    try {
      Value sum = Einsum.add(scope.emit(), equation, numbers);
      return List.of(scope.emit().cast(sum, type == ElementType.BOOL ? ElementType.I32 : type));
    } catch (Einsum.EquationException e) {
      throw new LayerException(
              "'subscripts' of einsum() " + Written.text(equation) + " " + e.getMessage(),
              "write them as in \"bij,bjk->bik\": a letter for each axis, a comma between tensors",
              e)
          .about("subscripts");
    }
  }

  /** {@code ops.outer}: every element of one tensor times every element of another. */
  private static List<Value> outer(LayerScope scope) {
    Emitter emit = scope.emit();
    Value column = emit.unsqueeze(emit.flat(scope.inputs().get(0)), 1);
    Value row = emit.unsqueeze(emit.flat(scope.inputs().get(1)), 0);
    return List.of(new Arithmetic(emit).binary(Operator.MULTIPLY, column, row));
  }

  /** {@code ops.dot}: the last axis of one tensor and the last but one of the other are summed. */
  private static List<Value> dot(LayerScope scope) {
    int rankB = scope.inputs().get(1).type().rank();
    return List.of(
        isScalar(scope)
            ? product(scope)
            : contract(scope, List.of(-1L), List.of(rankB > 1 ? -2L : -1L)));
  }

  /** {@code ops.inner}: the last axes are summed. */
  private static List<Value> inner(LayerScope scope) {
    return List.of(isScalar(scope) ? product(scope) : contract(scope, List.of(-1L), List.of(-1L)));
  }

  /** {@code ops.vdot}: the sum of products of all elements. */
  private static List<Value> vdot(LayerScope scope) {
    Emitter emit = scope.emit();
    return List.of(
        new Arithmetic(emit)
            .matmul(emit.flat(scope.inputs().get(0)), emit.flat(scope.inputs().get(1))));
  }

  private static boolean isScalar(LayerScope scope) {
    return scope.inputs().stream().anyMatch(x -> x.type().rank() == 0);
  }

  private static Value product(LayerScope scope) {
    return new Arithmetic(scope.emit())
        .binary(Operator.MULTIPLY, scope.inputs().get(0), scope.inputs().get(1));
  }

  /** {@code ops.tensordot}: products summed over axes of both tensors. */
  private static List<Value> tensordot(LayerScope scope) {
    Summed axes = scope.get(AXES);
    return List.of(contract(scope, axes.first, axes.second));
  }

  private static Value contract(LayerScope scope, List<Long> first, List<Long> second) {
    Value a = scope.inputs().get(0);
    Value b = scope.inputs().get(1);
    List<Integer> summedA = axes(scope, a, first);
    List<Integer> summedB = axes(scope, b, second);
    for (int i = 0; i < summedA.size(); i++) {
      Dim sizeA = a.type().dim(summedA.get(i));
      Dim sizeB = b.type().dim(summedB.get(i));
      if (sizeA.isFixed() && sizeB.isFixed() && !sizeA.equals(sizeB)) {
        throw new LayerException(
            scope.name()
                + "() sums over axis "
                + summedA.get(i)
                + " of "
                + a.type()
                + " and axis "
                + summedB.get(i)
                + " of "
                + b.type()
                + ", which have "
                + sizeA
                + " and "
                + sizeB
                + " elements",
            "");
      }
    }
    Emitter emit = scope.emit();
    List<Integer> keptA = others(a, summedA);
    List<Integer> keptB = others(b, summedB);
    Value left = matrix(emit, a, keptA, summedA);
    Value right = matrix(emit, b, summedB, keptB);
    List<Dim> dims = new ArrayList<>(dims(a, keptA));
    dims.addAll(dims(b, keptB));
    return emit.reshape(new Arithmetic(emit).matmul(left, right), dims);
  }

  private static List<Integer> axes(LayerScope scope, Value x, List<Long> written) {
    List<Integer> axes =
        written.stream().map(axis -> (int) (axis < 0 ? axis + x.type().rank() : axis)).toList();
    if (axes.stream().anyMatch(axis -> axis < 0 || axis >= x.type().rank())
        || axes.stream().distinct().count() != axes.size()) {
      throw new LayerException(
          scope.name() + "() sums over axes " + written + ", which " + x.type() + " has not", "");
    }
    return axes;
  }

  private static List<Integer> others(Value x, List<Integer> axes) {
    return IntStream.range(0, x.type().rank()).boxed().filter(i -> !axes.contains(i)).toList();
  }

  private static List<Dim> dims(Value x, List<Integer> axes) {
    return axes.stream().map(x.type()::dim).toList();
  }

  private static Value matrix(Emitter emit, Value x, List<Integer> rows, List<Integer> columns) {
    List<Integer> order = new ArrayList<>(rows);
    order.addAll(columns);
    return emit.matrix(emit.transpose(x, order), rows.size());
  }

  /**
   * {@code ops.dot_product_attention} (Vaswani et al. 2017): query {@code [B, T, N, H]}, key {@code
   * [B, S, K, H]} and value {@code [B, S, K, H]}, where K divides N; a float that is added to the
   * scores {@code [B, N, T, S]}, and a bool that says which of them count.
   */
  private static List<Value> attention(LayerScope scope) {
    Emitter emit = scope.emit();
    List<Value> three = Promotion.promote(emit, scope.inputs().subList(0, 3));
    for (int i = 0; i < 3; i++) {
      if (three.get(i).type().rank() != 4) {
        throw new LayerException(
                "dot_product_attention() takes tensors [batch, time, heads, size], and this is "
                    + three.get(i).type(),
                "reshape the last axis to heads: ops.reshape(x, [N, T, heads, -1])")
            .aboutInput(i);
      }
    }
    Value query = headsFirst(emit, scope.floats(three.get(0)));
    Value key = headsFirst(emit, scope.floats(three.get(1)));
    Value value = headsFirst(emit, scope.floats(three.get(2)));
    Dim heads = query.type().dim(1);
    key = repeated(scope, key, heads, 1);
    value = repeated(scope, value, heads, 2);
    Dim size = query.type().dim(3);
    double scale =
        scope
            .find(SCALE)
            .orElseGet(() -> size.isFixed() ? 1 / Math.sqrt((double) size.value()) : Double.NaN);
    if (Double.isNaN(scale)) {
      throw new LayerException(
              "dot_product_attention() divides by the root of the size of heads, which is " + size,
              "give it a number, or say 'scale'")
          .about("scale");
    }
    List<Value> operands = new ArrayList<>(List.of(query, key, value));
    Value added = added(scope, query, key);
    if (added != null) {
      operands.add(added);
    }
    Value y = emit.addAll(new Attention((float) scale), operands).get(0);
    return List.of(headsFirst(emit, y));
  }

  private static Value headsFirst(Emitter emit, Value x) {
    return emit.transpose(x, List.of(0, 2, 1, 3));
  }

  private static Value repeated(LayerScope scope, Value x, Dim heads, int input) {
    Dim own = x.type().dim(1);
    if (own.equals(heads) || own.is(1)) {
      return x;
    }
    if (!own.isFixed() || !heads.isFixed() || heads.value() % own.value() != 0) {
      throw new LayerException(
              "dot_product_attention() has a query of " + heads + " heads, and this has " + own,
              "give it as many, or a divisor of them")
          .aboutInput(input);
    }
    Emitter emit = scope.emit();
    List<Dim> dims = new ArrayList<>(x.type().shape().dims());
    dims.add(2, Dim.of(heads.value() / own.value()));
    Value copies = emit.expand(emit.unsqueeze(x, 2), emit.dims(dims));
    dims.remove(2);
    dims.set(1, heads);
    return emit.reshape(copies, dims);
  }

  /** What is added to the scores: the bias, and something very small where a mask is false. */
  private static @Nullable Value added(LayerScope scope, Value query, Value key) {
    Emitter emit = scope.emit();
    ElementType type = query.type().elementType();
    Value bias = null;
    Value mask = null;
    for (Value input : scope.inputs().subList(3, scope.inputs().size())) {
      TensorType given = input.type();
      boolean bool = given.elementType() == ElementType.BOOL;
      if (bool ? mask != null : bias != null) {
        throw new LayerException(
            "dot_product_attention() takes a bias, which is not bool, and a mask, which is",
            "cast one of them");
      }
      mask = bool ? input : mask;
      bias = bool ? bias : emit.cast(input, type);
    }
    if (scope.get(IS_CAUSAL)) {
      Value rows = CreationFunctions.counting(emit, query.type().dim(2));
      Value columns = CreationFunctions.counting(emit, key.type().dim(2));
      Value causal = emit.binary(BinaryFunction.GREATER_OR_EQUAL, emit.unsqueeze(rows, 1), columns);
      mask = mask == null ? causal : emit.binary(BinaryFunction.AND, mask, causal);
    }
    if (mask == null) {
      return bias;
    }
    // So small that a score vanishes beside it: rows without a key are uniform, as in Keras.
    double least = type == ElementType.F16 ? -4e4 : -2e38;
    Value kept = bias == null ? emit.scalar(type, 0) : bias;
    return emit.where(mask, kept, emit.scalar(type, least));
  }
}
