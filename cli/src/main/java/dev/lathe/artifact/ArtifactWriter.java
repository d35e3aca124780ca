package dev.lathe.artifact;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.lathe.ir.Dim;
import dev.lathe.ir.Graph;
import dev.lathe.ir.file.AtomicFile;
import dev.lathe.ir.serial.GraphWriter;
import dev.lathe.ir.serial.SerializedGraph;
import dev.lathe.runtime.Signature;
import dev.lathe.runtime.TensorSpec;
import dev.lathe.runtime.artifact.ArtifactFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.CRC32;

/**
 * Writes compiled models in the format that {@link dev.lathe.runtime.artifact} describes. The same
 * graph and options give the same bytes.
 */
public final class ArtifactWriter {
  private static final int WEIGHTS_ALIGNMENT = 64;

  private final Graph graph;
  private final String className;
  private final Signature signature;

  private ArtifactWriter(Graph graph, String className) {
    this.graph = graph;
    this.className = className;
    this.signature = Signature.of(graph.forward());
  }

  /**
   * Writes a model to a jar, which appears whole or not at all.
   *
   * @param graph the optimised graph; its metadata tells where it came from, by the keys in {@link
   *     ArtifactFormat}
   * @param className the full name of the class to generate; see {@link #className}
   * @param bundle whether the jar shall hold all it needs to run by {@code java -jar}
   * @throws IOException if the file cannot be written
   */
  public static void write(Path jar, Graph graph, String className, boolean bundle)
      throws IOException {
    ArtifactWriter writer = new ArtifactWriter(graph, className);
    AtomicFile.write(
        jar,
        channel -> {
          ZipWriter zip = new ZipWriter(channel);
          writer.writeTo(zip, bundle);
          zip.finish();
        });
  }

  /**
   * The full name of a class to generate.
   *
   * @param packageName the package
   * @param simpleName the name in the package; empty to make one of the model's name
   * @param model the name of the model
   * @throws IllegalArgumentException if Java does not allow it
   */
  public static String className(String packageName, String simpleName, String model) {
    JavaNames.checkPackage(packageName);
    String simple = simpleName.isEmpty() ? JavaNames.className(model) : simpleName;
    JavaNames.checkClass(simple);
    return packageName + "." + simple;
  }

  private void writeTo(ZipWriter zip, boolean bundle) throws IOException {
    SerializedGraph serialized = GraphWriter.write(graph);
    byte[] structure = serialized.structure().toArray(ValueLayout.JAVA_BYTE);
    CRC32 crc = new CRC32();
    crc.update(structure);
    zip.deflated(JarFile.MANIFEST_NAME, manifest(bundle));
    zip.deflated(entry(ArtifactFormat.SIGNATURE), signatureJson());
    zip.deflated(entry(ArtifactFormat.GRAPH), structure);
    long weightsCrc =
        zip.stored(
            entry(ArtifactFormat.WEIGHTS),
            serialized.weightsSize(),
            WEIGHTS_ALIGNMENT,
            serialized::writeWeights);
    String properties =
        "%s=%d\n%s=%s\n%s=%d\n%s=%x\n%s=%d\n%s=%x\n"
            .formatted(
                ArtifactFormat.FORMAT_KEY,
                ArtifactFormat.VERSION,
                ArtifactFormat.LATHE_KEY,
                Build.version(),
                ArtifactFormat.GRAPH_SIZE_KEY,
                structure.length,
                ArtifactFormat.GRAPH_CRC_KEY,
                crc.getValue(),
                ArtifactFormat.WEIGHTS_SIZE_KEY,
                serialized.weightsSize(),
                ArtifactFormat.WEIGHTS_CRC_KEY,
                weightsCrc);
    zip.deflated(entry(ArtifactFormat.PROPERTIES), utf8(properties + facts()));
    for (Map.Entry<String, byte[]> file : TypedClassEmitter.emit(className, signature).entrySet()) {
      zip.deflated(file.getKey(), file.getValue());
    }
    if (bundle) {
      Bundle.addTo(zip);
    } else {
      addPom(zip);
    }
  }

