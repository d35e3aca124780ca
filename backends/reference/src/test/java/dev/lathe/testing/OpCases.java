package dev.lathe.testing;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All cases of the suite: every core op, in varied shapes, attributes and element types. */
public final class OpCases {
  private OpCases() {}

  /** The cases, in a fixed order, built anew at each call. */
  public static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    cases.addAll(UnaryCases.all());
    cases.addAll(BinaryCases.all());
    cases.addAll(LoopCases.all());
    cases.addAll(ReductionCases.all());
    cases.addAll(LinalgCases.all());
    cases.addAll(AttentionCases.all());
    cases.addAll(ConvolutionCases.all());
    cases.addAll(WinogradCases.all());
    cases.addAll(VectorProductCases.all());
    cases.addAll(DepthwiseCases.all());
    cases.addAll(DirectCases.all());
    cases.addAll(ProductCases.all());
    cases.addAll(PoolingCases.all());
    cases.addAll(NormalizationCases.all());
    cases.addAll(ShapeCases.all());
    cases.addAll(ResizeCases.all());
    cases.addAll(IndexingCases.all());
    cases.addAll(QuantizationCases.all());
    cases.addAll(RecurrentCases.all());
    cases.addAll(ControlFlowCases.all());
    cases.addAll(PatternCases.all());
    cases.addAll(NarrowCases.all());
    Set<String> names = new HashSet<>();
    for (OpCase each : cases) {
      if (!names.add(each.name())) {
        throw new IllegalStateException("there are two cases " + each.name());
      }
    }
    return cases;
  }
}
