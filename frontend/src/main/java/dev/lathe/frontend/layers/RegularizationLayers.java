package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Argument.optional;
import static dev.lathe.frontend.layers.Argument.required;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.ElementType;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ElementwiseOp.BinaryFunction;
import dev.lathe.ir.op.ReductionOp.ReduceFunction;
import java.util.ArrayList;
import java.util.List;

/** Layers that only training needs: at inference they give what they are given. */
final class RegularizationLayers {
  private static final Argument<Double> RATE = required("rate", ArgumentKinds.FRACTION);
  private static final Argument<Double> STDDEV = required("stddev", ArgumentKinds.FRACTION);
  private static final Argument<Long> SEED = optional("seed", ArgumentKinds.INTEGER);
  private static final Argument<Double> L1 = optional("l1", ArgumentKinds.NON_NEGATIVE_NUMBER, 0.0);
  private static final Argument<Double> L2 = optional("l2", ArgumentKinds.NON_NEGATIVE_NUMBER, 0.0);
  private static final Argument<Double> MASK_VALUE =
      optional("mask_value", ArgumentKinds.NUMBER, 0.0);

  /** Sizes of the noise, -1 for those of the input. */
  private static final Argument<List<Long>> NOISE_SHAPE =
      optional(
          "noise_shape",
          new ArgumentKind<List<Long>>() {
            @Override
            public String wanted() {
              return "a list of positive integers, none for the input's size";
            }

            @Override
            public List<Long> convert(Object written) {
              return noiseShape(written);
            }
          });

  private RegularizationLayers() {}

  static void register(LayerIndex index) {
    index.add(identity("dropout", "Dropout", RATE, NOISE_SHAPE, SEED));
    index.add(spatial("spatial_dropout1d", "SpatialDropout1D", 3, RATE, SEED));
    index.add(
        spatial(
            "spatial_dropout2d", "SpatialDropout2D", 4, RATE, CommonArguments.DATA_FORMAT, SEED));
    index.add(
        spatial(
            "spatial_dropout3d", "SpatialDropout3D", 5, RATE, CommonArguments.DATA_FORMAT, SEED));
    index.add(identity("gaussian_dropout", "GaussianDropout", RATE, SEED));
    index.add(identity("gaussian_noise", "GaussianNoise", STDDEV, SEED));
    index.add(identity("alpha_dropout", "AlphaDropout", RATE, NOISE_SHAPE, SEED));
    index.add(identity("activity_regularization", "ActivityRegularization", L1, L2));
    index.add(LayerKind.of("masking", "Masking", RegularizationLayers::masking, MASK_VALUE));
  }

  private static LayerKind identity(String name, String kerasName, Argument<?>... arguments) {
    return LayerKind.of(name, kerasName, scope -> List.of(scope.input()), arguments);
  }

  private static LayerKind spatial(
      String name, String kerasName, int rank, Argument<?>... arguments) {
    String axes = "[N, " + "size, ".repeat(rank - 2) + "channels]";
    return LayerKind.of(
        name,
        kerasName,
        scope -> {
          scope.expectRank(rank, axes);
          return List.of(scope.input());
        },
        arguments);
  }

  private static List<Long> noiseShape(Object written) {
    List<Long> sizes = new ArrayList<>();
    if (written instanceof List<?> list) {
      for (Object each : list) {
        if (each == null) {
          sizes.add(-1L);
        } else if (each instanceof Long size && size > 0) {
          sizes.add(size);
        } else {
          throw new LayerException(Written.described(written), "");
        }
      }
      return sizes;
    }
    throw new LayerException(Written.described(written), "");
  }

  /**
   * {@code Masking}: vectors along the last axis whose elements all equal {@code mask_value} become
   * zero. Layers that follow are not told which: they take masks as inputs of their own.
   */
  private static List<Value> masking(LayerScope scope) {
    Emitter emit = scope.emit();
    Value x = scope.input();
    if (x.type().rank() == 0) {
      throw new LayerException("masking() takes a tensor with an axis, not " + x.type(), "")
          .aboutInput(0);
    }
    Value value =
        Promotion.to(
            emit, x.type().elementType(), emit.scalar(ElementType.F64, scope.get(MASK_VALUE)));
    Value differs = emit.binary(BinaryFunction.NOT_EQUAL, x, value);
    Value kept = emit.reduce(ReduceFunction.MAX, differs, List.of(x.type().rank() - 1), true);
    return List.of(emit.where(kept, x, emit.scalarLike(x, 0)));
  }
}
