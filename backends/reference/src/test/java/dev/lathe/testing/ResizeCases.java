package dev.lathe.testing;

import static dev.lathe.ir.ElementType.F16;
import static dev.lathe.ir.ElementType.F32;
import static dev.lathe.ir.ElementType.U8;

import dev.lathe.ir.op.ShapeOp.CoordinateTransform;
import dev.lathe.ir.op.ShapeOp.NearestMode;
import dev.lathe.ir.op.ShapeOp.Resize;
import dev.lathe.ir.op.ShapeOp.ResizeMode;
import java.util.ArrayList;
import java.util.List;

/** Interpolation in all modes. */
final class ResizeCases {
  private ResizeCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (CoordinateTransform transform : CoordinateTransform.values()) {
      for (ResizeMode mode : ResizeMode.values()) {
        for (NearestMode nearest :
            mode == ResizeMode.NEAREST
                ? NearestMode.values()
                : new NearestMode[] {NearestMode.ROUND_PREFER_FLOOR}) {
          String name = "resize/" + mode + "_" + transform + "_" + nearest;
          Resize sizes = new Resize(mode, transform, nearest, false, -0.75f, false, false);
          CaseBuilder up = new CaseBuilder(name + "_up").roundingOf(F32);
          cases.add(up.of(sizes, up.input(F32, 1, 2, 4, 5), up.longs(1, 2, 8, 7)));
          CaseBuilder down = new CaseBuilder(name + "_down").roundingOf(F32);
          cases.add(down.of(sizes, down.input(F32, 1, 2, 7, 6), down.longs(1, 2, 3, 4)));
          Resize scales = new Resize(mode, transform, nearest, true, -0.5f, false, false);
          CaseBuilder b = new CaseBuilder(name + "_scales").roundingOf(F32);
          cases.add(
              b.of(
                  scales,
                  b.input(F32, 1, 2, 4, 6),
                  b.constant(CaseBuilder.vector(F32, 1, 1, 2, 0.75))));
        }
      }
    }
    filters(cases);
    others(cases);
    return cases;
  }

  private static void filters(List<OpCase> cases) {
    for (ResizeMode mode : List.of(ResizeMode.LINEAR, ResizeMode.CUBIC)) {
      Resize smooth = of(mode, false, true);
      CaseBuilder b = new CaseBuilder("resize/" + mode + "_antialias").roundingOf(F32);
      cases.add(b.of(smooth, b.input(F32, 1, 1, 9, 8), b.longs(1, 1, 4, 3)));
      CaseBuilder both = new CaseBuilder("resize/" + mode + "_antialias_inside").roundingOf(F32);
      cases.add(both.of(of(mode, true, true), both.input(F32, 1, 1, 9, 8), both.longs(1, 1, 4, 3)));
      CaseBuilder inside = new CaseBuilder("resize/" + mode + "_inside").roundingOf(F32);
      cases.add(
          inside.of(
              of(mode, true, false), inside.input(F32, 1, 1, 4, 4), inside.longs(1, 1, 9, 6)));
      CaseBuilder channels = new CaseBuilder("resize/" + mode + "_3_axes").roundingOf(F32);
      cases.add(
          channels.of(
              of(mode, false, false), channels.input(F32, 2, 3, 4), channels.longs(3, 5, 6)));
    }
  }

  private static void others(List<OpCase> cases) {
    Resize nearest =
        new Resize(
            ResizeMode.NEAREST,
            CoordinateTransform.ASYMMETRIC,
            NearestMode.FLOOR,
            true,
            -0.75f,
            false,
            false);
    for (var type : List.of(F16, U8)) {
      CaseBuilder b = new CaseBuilder("resize/double_" + type);
      cases.add(
          b.of(
              nearest, b.input(type, 1, 3, 4, 4), b.constant(CaseBuilder.vector(F32, 1, 1, 2, 2))));
    }
    CaseBuilder same = new CaseBuilder("resize/unchanged");
    cases.add(
        same.of(
            of(ResizeMode.CUBIC, false, false),
            same.input(F32, 1, 1, 4, 4),
            same.longs(1, 1, 4, 4)));
  }

  private static Resize of(ResizeMode mode, boolean excludeOutside, boolean antialias) {
    return new Resize(
        mode,
        CoordinateTransform.HALF_PIXEL,
        NearestMode.ROUND_PREFER_FLOOR,
        false,
        -0.75f,
        excludeOutside,
        antialias);
  }
}
