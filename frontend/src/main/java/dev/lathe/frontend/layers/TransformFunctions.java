package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ShapeOp.Pad;
import dev.lathe.ir.op.ShapeOp.PadMode;
import dev.lathe.ir.op.ShapeOp.Slice;
import dev.lathe.ir.op.ShapeOp.Tile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Functions that pad, repeat, turn and regroup the places of a tensor. */
final class TransformFunctions {
  private static final Argument<List<List<Long>>> PAD_WIDTH = required("pad_width", new PadWidth());
  private static final Argument<String> MODE =
      optional(
          "mode",
          ArgumentKinds.oneOf("constant", "reflect", "symmetric", "edge", "wrap"),
          "constant");
  private static final Argument<Double> CONSTANT_VALUES =
      optional("constant_values", ArgumentKinds.NUMBER);
  private static final Argument<List<Dim>> TILES = required("repeats", ArgumentKinds.SIZES);
  private static final Argument<List<Long>> REPEATS = required("repeats", ArgumentKinds.INTEGERS);
  private static final Argument<Long> AXIS = optional("axis", ArgumentKinds.INTEGER);
  private static final Argument<List<Long>> AXES = optional("axis", ArgumentKinds.INTEGERS);
  private static final Argument<List<Long>> SHIFT = required("shift", ArgumentKinds.INTEGERS);
  private static final Argument<Long> BLOCK_SIZE = required("block_size", ArgumentKinds.POSITIVE);
  private static final Argument<Long> FIRST_AXIS = optional("axis", ArgumentKinds.INTEGER, 0L);
  private static final Argument<Long> NUM = optional("num", ArgumentKinds.POSITIVE);

  /** Pairs of what comes before and behind: one for every axis, or one for all. */
  private static final class PadWidth implements ArgumentKind<List<List<Long>>> {
    @Override
    public String wanted() {
      return "an integer, a pair [before, after], or such a pair for every axis";
    }

    @Override
    public List<List<Long>> convert(Object written) {
      if (written instanceof List<?> list && list.stream().anyMatch(each -> each instanceof List)) {
        List<List<Long>> pairs = new ArrayList<>();
        for (Object each : list) {
          pairs.add(pair(written, each));
        }
        return pairs;
      }
      return List.of(pair(written, written));
    }

    private static List<Long> pair(Object written, @org.jspecify.annotations.Nullable Object each) {
      List<Long> pair = each == null ? List.of() : ArgumentKinds.INTEGERS.convert(each);
      boolean single = pair.size() == 1;
      if ((!single && pair.size() != 2) || pair.stream().anyMatch(amount -> amount < 0)) {
        throw new LayerException(Written.described(written), "");
      }
      return List.of(pair.get(0), pair.get(single ? 0 : 1));
    }
  }

  private TransformFunctions() {}

  static void register(LayerIndex index) {
    index.add(Functions.of("pad", TransformFunctions::pad, PAD_WIDTH, MODE, CONSTANT_VALUES));
    index.add(Functions.of("tile", TransformFunctions::tile, TILES));
    index.add(Functions.of("repeat", TransformFunctions::repeat, REPEATS, AXIS));
    index.add(Functions.of("flip", TransformFunctions::flip, AXES));
    index.add(Functions.of("roll", TransformFunctions::roll, SHIFT, AXES));
    index.add(Functions.of("unstack", TransformFunctions::unstack, NUM, FIRST_AXIS));
    index.add(
        Functions.of(
            "depth_to_space",
            TransformFunctions::depthToSpace,
            BLOCK_SIZE,
            CommonArguments.DATA_FORMAT));
    index.add(
        Functions.of(
            "space_to_depth",
            TransformFunctions::spaceToDepth,
            BLOCK_SIZE,
            CommonArguments.DATA_FORMAT));
  }

  private static int rank(LayerScope scope) {
    return scope.input().type().rank();
  }

