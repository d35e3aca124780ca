package dev.lathe.backend.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.Node;
import dev.lathe.ir.Verifier;
import dev.lathe.ir.op.CreationOp;
import dev.lathe.ir.op.Op;
import dev.lathe.runtime.Tensor;
import dev.lathe.testing.CaseRunner;
import dev.lathe.testing.OpCase;
import dev.lathe.testing.OpCases;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The suite of cases on the backend that is its oracle: all run, and alike whoever runs them. */
class OpCasesTest {
  private static final List<OpCase> CASES = OpCases.all();

  @Test
  void casesAreManyAndVerify() {
    assertThat(CASES).hasSizeGreaterThan(500);
    for (OpCase each : CASES) {
      Verifier.verify(each.graph());
    }
  }

  @Test
  void everyOpHasACase() {
    Set<Class<?>> seen = new HashSet<>();
    for (OpCase each : CASES) {
      for (Node node : each.graph().forward().body().nodes()) {
        seen.add(node.op().getClass());
      }
    }
    assertThat(leaves(Op.class)).isSubsetOf(seen);
    assertThat(leaves(Op.class)).contains(CreationOp.Dims.class).hasSizeGreaterThan(60);
  }

  private static List<Class<?>> leaves(Class<?> op) {
    if (!op.isSealed()) {
      return List.of(op);
    }
    return Stream.of(op.getPermittedSubclasses()).flatMap(sub -> leaves(sub).stream()).toList();
  }

  @Test
  void resultsAreTheSameForEveryNumberOfThreads() {
    List<OpCase> again = OpCases.all();
    for (int i = 0; i < CASES.size(); i++) {
      OpCase each = CASES.get(i);
      List<Tensor> one = CaseRunner.run(new ReferenceBackend(), each.graph(), each.inputs(), 1);
      OpCase second = again.get(i);
      List<Tensor> three =
          CaseRunner.run(new ReferenceBackend(), second.graph(), second.inputs(), 3);
      for (int o = 0; o < one.size(); o++) {
        assertThat(one.get(o).type()).as(each.name()).isEqualTo(three.get(o).type());
        assertThat(one.get(o).segment().mismatch(three.get(o).segment()))
            .as("%s, output %s", each.name(), o)
            .isEqualTo(-1);
      }
    }
  }

  @Test
  void comparisonFindsDifferences() {
    Tensor expected = Evaluate.floats(1, 100, Double.NaN);
    CaseRunner.assertClose("x", Evaluate.floats(1.0005, 100, Double.NaN), expected, 1e-5);
    assertThatThrownBy(
            () ->
                CaseRunner.assertClose("x", Evaluate.floats(1, 100.1, Double.NaN), expected, 1e-5))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("x: element 1 of [3] is 100.0999")
        .hasMessageContaining("expected 100.0");
    assertThatThrownBy(
            () -> CaseRunner.assertClose("x", Evaluate.floats(1, 100, 2), expected, 1e-5))
        .hasMessageContaining("element 2 of [3] is 2.0, expected NaN");
    assertThatThrownBy(() -> CaseRunner.assertClose("x", Evaluate.floats(1), expected, 1))
        .hasMessage("x: expected f32[3], got f32[1]");
  }
}
