package dev.lathe.backend.onednn.jit;

import static dev.lathe.backend.onednn.jit.Assembler.R10;
import static dev.lathe.backend.onednn.jit.Assembler.R11;
import static dev.lathe.backend.onednn.jit.Assembler.R8;
import static dev.lathe.backend.onednn.jit.Assembler.R9;
import static dev.lathe.backend.onednn.jit.Assembler.RAX;
import static dev.lathe.backend.onednn.jit.Assembler.RCX;
import static dev.lathe.backend.onednn.jit.Assembler.RDI;
import static dev.lathe.backend.onednn.jit.Assembler.RSI;

import dev.lathe.backend.onednn.jit.Assembler.Label;
import dev.lathe.backend.onednn.jit.CodeSource.ChannelMoments;
import dev.lathe.backend.onednn.jit.CodeSource.ScaleChannels;

/** The code of {@link ScaleChannels}: position by position, some vectors of channels at a time. */
final class ScaleChannelsCode {
  private static final int TAIL = 1;

  // Registers.
  private static final int MOST = 4;
  private static final int RESULTS = 0;
  private static final int VALUES = MOST;
  private static final int FACTORS = 2 * MOST;
  private static final int FREE = 3 * MOST;
  private static final int FREE_END = FREE + MOST * ActivationCode.TEMPORARIES;

  private final Assembler a = new Assembler();
  private final ScaleChannels source;
  private final int channels;
  private final ActivationCode activation;

  private ScaleChannelsCode(ScaleChannels source) {
    this.source = source;
    channels = source.moments().channels();
    activation = new ActivationCode(a, source.activation());
  }

  static byte[] of(ScaleChannels source) {
    return new ScaleChannelsCode(source).code();
  }

  private byte[] code() {
    ChannelMoments moments = source.moments();
    Label done = a.label();
    Units.enter(a);
    Lanes.tail(a, TAIL, channels, RCX);
    Label unit = a.here();
    Units.take(a, RDI, done);
    MomentsCode.place(a, moments);
    a.imul(R8, RAX, 2 * channels * Float.BYTES);
    a.load(RCX, RDI, Units.address(1));
    a.add(R8, RCX);
    MomentsCode.begin(a, R10, 0, rowBytes(moments.read()));
    MomentsCode.begin(a, R11, 2, rowBytes(source.stored()));
    if (source.residual() != null) {
      MomentsCode.begin(a, R9, 3, rowBytes(source.residual()));
    }
    int vectors = Math.ceilDiv(channels, CodeSource.LANES);
    Label row = a.here();
    for (int first = 0; first < vectors; first += MOST) {
      vectors(first, Math.min(MOST, vectors - first));
    }
    a.addImmediate(R10, rowBytes(moments.read()));
    a.addImmediate(R11, rowBytes(source.stored()));
    if (source.residual() != null) {
      a.addImmediate(R9, rowBytes(source.residual()));
    }
    a.addImmediate(RSI, -1);
    a.jump(Assembler.NOT_EQUAL, row);
    a.jump(unit);
    a.bind(done);
    Units.leave(a);
    activation.data();
    return a.toBytes();
  }

  private int rowBytes(ResultType type) {
    return channels * type.bytes();
  }

  private void vectors(int first, int count) {
    ResultType read = source.moments().read();
    ResultType residual = source.residual();
    for (int i = 0; i < count; i++) {
      int v = first + i;
      int mask = (v + 1) * CodeSource.LANES <= channels ? Assembler.UNMASKED : TAIL;
      int at = v * Assembler.VECTOR;
      a.loadVector(RESULTS + i, R8, channels * Float.BYTES + at, mask);
      a.loadVector(FACTORS + i, R8, at, mask);
      read.load(a, VALUES + i, R10, v * read.vector(), mask);
      a.vfmadd231ps(RESULTS + i, VALUES + i, FACTORS + i);
      if (residual != null) {
        residual.load(a, VALUES + i, R9, v * residual.vector(), mask);
        a.vaddps(RESULTS + i, RESULTS + i, VALUES + i);
      }
    }
    activation.apply(RESULTS, RESULTS + count, FREE, FREE_END);
    for (int i = 0; i < count; i++) {
      int v = first + i;
      int mask = (v + 1) * CodeSource.LANES <= channels ? Assembler.UNMASKED : TAIL;
      source.stored().store(a, R11, v * source.stored().vector(), RESULTS + i, mask);
    }
  }
}
