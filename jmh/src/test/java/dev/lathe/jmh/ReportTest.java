package dev.lathe.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
  @Test
  void aReportIsTheConditionsAndTheTable() {
    Report report = new Report("p90 ms", false);
    report.add("one", "1x3", new Report.Figures(1, 1.5), new Report.Figures(4, 4.25), 0);
    report.add("two", "2 of 4", new Report.Figures(2, 3), new Report.Figures(2, 2.5), 0);
    assertThat(report.markdown(List.of("threads: 2", "Java: 25")))
        .isEqualTo(
            """
            - threads: 2
            - Java: 25

            | model | inputs | lathe ms | onnxruntime ms | ratio | lathe p90 ms | onnxruntime p90 ms |
            |---|---|---|---|---|---|---|
            | one | 1x3 | 1.000 | 4.000 | 0.250 | 1.500 | 4.250 |
            | two | 2 of 4 | 2.000 | 2.000 | 1.000 | 3.000 | 2.500 |
            | geometric mean of 2 | | | | 0.500 | | |
            """);
  }

  @Test
  void aReportOfReducedPrecisionHasTheErrors() {
    Report report = new Report("p90 ms", true);
    report.add("one", "1x3", new Report.Figures(1, 1.5), new Report.Figures(4, 4.25), 0.00721);
    assertThat(report.markdown(List.of("threads: 2")))
        .isEqualTo(
            """
            - threads: 2

            | model | inputs | lathe ms | onnxruntime ms | ratio | lathe p90 ms | onnxruntime p90 ms | RMS error |
            |---|---|---|---|---|---|---|---|
            | one | 1x3 | 1.000 | 4.000 | 0.250 | 1.500 | 4.250 | 0.0072 |
            | geometric mean of 1 | | | | 0.250 | | | |
            """);
  }

  @Test
  void theProcessorIsTheFirstThatIsNamed() {
    List<String> lines = List.of("processor\t: 0", "model name\t: Some CPU: 9", "model name\t: B");
    assertThat(Conditions.model(lines)).isEqualTo("Some CPU: 9");
    assertThat(Conditions.model(List.of())).isEqualTo(System.getProperty("os.arch"));
  }
}
