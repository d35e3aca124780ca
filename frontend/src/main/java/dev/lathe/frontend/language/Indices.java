package dev.lathe.frontend.language;

import static dev.lathe.frontend.language.Poison.POISON;

import dev.lathe.frontend.layers.Index;
import dev.lathe.frontend.layers.LayerException;
import dev.lathe.ir.Dim;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.TypeException;
import dev.lathe.ir.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What stands in brackets behind lists and tensors. */
final class Indices {
  private final Elaborator elaborator;

  Indices(Elaborator elaborator) {
    this.elaborator = elaborator;
  }

  /** The value of an index expression. */
  Object index(Syntax.Index index, Frame frame) {
    Object target = elaborator.evaluator().operand(index.target(), frame);
    List<Object> items = new ArrayList<>();
    boolean isSound = target != POISON;
    for (Syntax.IndexItem item : index.items()) {
      Object value = item(item, frame);
      isSound &= value != POISON;
      items.add(value);
    }
    if (!isSound) {
      return POISON;
    }
    try {
      return switch (target) {
        case Value tensor -> tensor(tensor, items, index);
        case List<?> list -> list(list, items, index);
        default ->
            elaborator.fail(
                index.target().span(), Described.of(target) + " has no elements to index", "");
      };
    } catch (LayerException e) {
      return elaborator.fail(index.span(), e, elaborator.evaluator().origins(target, index.span()));
    } catch (TypeException e) {
      return elaborator.fail(index.span(), Evaluator.reason(e), "");
    }
  }

  /** An item: a value, a {@link Index.Range}, or {@link Index.Ellipsis}. */
  private Object item(Syntax.IndexItem item, Frame frame) {
    return switch (item) {
      case Syntax.Ellipsis _ -> new Index.Ellipsis();
      case Syntax.At at -> elaborator.evaluator().operand(at.value(), frame);
      case Syntax.Slice slice -> {
        Object start = bound(slice.start(), frame);
        Object stop = bound(slice.stop(), frame);
        Object step = slice.step() == null ? Dim.ONE : bound(slice.step(), frame);
        if (start == POISON || stop == POISON || step == POISON) {
          yield POISON;
        }
        if (!(step instanceof Dim by) || !by.isFixed() || by.is(0)) {
          yield elaborator.fail(
              slice.span(), "the step of a slice is an integer that is not 0", "");
        }
        yield new Index.Range(dim(start), dim(stop), by.value());
      }
    };
  }

  private static @Nullable Dim dim(Object bound) {
    return bound instanceof Dim dim ? dim : null;
  }

  /** A bound as a dimension, {@link Nothing} if there is none, or poison. */
  private Object bound(Syntax.@Nullable Expression written, Frame frame) {
    if (written == null) {
      return Nothing.NONE;
    }
    Object value = elaborator.evaluator().operand(written, frame);
    Dim dim = Elaborator.size(value);
    if (dim != null || value == POISON || value == Nothing.NONE) {
      return dim != null ? dim : value;
    }
    return elaborator.fail(
        written.span(), "a slice goes from integer to integer, not " + Described.of(value), "");
  }

  private Object tensor(Value tensor, List<Object> items, Syntax.Index index) {
    List<Index> parts = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      Index part = part(items.get(i));
      if (part == null) {
        return elaborator.fail(
            index.items().get(i).span(),
            "a tensor is indexed by integers, slices, none and integer tensors, not "
                + Described.of(items.get(i)),
            items.get(i) instanceof Double ? "floor_div(a, b) divides integers" : "");
      }
      parts.add(part);
    }
    Value result = elaborator.arithmetic().index(tensor, parts);
    elaborator.made(result, index.span());
    return result;
  }

  /** What an item in the brackets means; null if nothing. */
  private @Nullable Index part(Object item) {
    return switch (item) {
      case Index part -> part;
      case Long at -> new Index.Position(Dim.of(at));
      case Dim at -> new Index.Position(at);
      case Nothing _ -> new Index.NewAxis();
      case Value indices -> new Index.Elements(indices);
      case List<?> list when Constants.isTensor(list) ->
          new Index.Elements(Constants.tensor(elaborator, list, ElementType.I64));
      default -> null;
    };
  }

  private Object list(List<?> list, List<Object> items, Syntax.Index index) {
    if (items.size() != 1) {
      return elaborator.fail(
          index.span(),
          "a list has one index, not " + items.size(),
          list.stream().allMatch(List.class::isInstance) ? "write list[0][1]" : "");
    }
    Span span = index.items().get(0).span();
    return switch (items.get(0)) {
      case Long at -> {
        long place = at < 0 ? at + list.size() : at;
        if (place < 0 || place >= list.size()) {
          yield elaborator.fail(
              span,
              "this list has " + list.size() + " elements, and no index " + at,
              list.isEmpty()
                  ? ""
                  : "its indices go from 0 to "
                      + (list.size() - 1)
                      + ", or from the end, from -"
                      + list.size()
                      + " to -1");
        }
        yield list.get((int) place);
      }
      case Index.Range range -> slice(list, range);
      default ->
          elaborator.fail(
              span, "a list is indexed by integers, not " + Described.of(items.get(0)), "");
    };
  }

  /** As in Python. */
  private static List<Object> slice(List<?> list, Index.Range range) {
    long size = list.size();
    long step = range.step();
    long first = step > 0 ? 0 : size - 1;
    long last = step > 0 ? size : -1;
    long start = range.start() == null ? first : clamped(range.start(), size, step);
    long stop = range.stop() == null ? last : clamped(range.stop(), size, step);
    List<Object> result = new ArrayList<>();
    for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
      result.add(list.get((int) i));
    }
    return result;
  }

  private static long clamped(Dim bound, long size, long step) {
    if (!bound.isFixed()) {
      throw new LayerException("the bound " + bound + " of a list's slice is not known", "");
    }
    long value = bound.value() < 0 ? bound.value() + size : bound.value();
    return step > 0 ? Math.clamp(value, 0, size) : Math.clamp(value, -1, size - 1);
  }
}
