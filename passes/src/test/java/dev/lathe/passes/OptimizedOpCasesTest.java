package dev.lathe.passes;

import dev.lathe.backend.reference.ReferenceBackend;
import dev.lathe.testing.CaseRunner;
import dev.lathe.testing.OpCase;
import dev.lathe.testing.OpCases;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The suite of cases after the pipeline: the same numbers as before it. */
class OptimizedOpCasesTest {
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void optimizedGraphsMatchTheReference(OptimizationLevel level) {
    PassOptions options = PassOptions.defaults().withLevel(level).withVerify(true);
    // Graphs are changed in place, so one of each pair is optimised and the other stays.
    var forms = OpCases.all().iterator();
    for (OpCase each : OpCases.all()) {
      OpCase form = forms.next();
      try {
        Passes.optimize(form.graph(), options);
        CaseRunner.assertMatches(new ReferenceBackend(), form.graph(), each);
      } catch (RuntimeException e) {
        throw new AssertionError(each.name() + ": " + e.getMessage() + "\n" + form.graph(), e);
      }
    }
  }
}
