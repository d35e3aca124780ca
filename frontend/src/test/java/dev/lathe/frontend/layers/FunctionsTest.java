package dev.lathe.frontend.layers;

import static dev.lathe.frontend.layers.Calls.function;
import static dev.lathe.frontend.layers.Calls.refusedFunction;
import static dev.lathe.frontend.layers.Calls.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lathe.ir.Dim;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Types of functions of symbolic sizes, and what functions say of what does not fit. */
class FunctionsTest {
  private static final Dim N = Dim.symbol("N");
  private static final Dim T = Dim.symbol("T");

  @Test
  void shapesStaySymbolic() {
    assertThat(function("reshape", with("newshape", List.of(N, -1L)), "f32[N, T, 4]"))
        .isEqualTo("f32[N, 4*T]");
    assertThat(function("reshape", with("newshape", List.of(-1L, 8L)), "f32[N, T, 4]"))
        .isEqualTo("f32[floordiv(4*N*T, 8), 8]");
    assertThat(function("arange", with("start", T))).isEqualTo("i32[T]");
    assertThat(function("arange", with("start", 1L, "stop", T))).isEqualTo("i32[max(0, T - 1)]");
    assertThat(function("zeros", with("shape", List.of(N, 2L), "dtype", "i32")))
        .isEqualTo("i32[N, 2]");
    assertThat(function("tile", with("repeats", List.of(N, 1L)), "f32[1, 3]"))
        .isEqualTo("f32[N, 3]");
    assertThat(function("tri", with("N", T, "dtype", "bool"))).isEqualTo("bool[T, T]");
    assertThat(function("top_k", with("k", T), "f32[N, T]")).isEqualTo("f32[N, T], i32[N, T]");
    assertThat(function("split", with("indices_or_sections", 2L, "axis", 1L), "f32[N, 6]"))
        .isEqualTo("f32[N, 3], f32[N, 3]");
    assertThat(function("depth_to_space", with("block_size", 2L), "f32[N, H, W, 12]"))
        .isEqualTo("f32[N, 2*H, 2*W, 3]");
    assertThat(function("argmax", with("axis", -1L), "f16[N, T]")).isEqualTo("i32[N]");
  }

  @Test
  void elementTypesMeetAsInKeras() {
    assertThat(function("add", with(), "u8[2]", "i8[2]")).isEqualTo("i16[2]");
    assertThat(function("add", with(), "u32[2]", "i8[2]")).isEqualTo("i64[2]");
    assertThat(function("add", with(), "u64[2]", "i8[2]")).isEqualTo("f32[2]");
    assertThat(function("add", with(), "f16[2]", "bf16[2]")).isEqualTo("f32[2]");
    assertThat(function("add", with(), "i64[2]", "f16[2]")).isEqualTo("f16[2]");
    assertThat(function("add", with(), "bool[2]", "u8[2]")).isEqualTo("u8[2]");
    assertThat(function("subtract", with(), "bool[2]", "bool[2]")).isEqualTo("i32[2]");
    assertThat(function("divide", with(), "i32[2]", "i64[2]")).isEqualTo("f32[2]");
    assertThat(function("mean", with(), "f64[2]")).isEqualTo("f64[]");
  }

