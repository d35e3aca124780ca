package dev.lathe.backend.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.TypeException;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.LinalgOp.MatMul;
import dev.lathe.ir.op.ShapeOp.Reshape;
import dev.lathe.runtime.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReferenceEvaluatorTest {
  private final ReferenceEvaluator evaluator = new ReferenceEvaluator();

  @Test
  void resultsLiveInTheArenaAndShareNothing() {
    ConstantData data = ConstantData.ofFloats(1, 2, 3, 4);
    Tensor result;
    try (Arena arena = Arena.ofConfined()) {
      result =
          evaluator
              .evaluate(new Reshape(false), List.of(Tensor.of(data), Evaluate.longs(2, 2)), arena)
              .get(0);
      result.setDouble(0, 9);
      assertThat(data.getDouble(0)).isEqualTo(1);
      Tensor copy = evaluator.evaluate(new CreationOp.Constant(data), List.of(), arena).get(0);
      copy.setDouble(0, 9);
      assertThat(data.getDouble(0)).isEqualTo(1);
    }
    Tensor freed = result;
    assertThatThrownBy(() -> freed.getDouble(0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void dimsWithoutSymbolsAreNumbers() {
    CreationOp.Dims fixed = new CreationOp.Dims(List.of(Dim.of(3), Dim.ONE));
    assertThat(Evaluate.one(fixed).toLongs()).containsExactly(3, 1);
    assertThatThrownBy(() -> Evaluate.one(new CreationOp.Dims(List.of(Dim.symbol("N")))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("N");
  }

  @Test
  void parametersHaveNoData() {
    assertThatThrownBy(
            () -> Evaluate.one(new CreationOp.Parameter("w", TensorType.of(ElementType.F32, 1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameter w has no data");
  }

  @Test
  void operandsAreChecked() {
    assertThatThrownBy(() -> Evaluate.one(new MatMul(false, false), Evaluate.iota(2, 3)))
        .isInstanceOf(TypeException.class)
        .hasMessage("takes 2 to 3 operands, not 1");
    assertThatThrownBy(
            () -> Evaluate.one(new MatMul(false, false), Evaluate.iota(2, 3), Evaluate.iota(2, 3)))
        .isInstanceOf(TypeException.class)
        .hasMessageContaining("inner dimensions");
  }
}
