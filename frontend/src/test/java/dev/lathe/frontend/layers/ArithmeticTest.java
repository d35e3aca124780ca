package dev.lathe.frontend.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.backend.reference.ReferenceBackend;
import dev.lathe.frontend.layers.Arithmetic.Operator;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.runtime.Tensor;
import dev.lathe.testing.CaseRunner;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Operators and indices of the language on tensors. */
class ArithmeticTest {
  private final Graph graph = new Graph("arithmetic");
  private final ModelScope scope = new ModelScope(graph.newBlock());
  private final Arithmetic arithmetic = new Arithmetic(scope.emit());

  private Value input(String type) {
    return scope.builder().argument("x", TensorType.parse(type));
  }

  private static Index at(long place) {
    return new Index.Position(Dim.of(place));
  }

  private static Index all() {
    return range(null, null, 1);
  }

  private static Index range(@Nullable Long start, @Nullable Long stop, long step) {
    return new Index.Range(
        start == null ? null : Dim.of(start), stop == null ? null : Dim.of(stop), step);
  }

  private static Index newAxis() {
    return new Index.NewAxis();
  }

  private static Index rest() {
    return new Index.Ellipsis();
  }

  private String type(Value value) {
    return value.type().toString();
  }

  /** The elements of {@code x[items]} for x counting from 0, as text. */
  private String elements(String type, long[] shape, Index... items) {
    Value x = input(type);
    Value y = arithmetic.index(x, List.of(items));
    graph.add(
        new Function(
            Graph.FORWARD, scope.builder().finish(List.of(y)), List.of("x"), List.of("y")));
    Tensor counting = Tensor.allocate(x.type().elementType(), shape);
    for (int i = 0; i < counting.elementCount(); i++) {
      counting.setDouble(i, i);
    }
    Tensor result = CaseRunner.run(new ReferenceBackend(), graph, List.of(counting)).get(0);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < result.elementCount(); i++) {
      text.append(i == 0 ? "" : " ").append((long) result.getDouble(i));
    }
    return java.util.Arrays.toString(result.shape()) + " " + text;
  }

  @Test
  void positionsDropTheirAxis() {
    assertThat(elements("f32[2, 3, 2]", new long[] {2, 3, 2}, at(1), at(-1)))
        .isEqualTo("[2] 10 11");
  }

  @Test
  void positionsOfSymbolicAxesCountFromEitherEnd() {
    Index last = new Index.Position(Dim.symbol("T").minus(Dim.of(2)));
    assertThat(elements("f32[2, T]", new long[] {2, 3}, at(-1), last)).isEqualTo("[] 4");
  }

  @Test
  void slicesAreClampedAsInNumpy() {
    assertThat(elements("f32[6]", new long[] {6}, range(-100L, 100L, 4))).isEqualTo("[2] 0 4");
  }

  @Test
  void emptySlicesAreEmpty() {
    assertThat(elements("f32[6]", new long[] {6}, range(4L, 2L, 1))).isEqualTo("[0] ");
  }

  @Test
  void slicesGoBackwards() {
    assertThat(elements("f32[6]", new long[] {6}, range(null, null, -2))).isEqualTo("[3] 5 3 1");
  }

  @Test
  void backwardSlicesHaveBounds() {
    assertThat(elements("f32[6]", new long[] {6}, range(-2L, 0L, -1))).isEqualTo("[4] 4 3 2 1");
  }

  @Test
  void slicesOfSymbolicAxes() {
    assertThat(elements("f32[N, T]", new long[] {2, 4}, all(), range(1L, null, 2)))
        .isEqualTo("[2, 2] 1 3 5 7");
  }

  @Test
  void slicesToAnEndOfASymbolicAxis() {
    assertThat(elements("f32[N, T]", new long[] {2, 3}, all(), range(null, -1L, 1)))
        .isEqualTo("[2, 2] 0 1 3 4");
  }

  @Test
  void theRestStandsForWhatIsNotNamed() {
    assertThat(elements("f32[2, 2, 2]", new long[] {2, 2, 2}, rest(), at(0)))
        .isEqualTo("[2, 2] 0 2 4 6");
  }

  @Test
  void newAxesStandWhereTheyAreWritten() {
    Value x = input("f32[N, 3, 4]");
    Value y = arithmetic.index(x, List.of(newAxis(), all(), at(0), newAxis(), rest(), newAxis()));
    assertThat(type(y)).isEqualTo("f32[1, N, 1, 4, 1]");
  }

  @Test
  void tensorsOfIntegersNamePlaces() {
    Value x = input("f32[5, 3]");
    Value ids = input("i32[N, 2]");
    assertThat(type(arithmetic.index(x, List.of(new Index.Elements(ids)))))
        .isEqualTo("f32[N, 2, 3]");
    assertThat(type(arithmetic.index(x, List.of(all(), new Index.Elements(ids), newAxis()))))
        .isEqualTo("f32[5, N, 2, 1]");
  }

  @Test
  void placesOutsideAnAxisAreRefused() {
    Value x = input("f32[N, 3]");
    assertThatThrownBy(() -> arithmetic.index(x, List.of(all(), at(3))))
        .isInstanceOf(LayerException.class)
        .hasMessage("index 3 is outside axis 1 of f32[N, 3], which has 3 elements")
        .satisfies(
            e ->
                assertThat(((LayerException) e).help())
                    .isEqualTo(
                        "indices of this axis go from 0 to 2, or from the end, from -3 to -1"));
    assertThatThrownBy(() -> arithmetic.index(x, List.of(all(), at(-4))))
        .hasMessage("index -4 is outside axis 1 of f32[N, 3], which has 3 elements");
  }

  @Test
  void indicesThatDoNotFitAreRefused() {
    Value x = input("f32[2, 3]");
    Value mask = input("bool[3]");
    Value ids = input("i32[3]");
    assertThatThrownBy(() -> arithmetic.index(x, List.of(all(), all(), at(0))))
        .hasMessage("there are 3 indices for the 2 axes of f32[2, 3]");
    assertThatThrownBy(() -> arithmetic.index(x, List.of(rest(), rest())))
        .hasMessage("an index has one '...' at most");
    assertThatThrownBy(() -> arithmetic.index(x, List.of(range(null, null, 0))))
        .hasMessage("the step of axis 0's slice is 0");
    assertThatThrownBy(() -> arithmetic.index(x, List.of(new Index.Elements(mask))))
        .hasMessage("a tensor that indexes holds integers, and this is bool[3]");
    assertThatThrownBy(
            () -> arithmetic.index(x, List.of(new Index.Elements(ids), new Index.Elements(ids))))
        .hasMessage("an index has one tensor at most, and this has 2");
  }

  @Test
  void shapesThatDoNotBroadcastAreRefused() {
    Value a = input("f32[2, 3]");
    Value b = input("f32[2, 4]");
    assertThatThrownBy(() -> arithmetic.binary(Operator.ADD, a, b))
        .isInstanceOf(LayerException.class)
        .hasMessage(
            "'+' of f32[2, 3] and f32[2, 4]: axis 1 has 3 elements on the left and 4 on the"
                + " right");
    assertThatThrownBy(() -> arithmetic.binary(Operator.MATMUL, a, b))
        .hasMessage(
            "'@' of f32[2, 3] and f32[2, 4]: the last axis of the left has 3 elements, and the"
                + " last but one of the right 2");
    assertThatThrownBy(() -> arithmetic.binary(Operator.MATMUL, a, 2))
        .hasMessage("'@' takes vectors and matrices, not i64[]");
  }

  @Test
  void numbersTakeTheTypeOfWhatTheyMeet() {
    assertThat(type(arithmetic.binary(Operator.ADD, input("f16[2]"), 2.5))).isEqualTo("f16[2]");
    assertThat(type(arithmetic.binary(Operator.ADD, input("u8[2]"), 2))).isEqualTo("u8[2]");
    assertThat(type(arithmetic.binary(Operator.ADD, input("u8[2]"), 2.5))).isEqualTo("f32[2]");
    assertThat(type(arithmetic.binary(Operator.DIVIDE, input("i64[2]"), 2))).isEqualTo("f32[2]");
    assertThat(type(arithmetic.binary(Operator.LESS, input("f16[2]"), 2))).isEqualTo("bool[2]");
    Value two = arithmetic.number(2);
    assertThat(type(arithmetic.settled(two))).isEqualTo("i32[]");
    assertThat(type(arithmetic.settled(arithmetic.negate(arithmetic.number(2.5)))))
        .isEqualTo("f32[]");
  }

  @Test
  void numbersThatATypeCannotHoldAreRefused() {
    Value x = input("u8[2]");
    assertThatThrownBy(() -> arithmetic.binary(Operator.ADD, x, 256))
        .hasMessage("256 is not a number that u8 can hold");
    assertThatThrownBy(() -> arithmetic.binary(Operator.ADD, x, -1))
        .hasMessage("-1 is not a number that u8 can hold");
  }

  @Test
  void truthOfNumbers() {
    assertThat(type(arithmetic.not(input("f32[N]")))).isEqualTo("bool[N]");
    assertThat(type(arithmetic.binary(Operator.AND, input("i32[N]"), input("bool[]"))))
        .isEqualTo("bool[N]");
    assertThat(type(arithmetic.negate(input("bool[N]")))).isEqualTo("i32[N]");
  }
}
