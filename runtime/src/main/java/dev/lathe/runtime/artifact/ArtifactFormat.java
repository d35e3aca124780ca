package dev.lathe.runtime.artifact;

/** The names in the format of compiled models; {@link dev.lathe.runtime.artifact} describes it. */
public final class ArtifactFormat {
  /** The version that is written. Every earlier one is read. */
  public static final int VERSION = 1;

  /** Where the folders of models lie, each named after the model's class. */
  public static final String FOLDER = "META-INF/lathe/";

  /** The binary graph, in a model's folder. */
  public static final String GRAPH = "graph.lir";

  /** The large data of the graph, in a model's folder. */
  public static final String WEIGHTS = "weights.bin";

  /** Version, sizes and checksums, in a model's folder, read by {@link java.util.Properties}. */
  public static final String PROPERTIES = "model.properties";

  /** Inputs and outputs for other tools, in a model's folder. */
  public static final String SIGNATURE = "signature.json";

  /** Property: the format's version. */
  public static final String FORMAT_KEY = "format";

  /** Property: the release of Lathe that compiled the model. */
  public static final String LATHE_KEY = "lathe";

  /** Property: the bytes of the graph. */
  public static final String GRAPH_SIZE_KEY = "graph.size";

  /** Property: the CRC-32 of the graph in hexadecimal. */
  public static final String GRAPH_CRC_KEY = "graph.crc32";

  /** Property: the bytes of the weights. */
  public static final String WEIGHTS_SIZE_KEY = "weights.size";

  /** Property: the CRC-32 of the weights in hexadecimal. */
  public static final String WEIGHTS_CRC_KEY = "weights.crc32";

  /** Property: the name of the model; where it is missing, the graph alone tells this and below. */
  public static final String NAME_KEY = "name";

  /** The kind of properties that tell of inputs. */
  public static final String INPUT = "input";

  /** The kind of properties that tell of outputs. */
  public static final String OUTPUT = "output";

  /** Metadata of a graph: the threads that a run of it shall use. */
  public static final String THREADS = "lathe.threads";

  /** Metadata of a graph: the release of Lathe that compiled it. */
  public static final String COMPILER = "lathe.version";

  /** Metadata of a graph: the name of the file it came from. */
  public static final String SOURCE = "lathe.source";

  /** Metadata of a graph: the SHA-256 of the file it came from, in hexadecimal. */
  public static final String SOURCE_SHA256 = "lathe.source.sha256";

  /** Metadata of a graph: the options of the compiler that are not the default. */
  public static final String OPTIONS = "lathe.options";

  private ArtifactFormat() {}

  /** Property: the name of an input or output. */
  public static String specName(String kind, int index) {
    return kind + "." + index + ".name";
  }

  /** Property: the type of an input or output. */
  public static String specType(String kind, int index) {
    return kind + "." + index + ".type";
  }

  /** Property: the key of an entry of the graph's metadata. */
  public static String metadataKey(int index) {
    return "metadata." + index + ".key";
  }

  /** Property: the value of an entry of the graph's metadata. */
  public static String metadataValue(int index) {
    return "metadata." + index + ".value";
  }

  /** The name of an entry of the model with the given class. */
  public static String entry(String className, String name) {
    return FOLDER + className + "/" + name;
  }
}
