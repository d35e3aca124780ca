package dev.lathe.backend.reference;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.Axes;
import dev.lathe.ir.op.ReductionOp.ArgReduce;
import dev.lathe.ir.op.ReductionOp.CumSum;
import dev.lathe.ir.op.ReductionOp.Reduce;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import dev.lathe.ir.op.ReductionOp.TopK;
import dev.lathe.runtime.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Ops that combine elements along axes. Each result is the combination of the elements at {@code
 * lane[r] = start + step[r]}, where starts run over the axes that stay and steps over those that
 * go.
 */
final class ReductionKernels {
  private ReductionKernels() {}

  static Tensor reduce(Reduce op, Call call) {
    long[] shape = call.shape(0);
    int[] starts = Strided.offsetsAcross(shape, op.axes());
    int[] steps = Strided.offsetsAlong(shape, op.axes());
    ElementType type = call.operand(0).elementType();
    if (type.isFloat()) {
      double[] values = call.doubles(0);
      double[] results = new double[starts.length];
      call.workers()
          .forEach(
              results.length,
              i -> results[i] = reduceFloats(op.function(), values, starts[i], steps));
      return call.result(results);
    }
    long[] values = call.longs(0);
    long[] results = new long[starts.length];
    for (int i = 0; i < results.length; i++) {
      results[i] = reduceIntegers(op.function(), type, values, starts[i], steps);
    }
    return call.result(results);
  }

  private static double reduceFloats(
      ReduceFunction function, double[] values, int start, int[] steps) {
    double result =
        switch (function) {
          case PROD -> 1;
          case MAX, LOG_SUM_EXP -> Double.NEGATIVE_INFINITY;
          case MIN -> Double.POSITIVE_INFINITY;
          case SUM, MEAN, L1, L2, LOG_SUM, SUM_SQUARE -> 0;
        };
    for (int step : steps) {
      double x = values[start + step];
      result =
          switch (function) {
            case SUM, MEAN, LOG_SUM -> result + x;
            case PROD -> result * x;
            case MAX, LOG_SUM_EXP -> Math.max(result, x);
            case MIN -> Math.min(result, x);
            case L1 -> result + Math.abs(x);
            case L2, SUM_SQUARE -> result + x * x;
          };
    }
    return switch (function) {
      case SUM, PROD, MAX, MIN, L1, SUM_SQUARE -> result;
      case MEAN -> result / steps.length;
      case L2 -> Math.sqrt(result);
      case LOG_SUM -> Math.log(result);
      case LOG_SUM_EXP -> logSumExp(result, values, start, steps);
    };
  }

  /** The greatest element is taken out of the sum, so that no exponential overflows. */
  private static double logSumExp(double max, double[] values, int start, int[] steps) {
    if (Double.isInfinite(max) || Double.isNaN(max)) {
      return max;
    }
    double sum = 0;
    for (int step : steps) {
      sum += Math.exp(values[start + step] - max);
    }
    return max + Math.log(sum);
  }

  /** Sums and products wrap when they are written; roots, logarithms and means truncate. */
  private static long reduceIntegers(
      ReduceFunction function, ElementType type, long[] values, int start, int[] steps) {
    long result =
        switch (function) {
          case PROD -> 1;
          case MAX -> Integers.lowest(type);
          case MIN -> Integers.highest(type);
          case SUM, MEAN, L1, L2, LOG_SUM, LOG_SUM_EXP, SUM_SQUARE -> 0;
        };
    double exponentials = 0;
    for (int step : steps) {
      long x = values[start + step];
      switch (function) {
        case SUM, MEAN, LOG_SUM -> result += x;
        case PROD -> result *= x;
        case MAX -> result = Integers.max(type, result, x);
        case MIN -> result = Integers.min(type, result, x);
        case L1 -> result += type.isUnsigned() ? x : Math.abs(x);
        case L2, SUM_SQUARE -> result += x * x;
        case LOG_SUM_EXP -> exponentials += Math.exp(Integers.toDouble(type, x));
      }
    }
    return switch (function) {
      case SUM, PROD, MAX, MIN, L1, SUM_SQUARE -> result;
      case MEAN -> steps.length == 0 ? 0 : Integers.divide(type, result, steps.length);
      case L2 -> (long) Math.sqrt(Integers.toDouble(type, result));
      case LOG_SUM -> (long) Math.log(Integers.toDouble(type, result));
      case LOG_SUM_EXP -> (long) Math.log(exponentials);
    };
  }

