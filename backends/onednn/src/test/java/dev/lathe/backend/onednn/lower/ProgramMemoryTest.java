package dev.lathe.backend.onednn.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.backend.onednn.binding.Engine;
import dev.lathe.backend.onednn.program.ConstantPool;
import dev.lathe.backend.onednn.program.Program;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Node;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ControlFlowOp;
import dev.lathe.ir.op.ConvolutionOp.Convolution;
import dev.lathe.ir.op.ConvolutionOp.ConvolutionTranspose;
import dev.lathe.ir.op.ElementwiseOp.Binary;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ElementwiseOp.Unary;
import dev.lathe.ir.op.ElementwiseOp.UnaryFunction;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.ir.op.NormalizationOp.Softmax;
import dev.lathe.ir.op.Padding;
import dev.lathe.ir.op.ShapeOp.Concat;
import dev.lathe.ir.op.Window;
import dev.lathe.testing.CaseBuilder;
import dev.lathe.testing.OpCase;
import dev.lathe.testing.OpCases;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The arena of a program is little larger than what is alive in it at one instruction. */
class ProgramMemoryTest {
  private static final double MOST = 1.15;
  private static final Binary ADD = new Binary(BinaryFunction.ADD);
  private static final Unary RELU = new Unary(UnaryFunction.RELU);

  private static Engine engine;
  private static Target target;

  @BeforeAll
  static void create() {
    engine = Engine.cpu();
    target = new Target(engine, 2, new ConstantPool());
  }

  @AfterAll
  static void destroy() {
    engine.close();
  }

  /** Every case of the suite but those that the reference interpreter runs. */
  static Stream<OpCase> cases() {
    return OpCases.all().stream().filter(each -> isFixed(LoweringFixture.fixed(each)));
  }

  private static boolean isFixed(Graph graph) {
    for (Node node : graph.forward().body().nodes()) {
      if (node.op() instanceof ControlFlowOp.Loop
          || node.results().stream().anyMatch(value -> !value.type().shape().isFixed())) {
        return false;
      }
    }
    return true;
  }

