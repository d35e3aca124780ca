package dev.lathe.frontend.layers;

import dev.lathe.ir.Dim;
import dev.lathe.ir.Value;
import java.util.List;

/**
 * Images as a layer sees them: {@code [N, H, W, C]}, or {@code [N, C, H, W]} where channels are
 * first.
 *
 * @param scope the layer's
 * @param x of four axes
 * @param isFirst whether channels are first
 * @param isSingle whether the layer's input is one image without the batch axis
 */
record Images(LayerScope scope, Value x, boolean isFirst, boolean isSingle) {

  /**
   * The first input of a layer.
   *
   * @throws LayerException unless it has three or four axes
   */
  static Images of(LayerScope scope) {
    boolean isFirst = scope.find(CommonArguments.DATA_FORMAT).orElse("").equals("channels_first");
    Value x = scope.input();
    int rank = x.type().rank();
    if (rank != 3 && rank != 4) {
      String axes = isFirst ? "channels, height, width]" : "height, width, channels]";
      throw new LayerException(
              scope.name()
                  + "() takes images [batch, "
                  + axes
                  + ", or one image ["
                  + axes
                  + ", and this is "
                  + x.type(),
              "")
          .aboutInput(0);
    }
    return new Images(scope, rank == 4 ? x : scope.emit().unsqueeze(x, 0), isFirst, rank == 3);
  }

  /** Others in place of these. */
  Images with(Value other) {
    return new Images(scope, other, isFirst, isSingle);
  }

  /** These as the layer's result. */
  List<Value> result() {
    return List.of(isSingle ? scope.emit().squeeze(x, 0) : x);
  }

  /** The axis of the height; that of the width follows. */
  int heightAxis() {
    return isFirst ? 2 : 1;
  }

  Dim height() {
    return x.type().dim(heightAxis());
  }

  Dim width() {
    return x.type().dim(heightAxis() + 1);
  }

  /**
   * The height, which must be fixed.
   *
   * @param why what needs it
   */
  long fixedHeight(String why) {
    return fixed(height(), "height", why);
  }

  /** The width, which must be fixed. */
  long fixedWidth(String why) {
    return fixed(width(), "width", why);
  }

  private long fixed(Dim dim, String what, String why) {
    if (!dim.isFixed()) {
      throw new LayerException(
              scope.name()
                  + "() needs a fixed "
                  + what
                  + " "
                  + why
                  + ", and the input is "
                  + scope.input().type(),
              "give " + dim + " a number in the model's inputs")
          .aboutInput(0);
    }
    return dim.value();
  }

  /** These with channels behind the batch, as ops have them. */
  Value toChannelsFirst() {
    return isFirst ? x : scope.emit().transpose(x, List.of(0, 3, 1, 2));
  }

  /** What an op gave, with its channels where these have them. */
  Value fromChannelsFirst(Value y) {
    return isFirst ? y : scope.emit().transpose(y, List.of(0, 2, 3, 1));
  }

  /** The part of so many rows and columns that begins at a row and a column. */
  Images cut(Dim top, Dim left, Dim rows, Dim columns) {
    List<Integer> axes = List.of(heightAxis(), heightAxis() + 1);
    List<Dim> ends = List.of(top.plus(rows), left.plus(columns));
    return with(ReshapingLayers.cut(scope, x, axes, List.of(top, left), ends));
  }

  /**
   * The part in the middle with the proportions of another size, as Keras cuts it: sizes are
   * rounded down in f32.
   */
  Images cutToAspect(long targetHeight, long targetWidth) {
    long height = fixedHeight("to cut images to proportions");
    long width = fixedWidth("to cut images to proportions");
    long rows = Math.max(Math.min(height, fitted(width, targetHeight, targetWidth)), 1);
    long columns = Math.max(Math.min(width, fitted(height, targetWidth, targetHeight)), 1);
    return cut(
        Dim.of((height - rows) / 2), Dim.of((width - columns) / 2), Dim.of(rows), Dim.of(columns));
  }

  /** {@code size * numerator / denominator}, rounded down in f32. */
  static long fitted(long size, long numerator, long denominator) {
    return (long) ((float) Math.multiplyExact(size, numerator) / (float) denominator);
  }
}