  /** NaN counts as greater than every number for a maximum, and as less for a minimum. */
  static Tensor argReduce(ArgReduce op, Call call) {
    long[] shape = call.shape(0);
    int axis = Axes.normalize(op.axis(), shape.length);
    if (shape[axis] == 0) {
      throw new IllegalArgumentException(
          "axis " + axis + " of " + call.operand(0) + " is empty, so it has no extreme element");
    }
    Comparator<Integer> order = order(call.operand(0), op.max());
    int[] steps = Strided.offsetsAlong(shape, List.of(axis));
    int[] starts = Strided.offsetsAcross(shape, List.of(axis));
    long[] results = new long[starts.length];
    for (int i = 0; i < starts.length; i++) {
      int best = 0;
      for (int j = 1; j < steps.length; j++) {
        int against = order.compare(starts[i] + steps[j], starts[i] + steps[best]);
        if (against < 0 || (op.selectLast() && against == 0)) {
          best = j;
        }
      }
      results[i] = best;
    }
    return call.result(results);
  }

  /** Orders positions in a tensor by their elements: those that are sought first come first. */
  private static Comparator<Integer> order(Tensor tensor, boolean largest) {
    ElementType type = tensor.elementType();
    if (type.isFloat()) {
      double[] values = Elements.doubles(tensor);
      for (int i = 0; i < values.length; i++) {
        // NaN goes to the sought end; adding zero makes the two zeros one.
        double missing = largest ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
        values[i] = Double.isNaN(values[i]) ? missing : values[i] + 0.0;
      }
      return largest
          ? (a, b) -> Double.compare(values[b], values[a])
          : (a, b) -> Double.compare(values[a], values[b]);
    }
    long[] values = Elements.longs(tensor);
    return largest
        ? (a, b) -> Integers.compare(type, values[b], values[a])
        : (a, b) -> Integers.compare(type, values[a], values[b]);
  }

  /** Results are sorted even where the op does not ask for it, so that they are reproducible. */
  static List<Tensor> topK(TopK op, Call call) {
    long[] shape = call.shape(0);
    int axis = Axes.normalize(op.axis(), shape.length);
    long k = call.scalar(1);
    if (k < 0 || k > shape[axis]) {
      throw new IllegalArgumentException(
          "k is " + k + " but axis " + axis + " of " + call.operand(0) + " has " + shape[axis]);
    }
    Comparator<Integer> order = order(call.operand(0), op.largest());
    int[] steps = Strided.offsetsAlong(shape, List.of(axis));
    int[] starts = Strided.offsetsAcross(shape, List.of(axis));
    Tensor values = call.result(0);
    Tensor indices = call.result(1);
    int[] targets = Strided.offsetsAcross(values.shape(), List.of(axis));
    int[] targetSteps = Strided.offsetsAlong(values.shape(), List.of(axis));
    int stride = steps.length > 1 ? steps[1] : 1;
    for (int i = 0; i < targets.length; i++) {
      int start = starts[i];
      Integer[] lane = new Integer[steps.length];
      Arrays.setAll(lane, j -> start + steps[j]);
      Arrays.sort(lane, order);
      for (int j = 0; j < k; j++) {
        int target = targets[i] + targetSteps[j];
        copyElement(call.operand(0), lane[j], values, target);
        indices.setLong(target, (lane[j] - start) / stride);
      }
    }
    return List.of(values, indices);
  }

  private static void copyElement(Tensor from, int source, Tensor into, int target) {
    if (from.elementType().isFloat()) {
      into.setDouble(target, from.getDouble(source));
    } else {
      into.setLong(target, from.getLong(source));
    }
  }

  static Tensor cumSum(CumSum op, Call call) {
    long[] shape = call.shape(0);
    int axis = Axes.normalize(op.axis(), shape.length);
    int[] steps = Strided.offsetsAlong(shape, List.of(axis));
    int[] starts = Strided.offsetsAcross(shape, List.of(axis));
    if (op.reverse()) {
      for (int i = 0, j = steps.length - 1; i < j; i++, j--) {
        int step = steps[i];
        steps[i] = steps[j];
        steps[j] = step;
      }
    }
    if (call.elementType().isFloat()) {
      double[] values = call.doubles(0);
      for (int start : starts) {
        double sum = 0;
        for (int step : steps) {
          double x = values[start + step];
          values[start + step] = op.exclusive() ? sum : sum + x;
          sum += x;
        }
      }
      return call.result(values);
    }
    long[] values = call.longs(0);
    for (int start : starts) {
      long sum = 0;
      for (int step : steps) {
        long x = values[start + step];
        values[start + step] = op.exclusive() ? sum : sum + x;
        sum += x;
      }
    }
    return call.result(values);
  }
}