  @Test
  void shapesThatDoNotFitAreRefused() {
    assertThat(refusedFunction("reshape", with("newshape", List.of(4L, 2L)), "f32[2, 3]"))
        .isEqualTo(
            "reshape() cannot give f32[2, 3] the shape [4, 2] / it has 6 elements, and the shape"
                + " 8");
    assertThat(refusedFunction("reshape", with("newshape", List.of(4L, -1L)), "f32[2, 3]"))
        .isEqualTo(
            "reshape() cannot give f32[2, 3] the shape [4, -1] / it has 6 elements, and the shape 4"
                + " and a multiple of them");
    assertThat(refusedFunction("reshape", with("newshape", List.of(-1L, -1L)), "f32[2, 3]"))
        .isEqualTo(
            "reshape() cannot give f32[2, 3] the shape [-1, -1] / sizes are not negative, and one"
                + " at most is -1");
    assertThat(refusedFunction("transpose", with("axes", List.of(0L, 0L)), "f32[2, 3]"))
        .isEqualTo(
            "'axes' of transpose() name every axis of its input once, and [0, 0] do not for"
                + " f32[2, 3]");
    assertThat(refusedFunction("squeeze", with("axis", 1L), "f32[1, 3]"))
        .isEqualTo("squeeze() drops axes of size 1, and axis 1 of f32[1, 3] has 3");
    assertThat(refusedFunction("expand_dims", with("axis", 4L), "f32[2, 3]"))
        .isEqualTo(
            "expand_dims() makes a tensor of 3 axes of f32[2, 3], and [4] are not new axes of it /"
                + " axes go from -3 to 2");
    assertThat(refusedFunction("broadcast_to", with("shape", List.of(2L, 4L)), "f32[2, 3]"))
        .isEqualTo(
            "broadcast_to() cannot stretch f32[2, 3] to [2, 4] / axes are matched from the last,"
                + " and only a size of 1 can be stretched");
    assertThat(refusedFunction("zeros", with("shape", List.of(-2L))))
        .isEqualTo("zeros() cannot make the shape [-2] / sizes are not negative");
    assertThat(refusedFunction("sum", with("axis", List.of(1L, -1L)), "f32[2, 3]"))
        .isEqualTo("'axis' of sum() names axis -1 twice");
    assertThat(refusedFunction("sum", with("axis", 2L), "f32[2, 3]"))
        .isEqualTo(
            "sum() has axis 2, and its input is f32[2, 3]"
                + " / its axes go from 0 to 1, or from -2 to -1");
  }

  @Test
  void partsThatAreNoneAreRefused() {
    assertThat(refusedFunction("split", with("indices_or_sections", 4L), "f32[6]"))
        .isEqualTo(
            "split() cannot cut axis 0 of f32[6], which has 6 elements, into 4 parts of one size /"
                + " give a list of the places where parts begin");
    assertThat(refusedFunction("top_k", with("k", 4L), "f32[2, 3]"))
        .isEqualTo("top_k() takes 4 of the last axis of f32[2, 3] / 'k' goes from 0 to 3");
    assertThat(refusedFunction("take", with("axis", 0L), "f32[2]", "f32[2]"))
        .isEqualTo(
            "indices of take() are integers, and these are f32[2] / cast them: cast(x, i32)");
    assertThat(refusedFunction("take_along_axis", with("axis", 1L), "f32[2, 3]", "i32[3, 1]"))
        .isEqualTo(
            "take_along_axis() takes indices that match f32[2, 3] in every axis but 1, and these"
                + " are i32[3, 1] / give other axes the same size or 1");
    assertThat(refusedFunction("slice", with("shape", List.of(2L, 4L)), "f32[2, 3]", "i32[2]"))
        .isEqualTo(
            "slice() has the shape [2, 4], which is no part of f32[2, 3] / give every axis a size"
                + " from 0 to its own");
    assertThat(refusedFunction("slice", with("shape", List.of(2L, 2L)), "f32[2, 3]", "i32[3]"))
        .isEqualTo(
            "slice() takes a place for every axis of f32[2, 3], and 'start_indices' is i32[3] /"
                + " give a list of 2 integers");
    assertThat(refusedFunction("unstack", with(), "f32[N, 3]"))
        .isEqualTo(
            "unstack() gives a tensor for each of the N places of axis 0 of f32[N, 3] / give the"
                + " axis a fixed size, or say 'num'");
    assertThat(refusedFunction("stack", with(), "f32[2]", "f32[2, 1]"))
        .isEqualTo("stack() takes tensors of one shape, and these are f32[2] and f32[2, 1]");
  }

