package dev.lathe.frontend.onnx;

import dev.lathe.frontend.emit.Emitter;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Value;
import dev.lathe.ir.op.ShapeOp.Concat;
import dev.lathe.ir.op.ShapeOp.Reshape;
import dev.lathe.ir.op.ShapeOp.ShapeOf;
import dev.lathe.ir.op.ShapeOp.Squeeze;
import dev.lathe.ir.op.ShapeOp.Tile;
import dev.lathe.ir.op.ShapeOp.Unsqueeze;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Operators that ask for a shape or change it and leave the elements as they are. */
final class ShapeHandlers {

  private ShapeHandlers() {}

  static void register(Handlers handlers) {
    handlers.add("Shape", ShapeHandlers::shape);
    handlers.add("Size", node -> List.of(node.emit().asScalar(size(node))));
    handlers.add("Reshape", ShapeHandlers::reshape);
    handlers.add("Flatten", ShapeHandlers::flatten);
    handlers.add("Transpose", ShapeHandlers::transpose);
    handlers.add("Squeeze", ShapeHandlers::squeeze);
    handlers.add("Unsqueeze", ShapeHandlers::unsqueeze);
    handlers.add("Expand", node -> List.of(node.emit().expand(node.in(0), node.asDims(1))));
    handlers.add("Tile", ShapeHandlers::tile);
    handlers.add("Concat", ShapeHandlers::concat);
    handlers.add("DepthToSpace", ShapeHandlers::depthToSpace);
    handlers.add("SpaceToDepth", ShapeHandlers::spaceToDepth);
  }

  /** {@code Shape}-15; the part from start to end is new in that version. */
  private static List<Value> shape(OnnxNode node) {
    int start = node.attributes().small("start", 0);
    int end = node.attributes().small("end", Integer.MAX_VALUE);
    return List.of(node.emit().add(new ShapeOf(start, end), node.in(0)));
  }

  private static Value size(OnnxNode node) {
    return node.emit().productOf(node.in(0), 0, node.rank(0));
  }

  /** {@code Reshape}-14; until version 4 the shape was an attribute. */
  private static List<Value> reshape(OnnxNode node) {
    if (node.opset() < 5) {
      Value shape = node.emit().longs(node.attributes().integers("shape", List.of()));
      return List.of(node.emit().add(new Reshape(false), node.in(0), shape));
    }
    boolean allowZero = node.attributes().flag("allowzero", false);
    return List.of(node.emit().add(new Reshape(allowZero), node.in(0), node.asDims(1)));
  }

  /** {@code Flatten}-13: a matrix, with the axes before {@code axis} as rows. */
  private static List<Value> flatten(OnnxNode node) {
    Emitter emit = node.emit();
    Value x = node.in(0);
    int rank = x.type().rank();
    int stated = node.attributes().small("axis", 1);
    int axis = stated < 0 ? stated + rank : stated;
    if (axis < 0 || axis > rank) {
      throw node.attributes().refuse("axis", "is " + stated + " for a tensor of rank " + rank);
    }
    return List.of(emit.matrix(x, axis));
  }

  private static List<Value> transpose(OnnxNode node) {
    Value x = node.in(0);
    int rank = x.type().rank();
    List<Long> permutation = node.attributes().integers("perm");
    if (permutation == null) {
      List<Integer> reversed = IntStream.range(0, rank).map(i -> rank - 1 - i).boxed().toList();
      return List.of(node.emit().transpose(x, reversed));
    }
    if (permutation.size() != rank) {
      throw node.attributes().refuse("perm", "is " + permutation + " for a tensor of rank " + rank);
    }
    List<Integer> axes = permutation.stream().map(Long::intValue).toList();
    return List.of(node.emit().transpose(x, axes));
  }

