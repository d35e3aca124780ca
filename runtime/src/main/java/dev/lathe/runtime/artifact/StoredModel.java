package dev.lathe.runtime.artifact;

import dev.lathe.ir.Graph;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.serial.GraphReader;
import dev.lathe.runtime.Signature;
import dev.lathe.runtime.TensorSpec;
import dev.lathe.runtime.spi.ModelSource;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** A compiled model in a jar or folder, whose graph is read when it is asked for. */
public final class StoredModel implements ModelSource {
  private final String where;
  private final String identity;
  private final MemorySegment structure;
  private final MemorySegment weights;
  private final String name;
  private final Signature signature;
  private final Map<String, String> metadata;
  private @Nullable Graph graph;

  private StoredModel(
      String where,
      String identity,
      MemorySegment structure,
      MemorySegment weights,
      @Nullable Graph graph,
      Facts facts) {
    this.where = where;
    this.identity = identity;
    this.structure = structure;
    this.weights = weights;
    this.graph = graph;
    this.name = facts.name();
    this.signature = facts.signature();
    this.metadata = facts.metadata();
  }

  /** What is told of a model before its graph is read. */
  private record Facts(String name, Signature signature, Map<String, String> metadata) {}

  /**
   * A model of its properties. Those of jars of the first releases do not say what the model takes
   * and gives, so their graph is read at once.
   */
  static StoredModel of(
      Properties properties,
      String where,
      String identity,
      MemorySegment structure,
      MemorySegment weights)
      throws IOException {
    Graph graph = null;
    Facts facts;
    if (properties.containsKey(ArtifactFormat.NAME_KEY)) {
      facts = facts(properties);
    } else {
      graph = GraphReader.readTrusted(structure, weights);
      facts = new Facts(graph.name(), Signature.of(graph.forward()), Map.copyOf(graph.metadata()));
    }
    return new StoredModel(where, identity, structure, weights, graph, facts);
  }

  private static Facts facts(Properties properties) throws ZipException {
    Map<String, String> metadata = new LinkedHashMap<>();
    for (int i = 0; properties.containsKey(ArtifactFormat.metadataKey(i)); i++) {
      metadata.put(
          properties.getProperty(ArtifactFormat.metadataKey(i)),
          properties.getProperty(ArtifactFormat.metadataValue(i), ""));
    }
    return new Facts(
        properties.getProperty(ArtifactFormat.NAME_KEY),
        new Signature(
            specs(properties, ArtifactFormat.INPUT), specs(properties, ArtifactFormat.OUTPUT)),
        Map.copyOf(metadata));
  }

  private static List<TensorSpec> specs(Properties properties, String kind) throws ZipException {
    List<TensorSpec> specs = new ArrayList<>();
    for (int i = 0; properties.containsKey(ArtifactFormat.specName(kind, i)); i++) {
      try {
        specs.add(
            new TensorSpec(
                properties.getProperty(ArtifactFormat.specName(kind, i)),
                TensorType.parse(properties.getProperty(ArtifactFormat.specType(kind, i), ""))));
      } catch (IllegalArgumentException e) {
        ZipException exception = new ZipException("its " + kind + " " + i + " is damaged");
        exception.initCause(e);
        throw exception;
      }
    }
    return specs;
  }

  @Override
  public String identity() {
    return identity;
  }

  /** The name of the model. */
  public String name() {
    return name;
  }

  @Override
  public Signature signature() {
    return signature;
  }

  /** Facts about where the model came from and how it was compiled. */
  public Map<String, String> metadata() {
    return metadata;
  }

  @Override
  public MemorySegment weights() {
    return weights;
  }

  @Override
  public synchronized Graph graph() {
    Graph read = graph;
    if (read == null) {
      try {
        read = GraphReader.readTrusted(structure, weights);
      } catch (IOException e) {
        throw Artifact.failure(where, e);
      }
      graph = read;
    }
    return read;
  }
}
