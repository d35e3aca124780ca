package dev.lathe.backend.onednn;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.lathe.testing.CaseRunner;
import dev.lathe.testing.OpCase;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The suite of cases on oneDNN: the same numbers as the reference. Run once with what the processor
 * has, and once as on a processor with AVX2 only.
 */
class OpCasesTest {
  /**
   * OneDNN's kernels take the greater or lesser of two numbers as the processor does, for which a
   * number wins over NaN.
   */
  private static final Set<String> NAN_IS_LOST =
      Set.of("special/relu", "special/clamp", "special/min_nan", "special/max_nan");

  @ParameterizedTest
  @MethodSource("dev.lathe.testing.OpCases#all")
  void matchesTheReference(OpCase each) {
    assumeFalse(NAN_IS_LOST.contains(each.name()), "NaN is lost, by design of oneDNN");
    CaseRunner.assertMatches(new OneDnnBackend(), each);
  }
}
