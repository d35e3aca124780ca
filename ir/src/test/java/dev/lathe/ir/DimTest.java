package dev.lathe.ir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DimTest {
  private static final Dim N = Dim.symbol("N");
  private static final Dim S = Dim.symbol("S");

  @Test
  void equalExpressionsAreEqual() {
    assertThat(N.plus(N)).isEqualTo(N.times(2));
    assertThat(N.plus(S).times(N)).isEqualTo(N.times(N).plus(S.times(N)));
    assertThat(N.minus(N)).isEqualTo(Dim.ZERO);
    assertThat(N.times(6).floorDiv(3)).isEqualTo(N.times(2));
    assertThat(N.times(4).plus(7).floorDiv(4)).isEqualTo(N.plus(1));
  }

  @Test
  void divisionByAFactorIsExact() {
    Dim total = N.times(S).times(384);
    assertThat(total.divideExactlyOrNull(N.times(12))).isEqualTo(S.times(32));
    assertThat(N.plus(S).times(384).divideExactlyOrNull(N.plus(S))).isEqualTo(Dim.of(384));
    assertThat(N.plus(1).times(N.plus(S)).divideExactlyOrNull(N.plus(S))).isEqualTo(N.plus(1));
    assertThat(N.divideExactlyOrNull(S)).isNull();
  }

  @Test
  void minimumAndMaximumUseWhatIsKnown() {
    assertThat(N.min(N.plus(3))).isEqualTo(N);
    assertThat(N.max(N.plus(3))).isEqualTo(N.plus(3));
    Dim five = Dim.of(5);
    assertThat(N.min(five).max(N)).isEqualTo(N);
    assertThat(N.max(N.min(five))).isEqualTo(N);
    assertThat(five.min(N.max(five))).isEqualTo(five);
    assertThat(N.max(five).max(N)).isEqualTo(N.max(five));
    assertThat(N.min(five).max(Dim.of(4))).hasToString("max(4, min(5, N))");
    assertThat(N.min(Dim.of(5)).toString()).isEqualTo("min(5, N)");
    assertThat(N.min(Dim.of(5)).evaluate(Map.of("N", 9L))).isEqualTo(5);
  }

  @Test
  void textReadsBack() {
    Random random = new Random(11);
    for (int i = 0; i < 500; i++) {
      Dim dim = random(random, 4);
      Dim again = Dim.parse(dim.toString());
      assertThat(again).as(dim.toString()).isEqualTo(dim);
      Map<String, Long> sizes = Map.of("N", 3L + i % 7, "S", 5L, "T", 2L);
      assertThat(again.evaluate(sizes)).isEqualTo(dim.evaluate(sizes));
      Dim bound = dim.substitute(Map.of("N", Dim.of(3L + i % 7), "S", Dim.of(5), "T", Dim.of(2)));
      assertThat(bound.value()).as("%s", dim).isEqualTo(dim.evaluate(sizes));
    }
  }

  private static Dim random(Random random, int depth) {
    if (depth == 0 || random.nextInt(4) == 0) {
      return switch (random.nextInt(4)) {
        case 0 -> Dim.of(random.nextInt(9) - 4);
        case 1 -> N;
        case 2 -> S;
        default -> Dim.symbol("T");
      };
    }
    Dim a = random(random, depth - 1);
    Dim b = random(random, depth - 1);
    return switch (random.nextInt(6)) {
      case 0 -> a.plus(b);
      case 1 -> a.minus(b);
      case 2 -> a.times(b);
      case 3 -> a.floorDiv(1 + random.nextInt(5));
      case 4 -> a.min(b);
      default -> a.max(b);
    };
  }

  @Test
  void badTextIsRefusedWithTheColumn() {
    assertThatThrownBy(() -> Dim.parse("N +"))
        .hasMessage("'N +' is not a dimension: a number, a symbol or '(' is expected at column 4");
    assertThatThrownBy(() -> Dim.parse("ceil(N, 2)"))
        .hasMessageContaining("unknown function 'ceil'; known are floordiv, min and max");
    assertThatThrownBy(() -> Dim.parse("99999999999999999999"))
        .hasMessageContaining("number out of range");
    assertThatThrownBy(() -> Dim.parse("(".repeat(5000))).hasMessageContaining("nested too deeply");
    assertThatThrownBy(() -> Dim.symbol("3x")).hasMessageContaining("cannot name a dimension");
    assertThatThrownBy(() -> N.evaluate(Map.of()))
        .hasMessage("dimension 'N' is not bound to a size");
    assertThatThrownBy(() -> Dim.of(Long.MAX_VALUE).times(2))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void computesInAnotherArithmetic() {
    DimArithmetic<String> text =
        new DimArithmetic<>() {
          @Override
          public String number(long value) {
            return Long.toString(value);
          }

          @Override
          public String symbol(String name) {
            return name;
          }

          @Override
          public String plus(String a, String b) {
            return "(" + a + " + " + b + ")";
          }

          @Override
          public String times(String a, String b) {
            return a + "*" + b;
          }

          @Override
          public String floorDiv(String a, String b, boolean natural) {
            return a + (natural ? " / " : " // ") + b;
          }

          @Override
          public String min(String a, String b) {
            return "min(" + a + ", " + b + ")";
          }

          @Override
          public String max(String a, String b) {
            return "max(" + a + ", " + b + ")";
          }
        };
    assertThat(Dim.of(7).compute(text)).isEqualTo("7");
    assertThat(Dim.ZERO.compute(text)).isEqualTo("0");
    assertThat(Dim.parse("2*N*M - N + 3").compute(text)).isEqualTo("((M*N*2 + N*-1) + 3)");
    assertThat(Dim.parse("floordiv(N + 1, 2)").compute(text)).isEqualTo("(N + 1) / 2");
    assertThat(Dim.parse("floordiv(N - 1, M)").compute(text)).isEqualTo("(N + -1) // M");
    assertThat(Dim.parse("min(N, max(M, 5))").compute(text)).isEqualTo("min(N, max(5, M))");
  }
}
