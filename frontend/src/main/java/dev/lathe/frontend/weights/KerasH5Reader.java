package dev.lathe.frontend.weights;

import static dev.lathe.frontend.ImportException.quote;

import dev.lathe.frontend.ImportException;
import dev.lathe.frontend.weights.WeightPlace.Use;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads Keras's {@code .weights.h5} files.
 *
 * <p><b>The layout</b>, by {@code keras.src.saving.saving_lib} of Keras 3.15. The weights of the
 * object at {@code PATH} are the datasets {@code PATH/vars/0}, {@code PATH/vars/1} and so on: its
 * own weights, those that are trained first, in the order in which it made them. They have no
 * names. {@code PATH} is made of
 *
 * <ul>
 *   <li>the names of attributes, {@code forward_layer}, {@code cell}, {@code query_dense};
 *   <li>for what is in a list, the attribute and the class of the element in snake case with a
 *       number from the second on, {@code layers/dense_1}. Lists within lists are {@code
 *       container}s.
 * </ul>
 *
 * A model of {@code Sequential} or {@code Functional} kind, nested ones too, has its layers in
 * {@code layers}: {@code layers/functional/layers/dense}. Keras 2.13 calls that list {@code
 * _layer_checkpoint_dependencies}. What the layer is named does not show in the path; newer files
 * have it as attribute {@code name} of {@code vars}.
 *
 * <p><b>The mapping</b> to the paths that Keras gives weights: a group that has {@code vars} is a
 * layer, and is named by the attribute, else by the path; all other groups are lists and do not
 * count. So {@code layers/bidirectional_1/forward_layer/cell/vars/2} belongs to {@code
 * bidirectional_4/forward_lstm_2/lstm_cell} if these are the names there, else to {@code
 * bidirectional_1/forward_layer/cell}, which {@link LayerName} takes for the same. Within the layer
 * the number is the weight's place among those of the model's layer, which are made in Keras's
 * order. Two layers save more than their own weights: the count of {@code normalization}, and the
 * kernel of another layer by {@code spectral_normalization}.
 *
 * <p>Older files, which {@code model.save("m.h5")} still writes, have datasets by name: {@code
 * model_weights/LAYER/PATH}; these are read too. States of optimisers are left out.
 *
 * <p>The library that reads HDF5 trusts its input: whatever it throws becomes a message, and how
 * much it reads is bounded. Of a damaged file it may try to take heap for a size of 32 bits before
 * it finds that the file is shorter. Elements are slices of the mapped file.
 */
final class KerasH5Reader {
  private static final long MAGIC = 0x0a1a0a0d46444889L;
  private static final String VARS = "vars";
  private static final int DEEPEST = 64;
  private static final int MOST_NODES = 1_000_000;
  private static final int LONGEST_NAME = 1 << 12;

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /**
   * What a file has.
   *
   * @param weights the weights, those of one layer in the order of their numbers
   * @param namesLayers whether layers are named, not only their kinds
   */
  record Content(List<StoredWeight> weights, boolean namesLayers) {}

  private final Path path;
  private final MemorySegment bytes;
  private final List<StoredWeight> weights = new ArrayList<>();
  private boolean namesLayers;
  private int nodes;

  private KerasH5Reader(Path path, MemorySegment bytes) {
    this.path = path;
    this.bytes = bytes;
  }

  /** Whether a file begins like one of HDF5. */
  static boolean isHdf5(MemorySegment bytes) {
    return bytes.byteSize() >= 8 && bytes.get(LONG, 0) == MAGIC;
  }

  /**
   * The arrays of a file.
   *
   * @param bytes the file
   * @throws ImportException if it is damaged, or a dataset is of a kind that Keras does not write
   */
  static Content read(Path path, MemorySegment bytes) {
    KerasH5Reader reader = new KerasH5Reader(path, bytes);
    // An honest file with weights of one element each takes a fifth of the reads and half the
    // bytes.
    long reads = Math.min(10_000 + bytes.byteSize() / 16, 10_000_000);
    long amount = Math.min((1 << 20) + 4 * bytes.byteSize(), 1L << 30);
    try (MeteredChannel channel = new MeteredChannel(bytes, reads, amount);
        HdfFile file = new HdfFile(channel, path.toUri())) {
      reader.root(file);
    } catch (ImportException e) {
      throw e;
    } catch (Exception | StackOverflowError | OutOfMemoryError | LinkageError e) {
      throw reader.damaged(e);
    }
    return new Content(reader.weights, reader.namesLayers);
  }

  private ImportException damaged(Throwable e) {
    String why =
        switch (e) {
          case StackOverflowError deep -> "it is nested without end";
          case OutOfMemoryError large -> "it claims more than there is memory for";
          default -> e.getMessage() == null ? "its structure is broken" : e.getMessage();
        };
    return new ImportException(
        path.toString(),
        "this HDF5 file cannot be read: " + why,
        "save the weights again with model.save_weights",
        e);
  }

