package dev.lathe.backend.onednn.host;

import static dev.lathe.backend.onednn.host.HostFixture.longs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lathe.ir.ElementType;
import dev.lathe.ir.op.IndexingOp.Gather;
import dev.lathe.ir.op.IndexingOp.GatherElements;
import dev.lathe.ir.op.IndexingOp.GatherNd;
import dev.lathe.ir.op.ShapeOp.Concat;
import dev.lathe.ir.op.ShapeOp.Expand;
import dev.lathe.ir.op.ShapeOp.Pad;
import dev.lathe.ir.op.ShapeOp.PadMode;
import dev.lathe.ir.op.ShapeOp.Reshape;
import dev.lathe.ir.op.ShapeOp.ShapeOf;
import dev.lathe.ir.op.ShapeOp.Slice;
import dev.lathe.ir.op.ShapeOp.Squeeze;
import dev.lathe.ir.op.ShapeOp.Tile;
import dev.lathe.ir.op.ShapeOp.Transpose;
import dev.lathe.ir.op.ShapeOp.Unsqueeze;
import dev.lathe.runtime.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MovementTest {
  private static final List<ElementType> WIDTHS =
      List.of(ElementType.U8, ElementType.F16, ElementType.F32, ElementType.I64);

  private final HostFixture fixture = new HostFixture(2);

  @Test
  void transpositions() {
    Random shuffle = new Random(3);
    for (ElementType type : WIDTHS) {
      for (int i = 0; i < 40; i++) {
        int rank = i % 6;
        List<Integer> permutation = new ArrayList<>();
        for (int axis = 0; axis < rank; axis++) {
          permutation.add(axis);
        }
        Collections.shuffle(permutation, shuffle);
        fixture.check(new Transpose(permutation), fixture.wild(type, fixture.shape(rank, 7)));
      }
      fixture.check(new Transpose(List.of(1, 0)), fixture.wild(type, 70, 45));
      fixture.check(new Transpose(List.of(0, 2, 3, 1)), fixture.wild(type, 2, 3, 40, 33));
      fixture.check(new Transpose(List.of(0, 3, 1, 2)), fixture.wild(type, 2, 40, 33, 3));
      fixture.check(new Transpose(List.of(0, 2, 1, 3)), fixture.wild(type, 2, 5, 6, 32));
      fixture.check(new Transpose(List.of(1, 0, 2)), fixture.wild(type, 35, 34, 3));
      fixture.check(new Transpose(List.of(2, 1, 0)), fixture.wild(type, 35, 3, 34));
      fixture.check(new Transpose(List.of(1, 0)), fixture.wild(type, 0, 4));
    }
  }

  @Test
  void slices() {
    for (ElementType type : WIDTHS) {
      Tensor x = fixture.wild(type, 7, 9, 11);
      for (int i = 0; i < 60; i++) {
        long[] starts = new long[2];
        long[] ends = new long[2];
        long[] steps = new long[2];
        for (int j = 0; j < 2; j++) {
          starts[j] = fixture.random.nextInt(-14, 15);
          ends[j] = fixture.random.nextInt(-14, 15);
          steps[j] = fixture.random.nextLong(1, 5) * (fixture.random.nextBoolean() ? 1 : -1);
        }
        fixture.check(new Slice(List.of(i % 2, -1)), x, longs(starts), longs(ends), longs(steps));
      }
      fixture.check(new Slice(List.of(1)), x, longs(0), longs(Long.MAX_VALUE), longs(1));
      fixture.check(
          new Slice(List.of(1)), x, longs(Long.MAX_VALUE), longs(Long.MIN_VALUE), longs(-1));
    }
  }

  @Test
  void concatenations() {
    for (ElementType type : WIDTHS) {
      for (int axis = -3; axis < 3; axis++) {
        Tensor[] parts = new Tensor[4];
        for (int i = 0; i < parts.length; i++) {
          long[] shape = {3, 4, 5};
          shape[Math.floorMod(axis, 3)] = i * 2L;
          parts[i] = fixture.wild(type, shape);
        }
        fixture.check(new Concat(axis), parts);
      }
    }
  }

  @Test
  void expansionsAndTiles() {
    for (ElementType type : WIDTHS) {
      fixture.check(new Expand(), fixture.wild(type, 3, 1), longs(2, 1, 6));
      fixture.check(new Expand(), fixture.wild(type), longs(2, 3));
      fixture.check(new Expand(), fixture.wild(type, 1, 4), longs(5, 1));
      fixture.check(new Expand(), fixture.wild(type, 3, 1), longs(0, 1, 1));
      fixture.check(new Tile(), fixture.wild(type, 3, 4, 5), longs(2, 1, 3));
      fixture.check(new Tile(), fixture.wild(type, 3, 4), longs(1, 2));
      fixture.check(new Tile(), fixture.wild(type, 3, 4), longs(0, 2));
      fixture.check(new Tile(), fixture.wild(type), longs());
    }
  }

  @Test
  void paddings() {
    for (ElementType type : WIDTHS) {
      for (PadMode mode : PadMode.values()) {
        Tensor value = fixture.wild(type);
        for (int i = 0; i < 20; i++) {
          long[] pads = new long[6];
          for (int j = 0; j < pads.length; j++) {
            pads[j] = fixture.random.nextInt(-1, 4);
          }
          fixture.check(new Pad(mode), fixture.wild(type, 4, 5, 6), longs(pads), value);
        }
        fixture.check(
            new Pad(mode), fixture.wild(type, 2, 3, 40, 50), longs(0, 0, 3, 1, 0, 0, 2, 5), value);
        fixture.check(new Pad(mode), fixture.wild(type), longs(), value);
      }
    }
    assertThatThrownBy(
            () ->
                HostFixture.kernel(
                    new Pad(PadMode.EDGE),
                    List.of(
                        fixture.tensor(ElementType.F32, 0),
                        longs(1, 1),
                        fixture.tensor(ElementType.F32)),
                    List.of(fixture.tensor(ElementType.F32, 2).type())))
        .hasMessage("axis 0 is empty, so there is nothing to pad it with in mode EDGE");
  }

  @Test
  void otherShapes() {
    for (ElementType type : ElementType.values()) {
      fixture.check(new Reshape(false), fixture.wild(type, 3, 4), longs(2, -1));
      fixture.check(new Squeeze(List.of(1)), fixture.wild(type, 3, 1, 5));
      fixture.check(new Unsqueeze(List.of(0, 3)), fixture.wild(type, 3, 5));
    }
    fixture.check(new ShapeOf(), fixture.wild(ElementType.F32, 3, 4, 5));
    fixture.check(new ShapeOf(-2, 5), fixture.wild(ElementType.F32, 3, 4, 5));
  }

  @Test
  void gatheredSlices() {
    for (ElementType type : WIDTHS) {
      for (ElementType index : List.of(ElementType.I32, ElementType.I64)) {
        for (int axis = -3; axis < 3; axis++) {
          long size = new long[] {4, 5, 6}[Math.floorMod(axis, 3)];
          Tensor x = fixture.wild(type, 4, 5, 6);
          fixture.check(new Gather(axis), x, fixture.indices(index, size, 3, 2));
          fixture.check(new Gather(axis), x, fixture.indices(index, size));
          fixture.check(new Gather(axis), x, fixture.indices(index, size, 0));
        }
        fixture.check(new Gather(0), fixture.wild(type, 50), fixture.indices(index, 50, 3, 1000));
      }
    }
  }

  @Test
  void gatheredElements() {
    for (ElementType type : WIDTHS) {
      for (int axis = 0; axis < 3; axis++) {
        long size = new long[] {4, 5, 6}[axis];
        Tensor x = fixture.wild(type, 4, 5, 6);
        long[] shape = {3, 4, 5};
        shape[axis] = 9;
        fixture.check(new GatherElements(axis), x, fixture.indices(ElementType.I64, size, shape));
      }
    }
    fixture.check(
        new GatherElements(1),
        fixture.wild(ElementType.F32, 2, 10),
        fixture.indices(ElementType.I32, 10, 2, 2000));
  }

  @Test
  void gatheredVectors() {
    for (ElementType type : WIDTHS) {
      Tensor x = fixture.wild(type, 4, 4, 4, 3);
      for (int depth = 1; depth <= 3; depth++) {
        fixture.check(new GatherNd(0), x, fixture.indices(ElementType.I64, 3, 2, 5, depth));
        fixture.check(new GatherNd(1), x, fixture.indices(ElementType.I64, 3, 4, 5, depth));
      }
      fixture.check(new GatherNd(0), x, fixture.indices(ElementType.I64, 3, 5, 4));
    }
  }

  @Test
  void indicesOutOfRangeAreRefused() {
    Tensor x = fixture.tensor(ElementType.F32, 3);
    Tensor index = longs(0, 3);
    assertThatThrownBy(() -> HostFixture.run(new Gather(0), List.of(index), x, index))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("index 3 is out of range for axis 0 of size 3");
  }

  @Test
  void whatNeedsConstantsIsNotProvidedWithoutThem() {
    Tensor x = fixture.tensor(ElementType.F32, 3);
    var one = longs(1);
    var types = List.of(x.type(), one.type(), one.type(), one.type());
    assertThat(
            HostKernels.create(
                new Slice(List.of(0)),
                types,
                List.of(x.type()),
                Arrays.asList(null, null, null, null),
                1))
        .isNull();
  }
}
