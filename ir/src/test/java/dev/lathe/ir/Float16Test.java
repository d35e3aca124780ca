package dev.lathe.ir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class Float16Test {
  @Test
  void roundsOnce() {
    // A little above the middle of two neighbours: as a float it would be the middle itself.
    assertThat(Float.float16ToFloat(Float16.fromDouble(1 + 0x1p-11 + 0x1p-40)))
        .isEqualTo(1 + 0x1p-10f);
    assertThat(Float.float16ToFloat(Float16.fromDouble(1 + 0x1p-11))).isEqualTo(1);
    assertThat(BFloat16.toFloat(BFloat16.fromDouble(1 + 0x1p-8 + 0x1p-40))).isEqualTo(1 + 0x1p-7f);
    assertThat(BFloat16.toFloat(BFloat16.fromDouble(-1 - 0x1p-8 + 0x1p-40))).isEqualTo(-1);
  }

  @Test
  void keepsSpecialValues() {
    assertThat(Float16.fromDouble(Double.NaN)).isEqualTo(Float.floatToFloat16(Float.NaN));
    assertThat(Float16.fromDouble(1e300)).isEqualTo((short) 0x7C00);
    assertThat(Float16.fromDouble(-65520)).isEqualTo((short) 0xFC00);
    assertThat(Float16.fromDouble(65519)).isEqualTo((short) 0x7BFF);
    assertThat(Float16.fromDouble(-0.0)).isEqualTo((short) 0x8000);
    assertThat(Float16.fromDouble(0x1p-24)).isEqualTo((short) 1);
    assertThat(BFloat16.fromDouble(Double.MIN_VALUE)).isEqualTo((short) 0);
    assertThat(BFloat16.toFloat(BFloat16.fromDouble(Double.NEGATIVE_INFINITY)))
        .isEqualTo(Float.NEGATIVE_INFINITY);
  }

  @Test
  void givesTheNeighbourThatIsNearest() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      double value = Math.scalb(random.nextDouble() * 2 - 1, random.nextInt(-12, 15));
      short bits = Float16.fromDouble(value);
      double distance = Math.abs(Float.float16ToFloat(bits) - value);
      for (int other = bits - 1; other <= bits + 1; other += 2) {
        double against = Math.abs(Float.float16ToFloat((short) other) - value);
        assertThat(Double.isNaN(against) || distance <= against).as("%s", value).isTrue();
      }
    }
  }
}