  /** {@code Squeeze}: axes are an input from version 13 on; without any, all axes of size 1 go. */
  private static List<Value> squeeze(OnnxNode node) {
    Value x = node.in(0);
    int rank = x.type().rank();
    List<Long> axes = axesOrNone(node);
    List<Integer> normal = new ArrayList<>();
    if (axes.isEmpty() && !statesAxes(node)) {
      for (int i = 0; i < rank; i++) {
        Dim dim = x.type().dim(i);
        if (!dim.isFixed()) {
          throw node.unsupported(
              "no axes and an input of type " + x.type(),
              "name the axes, or fix the input's shape");
        }
        if (dim.is(1)) {
          normal.add(i);
        }
      }
    } else {
      normal.addAll(node.axes(axes, rank));
    }
    return List.of(normal.isEmpty() ? x : node.emit().add(new Squeeze(normal), x));
  }

  private static boolean statesAxes(OnnxNode node) {
    return node.opset() < 13 ? node.attributes().has("axes") : node.has(1);
  }

  private static List<Long> axesOrNone(OnnxNode node) {
    if (node.opset() < 13) {
      return node.attributes().integers("axes", List.of());
    }
    return node.has(1) ? node.needLongs(1, "axes") : List.of();
  }

  private static List<Value> unsqueeze(OnnxNode node) {
    Value x = node.in(0);
    List<Long> axes = axesOrNone(node);
    if (!statesAxes(node)) {
      throw node.invalid("the axes are missing");
    }
    List<Integer> normal = node.axes(axes, x.type().rank() + axes.size());
    return List.of(normal.isEmpty() ? x : node.emit().add(new Unsqueeze(normal), x));
  }

  /** {@code Tile}-13; versions before 6 repeated one axis. */
  private static List<Value> tile(OnnxNode node) {
    if (node.opset() < 6) {
      throw node.unsupported(
          "opset " + node.opset(), "convert the model with onnx.version_converter");
    }
    return List.of(node.emit().add(new Tile(), node.in(0), node.asDims(1)));
  }

  private static List<Value> concat(OnnxNode node) {
    if (node.opset() >= 4 && !node.attributes().has("axis")) {
      throw node.attributes().refuse("axis", "is missing");
    }
    int axis = node.axis("axis", 1, node.rank(0));
    return List.of(node.emit().add(new Concat(axis), node.all().toArray(Value[]::new)));
  }

  private static Dim block(OnnxNode node) {
    long size = node.attributes().integer("blocksize", 0);
    if (size < 1) {
      throw node.attributes().refuse("blocksize", "is " + size + " and must be at least 1");
    }
    if (node.rank(0) != 4) {
      throw node.invalid("the input is " + node.type(0) + " and must have rank 4");
    }
    return Dim.of(size);
  }

  /** {@code DepthToSpace}-13: blocks of channels become blocks of positions. */
  private static List<Value> depthToSpace(OnnxNode node) {
    Emitter emit = node.emit();
    Dim block = block(node);
    Value x = node.in(0);
    List<Dim> d = x.type().shape().dims();
    Dim depth = d.get(1).floorDiv(block.times(block));
    boolean columnFirst = node.attributes().text("mode", "DCR").equals("CRD");
    List<Dim> split =
        columnFirst
            ? List.of(d.get(0), depth, block, block, d.get(2), d.get(3))
            : List.of(d.get(0), block, block, depth, d.get(2), d.get(3));
    List<Integer> order = columnFirst ? List.of(0, 1, 4, 2, 5, 3) : List.of(0, 3, 4, 1, 5, 2);
    Value moved = emit.transpose(emit.reshape(x, split), order);
    return List.of(
        emit.reshape(
            moved, List.of(d.get(0), depth, d.get(2).times(block), d.get(3).times(block))));
  }

  /** {@code SpaceToDepth}-13: blocks of positions become blocks of channels. */
  private static List<Value> spaceToDepth(OnnxNode node) {
    Emitter emit = node.emit();
    Dim block = block(node);
    Value x = node.in(0);
    List<Dim> d = x.type().shape().dims();
    Dim height = d.get(2).floorDiv(block);
    Dim width = d.get(3).floorDiv(block);
    Value split = emit.reshape(x, List.of(d.get(0), d.get(1), height, block, width, block));
    Value moved = emit.transpose(split, List.of(0, 3, 5, 1, 2, 4));
    Dim depth = d.get(1).times(block).times(block);
    return List.of(emit.reshape(moved, List.of(d.get(0), depth, height, width)));
  }
}
