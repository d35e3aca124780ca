package dev.lathe.backend.onednn.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.lathe.backend.reference.ReferenceEvaluator;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.op.Op;
import dev.lathe.runtime.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Runs host kernels on random tensors and compares them with the reference backend. */
final class HostFixture {
  static final List<ElementType> FLOATS =
      List.of(ElementType.F32, ElementType.F16, ElementType.BF16, ElementType.F64);
  static final List<ElementType> INTEGERS =
      List.of(
          ElementType.I8,
          ElementType.I16,
          ElementType.I32,
          ElementType.I64,
          ElementType.U8,
          ElementType.U16,
          ElementType.U32,
          ElementType.U64);

  private static final ReferenceEvaluator REFERENCE = new ReferenceEvaluator();

  final SplittableRandom random;
  private double tolerance = 1;
  private double absoluteTolerance = 0;

  HostFixture(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Multiplies the errors that are allowed from now on. */
  HostFixture tolerate(double factor) {
    tolerance = factor;
    return this;
  }

  /** Allows errors of a given size from now on. */
  HostFixture tolerateAbsolute(double error) {
    absoluteTolerance = error;
    return this;
  }

  static List<ElementType> numbers() {
    List<ElementType> all = new ArrayList<>(FLOATS);
    all.addAll(INTEGERS);
    return all;
  }

  static List<ElementType> bytesWide() {
    List<ElementType> all = numbers();
    all.add(ElementType.BOOL);
    return all;
  }

  /** Numbers of small size: floats between -4 and 4, integers below 50. */
  Tensor tensor(ElementType type, long... shape) {
    double bound = type.isFloat() ? 4 : 50;
    return between(type.isUnsigned() ? 0 : -bound, bound, type, shape);
  }

  Tensor between(double low, double high, ElementType type, long... shape) {
    Tensor tensor = Tensor.allocate(Arena.ofAuto(), type, shape);
    for (long i = 0; i < tensor.elementCount(); i++) {
      double value = low + (high - low) * random.nextDouble();
      tensor.setDouble(i, type == ElementType.BOOL ? random.nextInt(2) : value);
    }
    return tensor;
  }

  /** Any bits of an integer type, floats of any size, infinities and NaN. */
  Tensor wild(ElementType type, long... shape) {
    Tensor tensor = tensor(type, shape);
    for (long i = 0; i < tensor.elementCount(); i++) {
      if (type.isFloat()) {
        tensor.setDouble(i, wildFloat());
      } else {
        tensor.setLong(i, random.nextLong() >> random.nextInt(64));
      }
    }
    return tensor;
  }

  private double wildFloat() {
    return switch (random.nextInt(12)) {
      case 0 -> Double.NaN;
      case 1 -> Double.POSITIVE_INFINITY;
      case 2 -> Double.NEGATIVE_INFINITY;
      case 3 -> 0.0;
      case 4 -> -0.0;
      case 5 -> random.nextInt(-5, 6);
      case 6 -> (random.nextDouble() - 0.5) * 0x1p-120;
      case 7 -> Math.scalb(random.nextDouble() - 0.5, random.nextInt(-150, 129));
      default -> (random.nextDouble() - 0.5) * 200;
    };
  }

  /** Indices that count from either end. */
  Tensor indices(ElementType type, long size, long... shape) {
    Tensor tensor = Tensor.allocate(Arena.ofAuto(), type, shape);
    for (long i = 0; i < tensor.elementCount(); i++) {
      tensor.setLong(i, random.nextLong(-size, size));
    }
    return tensor;
  }

  static Tensor longs(long... values) {
    return Tensor.of(values, values.length);
  }

  static Tensor scalar(ElementType type, double value) {
    Tensor tensor = Tensor.allocate(Arena.ofAuto(), type);
    tensor.setDouble(0, value);
    return tensor;
  }

  long[] shape(int rank, int bound) {
    long[] shape = new long[rank];
    for (int i = 0; i < rank; i++) {
      shape[i] = random.nextInt(1, bound + 1);
    }
    return shape;
  }

  /**
   * A shape that broadcasts to {@code shape}: with ones for some sizes, or without leading axes.
   */
  long[] broadcastable(long... shape) {
    int dropped = random.nextInt(3) == 0 ? random.nextInt(shape.length + 1) : 0;
    long[] result = Arrays.copyOfRange(shape, dropped, shape.length);
    for (int i = 0; i < result.length; i++) {
      result[i] = random.nextInt(3) == 0 ? 1 : result[i];
    }
    return result;
  }

  static HostKernel kernel(Op op, List<Tensor> operands, List<TensorType> results) {
    List<ConstantData> constants = new ArrayList<>();
    for (Tensor operand : operands) {
      constants.add(new ConstantData(operand.type(), operand.segment()));
    }
    HostKernel kernel =
        HostKernels.create(op, operands.stream().map(Tensor::type).toList(), results, constants, 1);
    if (kernel == null) {
      fail("no kernel for " + op + " on " + operands);
    }
    return kernel;
  }

  static List<Tensor> reference(Op op, Tensor... operands) {
    return REFERENCE.evaluate(op, List.of(operands), Arena.ofAuto());
  }

  /** Runs the kernel on memory that is not aligned and was written before. */
  static List<Tensor> run(Op op, List<Tensor> expected, Tensor... operands) {
    HostKernel kernel = kernel(op, List.of(operands), expected.stream().map(Tensor::type).toList());
    List<Tensor> results = new ArrayList<>();
    for (Tensor tensor : expected) {
      long size = tensor.segment().byteSize();
      MemorySegment memory = Arena.ofAuto().allocate(size + 1).fill((byte) 0xA5).asSlice(1);
      results.add(Tensor.wrap(memory, tensor.elementType(), tensor.shape()));
    }
    MemorySegment[] from =
        Arrays.stream(operands).map(Tensor::segment).toArray(MemorySegment[]::new);
    MemorySegment[] into = results.stream().map(Tensor::segment).toArray(MemorySegment[]::new);
    long units = kernel.units();
    kernel.run(from, into, units / 2, units);
    kernel.run(from, into, 0, units / 2);
    return results;
  }

  /** Compares all results of an op with those of the reference. */
  void check(Op op, Tensor... operands) {
    List<Tensor> expected = reference(op, operands);
    List<Tensor> actual = run(op, expected, operands);
    for (int i = 0; i < expected.size(); i++) {
      compare(op + " on " + Arrays.toString(operands), expected.get(i), actual.get(i));
    }
  }

  void compare(String what, Tensor expected, Tensor actual) {
    ElementType type = expected.elementType();
    assertThat(actual.hasShape(expected.shape())).isTrue();
    for (long i = 0; i < expected.elementCount(); i++) {
      if (!type.isFloat()) {
        if (expected.getLong(i) != actual.getLong(i)) {
          report(what, i, expected.getLong(i), actual.getLong(i));
        }
      } else if (!close(type, expected.getDouble(i), actual.getDouble(i))) {
        report(what, i, expected.getDouble(i), actual.getDouble(i));
      }
    }
  }

  private static void report(String what, long index, Object expected, Object actual) {
    fail(what + ": element " + index + " is " + actual + ", not " + expected);
  }

  private boolean close(ElementType type, double expected, double actual) {
    if (Double.compare(expected, actual) == 0 || expected == actual) {
      return true;
    }
    double relative =
        switch (type) {
          case F16 -> 1e-3;
          case BF16 -> 8e-3;
          case F64 -> 1e-13;
          default -> 2e-7;
        };
    double absolute =
        switch (type) {
          case F16 -> 6e-8;
          case F64 -> 1e-300;
          default -> 2e-45;
        };
    double error = Math.abs(actual - expected);
    return error <= tolerance * (relative * Math.abs(expected) + absolute) + absoluteTolerance;
  }
}
