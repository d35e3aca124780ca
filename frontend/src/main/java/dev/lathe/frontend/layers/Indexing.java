package dev.lathe.frontend.layers;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ShapeOp.Slice;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the ops of one {@code x[…]}: first slices, then places, from the last axis on. */
final class Indexing {

  /** An item and the axis of the tensor that it is about; -1 for a new axis. */
  private record Item(Index index, int axis) {}

  private final Emitter emit;
  private final Value x;

  Indexing(Emitter emit, Value x) {
    this.emit = emit;
    this.x = x;
  }

  Value apply(List<Index> written) {
    List<Item> items = aligned(written);
    Value y = slice(items);
    for (int i = items.size() - 1; i >= 0; i--) {
      Item item = items.get(i);
      switch (item.index) {
        case Index.Position position -> y = emit.gather(y, item.axis, place(position, item.axis));
        case Index.Elements elements -> y = emit.gather(y, item.axis, indices(elements));
        case Index.Range _, Index.NewAxis _, Index.Ellipsis _ -> {}
      }
    }
    List<Integer> added = added(items);
    return added.isEmpty() ? y : emit.unsqueeze(y, added.toArray(Integer[]::new));
  }

  /** Every item with its axis, an ellipsis as the axes it stands for. */
  private List<Item> aligned(List<Index> written) {
    long ellipses = written.stream().filter(each -> each instanceof Index.Ellipsis).count();
    long tensors = written.stream().filter(each -> each instanceof Index.Elements).count();
    int added = (int) written.stream().filter(each -> each instanceof Index.NewAxis).count();
    int named = written.size() - added - (int) ellipses;
    int rank = x.type().rank();
    if (ellipses > 1) {
      throw new LayerException("an index has one '...' at most", "write ':' for single axes");
    }
    if (tensors > 1) {
      throw new LayerException(
          "an index has one tensor at most, and this has " + tensors,
          "index twice, or use ops.take_along_axis");
    }
    if (named > rank) {
      throw new LayerException(
          "there are " + named + " indices for the " + axes(rank) + " of " + x.type(), "");
    }
    List<Item> items = new ArrayList<>();
    int axis = 0;
    for (Index index : written) {
      switch (index) {
        case Index.NewAxis _ -> items.add(new Item(index, -1));
        case Index.Ellipsis _ -> {
          for (int i = 0; i < rank - named; i++) {
            items.add(new Item(new Index.Range(null, null, 1), axis++));
          }
        }
        default -> items.add(new Item(index, axis++));
      }
    }
    return items;
  }

  private static String axes(int rank) {
    return rank == 1 ? "1 axis" : rank + " axes";
  }

  private Value slice(List<Item> items) {
    List<Integer> axes = new ArrayList<>();
    List<Dim> starts = new ArrayList<>();
    List<Dim> stops = new ArrayList<>();
    List<Long> steps = new ArrayList<>();
    for (Item item : items) {
      if (item.index instanceof Index.Range range && !isWhole(range)) {
        if (range.step() == 0) {
          throw new LayerException("the step of axis " + item.axis + "'s slice is 0", "");
        }
        boolean forward = range.step() > 0;
        axes.add(item.axis);
        starts.add(bound(range.start(), forward ? 0 : Long.MAX_VALUE, item.axis));
        stops.add(bound(range.stop(), forward ? Long.MAX_VALUE : Long.MIN_VALUE, item.axis));
        steps.add(range.step());
      }
    }
    return axes.isEmpty()
        ? x
        : emit.add(new Slice(axes), x, emit.dims(starts), emit.dims(stops), emit.longs(steps));
  }

  private static boolean isWhole(Index.Range range) {
    return (range.start() == null || range.start().is(0))
        && range.stop() == null
        && range.step() == 1;
  }

  private Dim bound(@Nullable Dim written, long otherwise, int axis) {
    if (written == null) {
      return Dim.of(otherwise);
    }
    if (written.isUnbacked()) {
      throw new LayerException(
          "the bound " + written + " of axis " + axis + "'s slice depends on data",
          "use a tensor of indices, such as ops.arange(…)");
    }
    return written;
  }

  private Value place(Index.Position position, int axis) {
    Dim at = position.at();
    Dim size = x.type().dim(axis);
    if (at.isFixed()
        && size.isFixed()
        && (at.value() < -size.value() || at.value() >= size.value())) {
      throw new LayerException(
          "index "
              + at
              + " is outside axis "
              + axis
              + " of "
              + x.type()
              + ", which has "
              + (size.is(1) ? "1 element" : size + " elements"),
          size.is(0)
              ? ""
              : "indices of this axis go from 0 to "
                  + (size.value() - 1)
                  + ", or from the end, from -"
                  + size
                  + " to -1");
    }
    return at.isFixed() ? emit.number(at.value()) : emit.asScalar(emit.dims(List.of(at)));
  }

  private Value indices(Index.Elements elements) {
    TensorType type = elements.indices().type();
    ElementType element = type.elementType();
    if (!element.isInteger()) {
      throw new LayerException(
          "a tensor that indexes holds integers, and this is " + type,
          element == ElementType.BOOL
              ? "use where(condition, a, b) to choose by a condition"
              : "cast it: cast(x, i32)");
    }
    return element == ElementType.I32 || element == ElementType.I64
        ? elements.indices()
        : emit.cast(elements.indices(), ElementType.I64);
  }

  /** Where new axes stand in the result. */
  private static List<Integer> added(List<Item> items) {
    List<Integer> added = new ArrayList<>();
    int place = 0;
    for (Item item : items) {
      switch (item.index) {
        case Index.NewAxis _ -> added.add(place++);
        case Index.Position _ -> {}
        case Index.Elements elements -> place += elements.indices().type().rank();
        case Index.Range _, Index.Ellipsis _ -> place++;
      }
    }
    return added;
  }
}