  /** {@code ops.pad}: elements around a tensor: a number, or its own mirrored or repeated. */
  private static List<Value> pad(LayerScope scope) {
    List<List<Long>> widths = scope.get(PAD_WIDTH);
    if (widths.size() != 1 && widths.size() != rank(scope)) {
      throw new LayerException(
              "'pad_width' of pad() has "
                  + widths.size()
                  + " pairs for the "
                  + rank(scope)
                  + " axes of "
                  + scope.input().type(),
              "give one pair for every axis, [0, 0] where nothing is added")
          .about("pad_width");
    }
    List<List<Long>> each =
        widths.size() == 1 ? Collections.nCopies(rank(scope), widths.get(0)) : widths;
    String mode = scope.get(MODE);
    if (!mode.equals("constant") && scope.find(CONSTANT_VALUES).isPresent()) {
      throw new LayerException(
              "'constant_values' of pad() means nothing in mode " + Written.text(mode), "drop it")
          .about("constant_values");
    }
    if (mode.equals("symmetric")) {
      Value x = scope.input();
      for (int axis = 0; axis < each.size(); axis++) {
        x = symmetric(scope, x, axis, each.get(axis).get(0), each.get(axis).get(1));
      }
      return List.of(x);
    }
    PadMode padMode =
        switch (mode) {
          case "reflect" -> PadMode.REFLECT;
          case "edge" -> PadMode.EDGE;
          case "wrap" -> PadMode.WRAP;
          default -> PadMode.CONSTANT;
        };
    for (int axis = 0; axis < each.size() && padMode == PadMode.REFLECT; axis++) {
      expectMirror(scope, axis, each.get(axis), 1);
    }
    List<Long> pads = new ArrayList<>();
    each.forEach(pair -> pads.add(pair.get(0)));
    each.forEach(pair -> pads.add(pair.get(1)));
    Emitter emit = scope.emit();
    Value number = emit.scalarLike(scope.input(), scope.find(CONSTANT_VALUES).orElse(0.0));
    return List.of(emit.add(new Pad(padMode), scope.input(), emit.longs(pads), number));
  }

  private static void expectMirror(LayerScope scope, int axis, List<Long> pair, long kept) {
    Dim size = scope.input().type().dim(axis);
    long most = Math.max(pair.get(0), pair.get(1));
    if (size.isFixed() && most > Math.max(0, size.value() - kept)) {
      throw new LayerException(
              "pad() cannot mirror "
                  + most
                  + " elements of axis "
                  + axis
                  + " of "
                  + scope.input().type()
                  + ", which has "
                  + size,
              "pad at most " + Math.max(0, size.value() - kept) + " there")
          .about("pad_width");
    }
  }

  /** The elements at each end mirrored, the last ones too. */
  private static Value symmetric(LayerScope scope, Value x, int axis, long before, long after) {
    Emitter emit = scope.emit();
    expectMirror(scope, axis, List.of(before, after), 0);
    List<Value> parts = new ArrayList<>();
    if (before > 0) {
      parts.add(
          reversed(emit, emit.slice(x, axis, emit.longs(0), emit.longs(before)), List.of(axis)));
    }
    parts.add(x);
    if (after > 0) {
      Value end = emit.slice(x, axis, emit.longs(-after), emit.longs(Long.MAX_VALUE));
      parts.add(reversed(emit, end, List.of(axis)));
    }
    return emit.concat(axis, parts);
  }

  private static Value reversed(Emitter emit, Value x, List<Integer> axes) {
    int count = axes.size();
    return axes.isEmpty()
        ? x
        : emit.add(
            new Slice(axes),
            x,
            emit.longs(Collections.nCopies(count, Long.MAX_VALUE)),
            emit.longs(Collections.nCopies(count, Long.MIN_VALUE)),
            emit.longs(Collections.nCopies(count, -1L)));
  }

  /** {@code ops.tile}: the whole tensor so many times along each of its last axes. */
  private static List<Value> tile(LayerScope scope) {
    Emitter emit = scope.emit();
    List<Dim> repeats = new ArrayList<>(scope.get(TILES));
    Value x = scope.input();
    int missing = repeats.size() - rank(scope);
    if (missing > 0) {
      x = emit.unsqueeze(x, IntStream.range(0, missing).boxed().toArray(Integer[]::new));
    }
    while (repeats.size() < x.type().rank()) {
      repeats.add(0, Dim.ONE);
    }
    return List.of(emit.add(new Tile(), x, emit.dims(repeats)));
  }