  /** What is told of the model before its graph is read, as properties. */
  private String facts() {
    StringBuilder facts = new StringBuilder();
    fact(facts, ArtifactFormat.NAME_KEY, graph.name());
    facts(facts, ArtifactFormat.INPUT, signature.inputs());
    facts(facts, ArtifactFormat.OUTPUT, signature.outputs());
    int index = 0;
    for (Map.Entry<String, String> entry : graph.metadata().entrySet()) {
      fact(facts, ArtifactFormat.metadataKey(index), entry.getKey());
      fact(facts, ArtifactFormat.metadataValue(index), entry.getValue());
      index++;
    }
    return facts.toString();
  }

  private static void facts(StringBuilder facts, String kind, List<TensorSpec> specs) {
    for (int i = 0; i < specs.size(); i++) {
      fact(facts, ArtifactFormat.specName(kind, i), specs.get(i).name());
      fact(facts, ArtifactFormat.specType(kind, i), specs.get(i).type().toString());
    }
  }

  /** A line of a properties file; what has a meaning there is escaped. */
  private static void fact(StringBuilder facts, String key, String value) {
    facts.append(key).append('=');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> facts.append("\\\\");
        case '\n' -> facts.append("\\n");
        case '\r' -> facts.append("\\r");
        case ' ', '\t', '\f' -> facts.append(i == 0 ? "\\" : "").append(c);
        default -> facts.append(c);
      }
    }
    facts.append('\n');
  }

  private String entry(String name) {
    return ArtifactFormat.entry(className, name);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String packageName() {
    return className.substring(0, className.lastIndexOf('.'));
  }

  private byte[] manifest(boolean bundle) throws IOException {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    put(attributes, "Created-By", "Lathe " + Build.version());
    if (bundle) {
      attributes.put(Attributes.Name.MAIN_CLASS, Bundle.MAIN_CLASS);
      put(attributes, "Enable-Native-Access", "ALL-UNNAMED");
    } else {
      put(attributes, "Automatic-Module-Name", packageName());
      put(attributes, "Lathe-Dependencies", String.join(" ", Dependencies.coordinates()));
    }
    put(attributes, "Lathe-Format", Integer.toString(ArtifactFormat.VERSION));
    put(attributes, "Lathe-Model", graph.name());
    put(attributes, "Lathe-Class", className);
    put(attributes, "Lathe-Signature", signature.toString());
    fact(attributes, "Lathe-Source", ArtifactFormat.SOURCE);
    fact(attributes, "Lathe-Source-SHA-256", ArtifactFormat.SOURCE_SHA256);
    fact(attributes, "Lathe-Options", ArtifactFormat.OPTIONS);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    manifest.write(out);
    return out.toByteArray();
  }

  private void fact(Attributes attributes, String name, String key) {
    String value = graph.metadata().get(key);
    if (value != null && !value.isEmpty()) {
      put(attributes, name, value);
    }
  }

  /** A line break in a value would begin another attribute. */
  private static void put(Attributes attributes, String name, String value) {
    attributes.putValue(name, value.replaceAll("\\p{Cntrl}", "?"));
  }

  private byte[] signatureJson() throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", ArtifactFormat.VERSION);
    json.put("name", graph.name());
    json.put("class", className);
    json.put("lathe", Build.version());
    json.put("inputs", specs(signature.inputs()));
    json.put("outputs", specs(signature.outputs()));
    json.put("metadata", graph.metadata());
    return JSON.std
        .with(JSON.Feature.PRETTY_PRINT_OUTPUT)
        .asString(json)
        .concat("\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static List<Map<String, Object>> specs(List<TensorSpec> specs) {
    List<String> names = JavaNames.variables(specs.stream().map(TensorSpec::name).toList());
    List<Map<String, Object>> list = new ArrayList<>();
    for (int i = 0; i < specs.size(); i++) {
      TensorSpec spec = specs.get(i);
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("name", spec.name());
      json.put("elementType", spec.type().elementType().text());
      json.put("shape", spec.type().shape().dims().stream().map(ArtifactWriter::dim).toList());
      json.put("java", names.get(i));
      list.add(json);
    }
    return list;
  }

  private static Object dim(Dim dim) {
    return dim.isFixed() ? (Object) dim.value() : dim.toString();
  }

  /** A POM, by which {@code mvn install:install-file} knows the dependencies. */
  private void addPom(ZipWriter zip) throws IOException {
    String artifact = JavaNames.artifactId(className.substring(className.lastIndexOf('.') + 1));
    zip.deflated(
        "META-INF/maven/" + packageName() + "/" + artifact + "/pom.xml",
        utf8(Dependencies.pom(packageName(), artifact)));
  }
}