  @Test
  void transformsThatDoNotFitAreRefused() {
    assertThat(
            refusedFunction(
                "pad", with("pad_width", List.of(List.of(1L, 1L), List.of(1L, 1L))), "f32[2]"))
        .isEqualTo(
            "'pad_width' of pad() has 2 pairs for the 1 axes of f32[2] / give one pair for every"
                + " axis, [0, 0] where nothing is added");
    assertThat(refusedFunction("pad", with("pad_width", 3L, "mode", "reflect"), "f32[3]"))
        .isEqualTo(
            "pad() cannot mirror 3 elements of axis 0 of f32[3], which has 3 / pad at most 2"
                + " there");
    assertThat(refusedFunction("pad", with("pad_width", -1L), "f32[3]"))
        .isEqualTo(
            "'pad_width' of pad() must be an integer, a pair [before, after], or such a pair for"
                + " every axis, not the integer -1");
    assertThat(refusedFunction("repeat", with("repeats", List.of(1L, 2L), "axis", 0L), "f32[3]"))
        .isEqualTo(
            "repeat() cannot repeat the 3 places of axis 0 of f32[3] [1, 2] times / give one"
                + " number, at least 0, for all or for each");
    assertThat(refusedFunction("depth_to_space", with("block_size", 2L), "f32[N, 2, 2, 6]"))
        .isEqualTo(
            "depth_to_space() makes blocks of 4 places of channels, and f32[N, 2, 2, 6] has 6 /"
                + " give it a multiple of 4 channels");
    assertThat(refusedFunction("space_to_depth", with("block_size", 2L), "f32[N, 3, 2, 6]"))
        .isEqualTo(
            "space_to_depth() cuts f32[N, 3, 2, 6] into blocks of 2 x 2, and 3 is no multiple of 2"
                + " / pad or crop it first");
    assertThat(refusedFunction("arange", with("start", 0L, "stop", 3L, "step", 0L)))
        .isEqualTo("'step' of arange() is 0");
    assertThat(refusedFunction("arange", with("start", 0.5, "stop", T)))
        .isEqualTo(
            "arange() counts sizes such as T in whole steps / give it integers and sizes alone, and"
                + " multiply the result");
  }

  @Test
  void productsThatDoNotFitAreRefused() {
    assertThat(refusedFunction("matmul", with(), "f32[2, 3]", "f32[2, 3]"))
        .isEqualTo(
            "'@' of f32[2, 3] and f32[2, 3]: the last axis of the left has 3 elements, and the last"
                + " but one of the right 2 / transpose one of them, or check the sizes");
    assertThat(refusedFunction("tensordot", with("axes", 1L), "f32[2, 3]", "f32[4, 3]"))
        .isEqualTo(
            "tensordot() sums over axis 1 of f32[2, 3] and axis 0 of f32[4, 3], which have 3 and 4"
                + " elements");
    assertThat(
            refusedFunction(
                "dot_product_attention", with(), "f32[N, 2, 4]", "f32[N, 2, 4]", "f32[N, 2, 4]"))
        .isEqualTo(
            "dot_product_attention() takes tensors [batch, time, heads, size], and this is"
                + " f32[N, 2, 4] / reshape the last axis to heads: ops.reshape(x, [N, T, heads,"
                + " -1])");
    assertThat(
            refusedFunction(
                "dot_product_attention",
                with(),
                "f32[N, 2, 4, 8]",
                "f32[N, 2, 3, 8]",
                "f32[N, 2, 3, 8]"))
        .isEqualTo(
            "dot_product_attention() has a query of 4 heads, and this has 3 / give it as many, or a"
                + " divisor of them");
    assertThat(refusedFunction("einsum", with("subscripts", "ij,kl->im"), "f32[2, 3]", "f32[3, 4]"))
        .isEqualTo(
            "'subscripts' of einsum() \"ij,kl->im\" has a label in its output that no operand has,"
                + " or one twice / write them as in \"bij,bjk->bik\": a letter for each axis, a"
                + " comma between tensors");
    assertThat(refusedFunction("bitwise_and", with(), "bool[2]", "bool[2]"))
        .isEqualTo(
            "bitwise_and() takes integers, and this is bool[2] / use the logical functions for"
                + " bool");
    assertThat(refusedFunction("norm", with("ord", 1L), "f32[2, 2]"))
        .isEqualTo(
            "norm() of order 1.0 over 2 axes is not there yet / leave the order out for the root of"
                + " the sum of squares");
  }
}