  /**
   * {@code ops.repeat}: every place of an axis so many times, one number for all or one for each;
   * without an axis, of the flat tensor.
   */
  private static List<Value> repeat(LayerScope scope) {
    Emitter emit = scope.emit();
    boolean flat = scope.find(AXIS).isEmpty();
    int axis = flat ? 0 : scope.axis(scope.get(AXIS));
    Value x = flat ? emit.flat(scope.input()) : scope.input();
    List<Long> repeats = scope.get(REPEATS);
    Dim size = x.type().dim(axis);
    boolean alike = repeats.size() == 1;
    boolean fits = alike || size.is(repeats.size());
    if (!fits || repeats.stream().anyMatch(times -> times < 0)) {
      throw new LayerException(
              "repeat() cannot repeat the "
                  + size
                  + " places of axis "
                  + axis
                  + " of "
                  + x.type()
                  + " "
                  + repeats
                  + " times",
              "give one number, at least 0, for all or for each")
          .about("repeats");
    }
    if (alike) {
      List<Dim> dims = new ArrayList<>(x.type().shape().dims());
      dims.add(axis + 1, Dim.of(repeats.get(0)));
      Value copies = emit.expand(emit.unsqueeze(x, axis + 1), emit.dims(dims));
      dims.remove(axis + 1);
      dims.set(axis, size.times(repeats.get(0)));
      return List.of(emit.reshape(copies, dims));
    }
    List<Long> places = new ArrayList<>();
    for (int i = 0; i < repeats.size(); i++) {
      places.addAll(Collections.nCopies(Math.toIntExact(repeats.get(i)), (long) i));
    }
    return List.of(emit.gather(x, axis, emit.longs(places)));
  }

  /** {@code ops.flip}: axes backwards, all where none is named. */
  private static List<Value> flip(LayerScope scope) {
    List<Integer> axes =
        scope
            .find(AXES)
            .map(written -> written.stream().map(scope::axis).distinct().toList())
            .orElseGet(() -> IntStream.range(0, rank(scope)).boxed().toList());
    return List.of(reversed(scope.emit(), scope.input(), axes));
  }

  /**
   * {@code ops.roll}: places moved along axes, those that leave at one end come back at the other;
   * without an axis, of the flat tensor.
   */
  private static List<Value> roll(LayerScope scope) {
    Emitter emit = scope.emit();
    List<Long> shifts = scope.get(SHIFT);
    if (scope.find(AXES).isEmpty()) {
      long total = shifts.stream().mapToLong(Long::longValue).sum();
      return List.of(
          emit.reshapeLike(rolled(emit, emit.flat(scope.input()), 0, total), scope.input()));
    }
    List<Long> axes = scope.get(AXES);
    if (shifts.size() != axes.size() && shifts.size() != 1) {
      throw new LayerException(
              "'shift' of roll() has " + shifts.size() + " numbers for " + axes.size() + " axes",
              "give one for every axis, or one for all")
          .about("shift");
    }
    Value x = scope.input();
    for (int i = 0; i < axes.size(); i++) {
      x = rolled(emit, x, scope.axis(axes.get(i)), shifts.get(shifts.size() == 1 ? 0 : i));
    }
    return List.of(x);
  }

  private static Value rolled(Emitter emit, Value x, int axis, long shift) {
    Dim size = x.type().dim(axis);
    if (!size.isFixed()) {
      Value places = emit.minus(CreationFunctions.counting(emit, size), emit.number(shift));
      Value length = emit.asScalar(emit.sizeOf(x, axis));
      return emit.gather(x, axis, emit.binary(BinaryFunction.MOD, places, length));
    }
    long by = size.is(0) ? 0 : Math.floorMod(shift, size.value());
    if (by == 0) {
      return x;
    }
    Value cut = emit.longs(size.value() - by);
    return emit.concat(
        axis,
        List.of(
            emit.slice(x, axis, cut, emit.longs(size.value())),
            emit.slice(x, axis, emit.longs(0), cut)));
  }