  private static void assertSmall(OpCase each) {
    try (LoweredFunction lowered = Lowering.lower(target, LoweringFixture.fixed(each))) {
      Program program = lowered.program();
      assertThat(program.liveBytes()).isLessThanOrEqualTo(program.arenaBytes());
      assertThat((double) program.arenaBytes()).isLessThanOrEqualTo(MOST * program.liveBytes());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void ofCases(OpCase each) {
    assertSmall(each);
  }

  static Stream<OpCase> networks() {
    return Stream.of(
            Stream.of(residual(), nested(), dense(), attention()),
            IntStream.range(0, 12).mapToObj(ProgramMemoryTest::random))
        .flatMap(each -> each);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void ofNetworks(OpCase each) {
    assertSmall(each);
  }

  private static Value convolution(CaseBuilder to, Value x, long channels, long kernel, long step) {
    long pad = kernel / 2;
    Padding padding = new Padding.Explicit(List.of(pad, pad), List.of(pad, pad));
    Window window = new Window(List.of(step, step), List.of(1L, 1L), padding);
    Value weights =
        to.parameter(ElementType.F32, channels, x.type().dim(1).value(), kernel, kernel);
    return to.add(new Convolution(window, 1), x, weights);
  }

  /** Sixteen blocks of two convolutions and what goes past them, in four stages. */
  private static OpCase residual() {
    CaseBuilder to = new CaseBuilder("network/residual");
    Value x = to.input(ElementType.F32, 1, 16, 32, 32);
    for (int i = 0; i < 16; i++) {
      long step = i % 4 == 3 ? 2 : 1;
      long channels = x.type().dim(1).value() * step;
      Value past = step == 1 ? x : convolution(to, x, channels, 1, step);
      Value y = to.add(RELU, convolution(to, x, channels, 3, step));
      x = to.add(RELU, to.add(ADD, convolution(to, y, channels, 3, 1), past));
    }
    return to.outputs(List.of(x));
  }

  /** As U-Net: what each stage makes on the way down is read again on the way up. */
  private static OpCase nested() {
    CaseBuilder to = new CaseBuilder("network/nested");
    Value x = to.add(RELU, convolution(to, to.input(ElementType.F32, 1, 3, 64, 64), 8, 3, 1));
    Deque<Value> kept = new ArrayDeque<>();
    for (int i = 0; i < 4; i++) {
      kept.push(x);
      x = to.add(RELU, convolution(to, x, 2 * x.type().dim(1).value(), 3, 2));
      x = to.add(RELU, convolution(to, x, x.type().dim(1).value(), 3, 1));
    }
    while (!kept.isEmpty()) {
      long channels = x.type().dim(1).value();
      Window window =
          new Window(
              List.of(2L, 2L),
              List.of(1L, 1L),
              new Padding.Explicit(List.of(0L, 0L), List.of(0L, 0L)));
      Value weights = to.parameter(ElementType.F32, channels, channels / 2, 2, 2);
      x = to.add(new ConvolutionTranspose(window, 1, List.of(0L, 0L)), x, weights);
      x = to.add(new Concat(1), kept.pop(), x);
      x = to.add(RELU, convolution(to, x, channels / 2, 3, 1));
    }
    return to.outputs(List.of(x));
  }

  /** As DenseNet: every layer reads what all before it in the block made. */
  private static OpCase dense() {
    CaseBuilder to = new CaseBuilder("network/dense");
    Value x = convolution(to, to.input(ElementType.F32, 1, 3, 32, 32), 16, 3, 1);
    for (int block = 0; block < 3; block++) {
      for (int i = 0; i < 8; i++) {
        Value y = to.add(RELU, convolution(to, to.add(RELU, x), 32, 1, 1));
        x = to.add(new Concat(1), x, convolution(to, y, 8, 3, 1));
      }
      x = convolution(to, to.add(RELU, x), x.type().dim(1).value() / 2, 1, 2);
    }
    return to.outputs(List.of(x));
  }

  /** Six blocks of attention and two layers. */
  private static OpCase attention() {
    CaseBuilder to = new CaseBuilder("network/attention");
    MatMul product = new MatMul(false, false);
    Value x = to.input(ElementType.F32, 1, 48, 64);
    for (int i = 0; i < 6; i++) {
      Value q = to.add(product, x, to.parameter(ElementType.F32, 64, 64));
      Value k = to.add(product, x, to.parameter(ElementType.F32, 64, 64));
      Value v = to.add(product, x, to.parameter(ElementType.F32, 64, 64));
      Value scores = to.add(new Softmax(2), to.add(new MatMul(false, true), q, k));
      x = to.add(ADD, x, to.add(product, scores, v));
      Value wide = to.add(RELU, to.add(product, x, to.parameter(ElementType.F32, 64, 256)));
      x = to.add(ADD, x, to.add(product, wide, to.parameter(ElementType.F32, 256, 64)));
    }
    return to.outputs(List.of(x));
  }

  /** Convolutions of random numbers of channels, each of one of the last results, some joined. */
  private static OpCase random(int seed) {
    CaseBuilder to = new CaseBuilder("network/random" + seed);
    Random random = new Random(seed);
    List<Value> made = new ArrayList<>(List.of(to.input(ElementType.F32, 1, 8, 16, 16)));
    for (int i = 0; i < 40; i++) {
      Value x = recent(made, random, 4);
      if (random.nextInt(3) == 0) {
        x = to.add(new Concat(1), x, recent(made, random, 12));
      }
      Value y = convolution(to, x, 1L << random.nextInt(7), 1, 1);
      made.add(random.nextBoolean() ? y : to.add(RELU, y));
    }
    List<Value> last = made.subList(made.size() - 6, made.size());
    return to.outputs(List.of(to.add(new Concat(1), last.toArray(Value[]::new))));
  }

  private static Value recent(List<Value> made, Random random, int most) {
    return made.get(made.size() - 1 - random.nextInt(Math.min(most, made.size())));
  }
}