  private void root(HdfFile file) {
    Node old = file.getChildren().get("model_weights");
    if (old instanceof Group group) {
      named(group);
    } else if (file.getAttribute("layer_names") != null) {
      named(file);
    } else {
      walk(file, List.of(), "", 0);
    }
  }

  /** A group that is a layer, a model or a list of these, whose path in the model is known. */
  private void walk(Group group, List<String> names, String kind, int depth) {
    bound(depth);
    for (Node child : group.getChildren().values()) {
      bound(depth);
      String key = child.getName();
      if (depth == 0 && key.equals("optimizer")) {
        continue;
      }
      if (!(child instanceof Group inner)) {
        throw foreign(child);
      }
      if (key.equals(VARS)) {
        variables(inner, names, kind);
      } else if (inner.getChildren().get(VARS) instanceof Group vars) {
        String given = name(vars);
        namesLayers |= given != null;
        List<String> path = new ArrayList<>(names);
        path.add(given == null ? attribute(key) : given);
        walk(inner, path, key, depth + 1);
      } else {
        walk(inner, names, kind, depth + 1);
      }
    }
  }

  private void bound(int depth) {
    if (depth > DEEPEST || ++nodes > MOST_NODES) {
      throw new ImportException(
          path.toString(),
          "its groups are nested without end, or more than a million",
          "save the weights again with model.save_weights");
    }
  }

  /** The name that Keras's attention layers give to the layer they keep in an attribute. */
  private static String attribute(String key) {
    return switch (key) {
      case "query_dense", "_query_dense" -> "query";
      case "key_dense", "_key_dense" -> "key";
      case "value_dense", "_value_dense" -> "value";
      case "output_dense", "_output_dense" -> "attention_output";
      default -> key;
    };
  }

  /** What the attribute of a group of weights calls the layer; null if it has none. */
  private static @Nullable String name(Group vars) {
    Attribute attribute = vars.getAttribute("name");
    return attribute != null
            && attribute.isScalar()
            && attribute.getSizeInBytes() <= LONGEST_NAME
            && attribute.getData() instanceof String name
            && !name.isEmpty()
        ? name
        : null;
  }

  /** The weights of one layer. */
  private void variables(Group vars, List<String> names, String key) {
    List<StoredWeight> own = new ArrayList<>();
    String kind = LayerName.of(List.of(key)).kinds().get(0);
    for (Node child : vars.getChildren().values()) {
      bound(0);
      if (!(child instanceof Dataset dataset)) {
        throw foreign(child);
      }
      own.add(weight(dataset, place(names, kind, child.getName())));
    }
    own.sort(Comparator.comparingInt(weight -> weight.place().index()));
    weights.addAll(own);
  }

  private static WeightPlace place(List<String> names, String kind, String key) {
    int index = key.matches("[0-9]{1,6}") ? Integer.parseInt(key) : -1;
    List<String> path = new ArrayList<>(names);
    path.add(key);
    Use use = WeightPlace.use(path);
    if (kind.equals("normalization") && index == 2) {
      use = Use.OPTIONAL;
    }
    if (kind.equals("spectral_normalization")) {
      // The first is the kernel of the layer within, which that layer saves too.
      return new WeightPlace(names, key, index - 1, index == 0 ? Use.BOOKKEEPING : use);
    }
    return new WeightPlace(names, key, index, use);
  }

  /** The weights of a file of the older kind, by name. */
  private void named(Group layers) {
    namesLayers = true;
    for (Node layer : layers.getChildren().values()) {
      bound(0);
      if (layer instanceof Group group) {
        named(group, "", 0);
      }
    }
  }

  private void named(Group group, String prefix, int depth) {
    for (Node child : group.getChildren().values()) {
      bound(depth);
      String name = prefix + child.getName();
      if (child instanceof Group inner) {
        named(inner, name + "/", depth + 1);
      } else if (child instanceof Dataset dataset) {
        weights.add(weight(dataset, WeightPlace.of(name)));
      } else {
        throw foreign(child);
      }
    }
  }

  private StoredWeight weight(Dataset dataset, WeightPlace place) {
    String name = dataset.getPath().substring(1);
    return H5Elements.weight(path + ": dataset " + quote(name), name, dataset, place, bytes);
  }

  private ImportException foreign(Node node) {
    return new ImportException(
        path + ": " + quote(node.getPath()),
        "a file of Keras's weights has no such " + (node.isLink() ? "link" : "entry") + " here",
        "save the weights with model.save_weights(\"m.weights.h5\") of Keras 3");
  }
}