  /** {@code ops.unstack}: the slices of an axis, one output for each. */
  private static List<Value> unstack(LayerScope scope) {
    Emitter emit = scope.emit();
    int axis = scope.axis(scope.get(FIRST_AXIS));
    Dim size = scope.input().type().dim(axis);
    Dim count = scope.find(NUM).map(Dim::of).orElse(size);
    if (!count.isFixed() || (size.isFixed() && !size.equals(count))) {
      throw new LayerException(
              "unstack() gives a tensor for each of the "
                  + size
                  + " places of axis "
                  + axis
                  + " of "
                  + scope.input().type()
                  + (count.isFixed() ? ", not " + count : ""),
              count.isFixed() ? "" : "give the axis a fixed size, or say 'num'")
          .about("num");
    }
    return java.util.stream.LongStream.range(0, count.value())
        .mapToObj(i -> emit.gather(scope.input(), axis, emit.number(i)))
        .toList();
  }

  private static boolean channelsLast(LayerScope scope) {
    return scope.get(CommonArguments.DATA_FORMAT).equals("channels_last");
  }

  /** {@code ops.depth_to_space}: channels regrouped to blocks of places, in rows of a block. */
  private static List<Value> depthToSpace(LayerScope scope) {
    boolean last = channelsLast(scope);
    scope.expectRank(4, last ? "[N, height, width, channels]" : "[N, channels, height, width]");
    Emitter emit = scope.emit();
    long block = scope.get(BLOCK_SIZE);
    Value x = last ? scope.input() : emit.transpose(scope.input(), List.of(0, 2, 3, 1));
    long channels = scope.fixed(last ? 3 : 1);
    if (channels % (block * block) != 0) {
      throw new LayerException(
              "depth_to_space() makes blocks of "
                  + block * block
                  + " places of channels, and "
                  + scope.input().type()
                  + " has "
                  + channels,
              "give it a multiple of " + block * block + " channels")
          .aboutInput(0);
    }
    Dim batch = x.type().dim(0);
    Dim rows = x.type().dim(1);
    Dim columns = x.type().dim(2);
    Dim side = Dim.of(block);
    Dim rest = Dim.of(channels / block / block);
    Value split = emit.reshape(x, List.of(batch, rows, columns, side, side, rest));
    Value moved = emit.transpose(split, List.of(0, 1, 3, 2, 4, 5));
    Value y = emit.reshape(moved, List.of(batch, rows.times(block), columns.times(block), rest));
    return List.of(last ? y : emit.transpose(y, List.of(0, 3, 1, 2)));
  }

  /** {@code ops.space_to_depth}: what {@link #depthToSpace} undoes. */
  private static List<Value> spaceToDepth(LayerScope scope) {
    boolean last = channelsLast(scope);
    scope.expectRank(4, last ? "[N, height, width, channels]" : "[N, channels, height, width]");
    Emitter emit = scope.emit();
    long block = scope.get(BLOCK_SIZE);
    Value x = last ? scope.input() : emit.transpose(scope.input(), List.of(0, 2, 3, 1));
    for (int axis = 1; axis <= 2; axis++) {
      Dim size = x.type().dim(axis);
      if (size.isFixed() && size.value() % block != 0) {
        throw new LayerException(
                "space_to_depth() cuts "
                    + scope.input().type()
                    + " into blocks of "
                    + block
                    + " x "
                    + block
                    + ", and "
                    + size
                    + " is no multiple of "
                    + block,
                "pad or crop it first")
            .aboutInput(0);
      }
    }
    Dim batch = x.type().dim(0);
    Dim rows = x.type().dim(1).floorDiv(block);
    Dim columns = x.type().dim(2).floorDiv(block);
    Dim side = Dim.of(block);
    Dim channels = x.type().dim(3);
    Value split = emit.reshape(x, List.of(batch, rows, side, columns, side, channels));
    Value moved = emit.transpose(split, List.of(0, 1, 3, 2, 4, 5));
    Value y = emit.reshape(moved, List.of(batch, rows, columns, channels.times(block * block)));
    return List.of(last ? y : emit.transpose(y, List.of(0, 3, 1, 2)));
  }
}
