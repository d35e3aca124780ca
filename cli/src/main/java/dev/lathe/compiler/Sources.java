package dev.lathe.compiler;

import dev.lathe.frontend.language.LatheException;
import dev.lathe.frontend.onnx.ImportOptions;
import dev.lathe.frontend.onnx.OnnxImporter;
import dev.lathe.ir.Function;
import dev.lathe.ir.Graph;
import dev.lathe.ir.Shape;
import dev.lathe.ir.Specializer;
import dev.lathe.ir.TensorType;
import dev.lathe.ir.text.IrParseException;
import dev.lathe.ir.text.IrParser;
import dev.lathe.runtime.artifact.Artifact;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads models, whatever kind of file they come in. */
public final class Sources {
  /** The kinds of files that models come in. */
  private enum Kind {
    LATHE(".lathe"),
    ONNX(".onnx"),
    IR(".ir"),
    JAR(".jar");

    private final String suffix;

    Kind(String suffix) {
      this.suffix = suffix;
    }
  }

  /** Text of more than this is no graph that somebody wrote. */
  static final long LONGEST_TEXT = 1 << 28;

  private Sources() {}

  /** True if a file is a compiled model by its name. */
  public static boolean isJar(Path source) {
    return hasSuffix(source, Kind.JAR) || Files.isDirectory(source);
  }

  private static boolean hasSuffix(Path source, Kind kind) {
    return source.toString().toLowerCase(Locale.ROOT).endsWith(kind.suffix);
  }

  private static Kind kind(Path source) {
    for (Kind kind : Kind.values()) {
      if (hasSuffix(source, kind)) {
        return kind;
      }
    }
    throw new BadInputException(
        source
            + ": cannot tell what kind of model this is; Lathe reads .lathe, .onnx, .ir (textual"
            + " IR) and .jar (compiled) files");
  }

  /**
   * Reads a model as a graph, named after its file.
   *
   * @param given what is known of inputs
   * @param weights where the weights of a model in the Lathe language are; empty for what their
   *     initialisers make
   * @param arena owns the memory of the graph's data
   * @throws BadInputException if the file is missing, of an unknown kind, or a shape does not fit
   * @throws LatheException if it is a source in the Lathe language with errors
   */
  public static Graph read(Path source, ImportOptions given, Optional<Path> weights, Arena arena) {
    Kind kind = kind(source);
    if (!Files.exists(source)) {
      throw new BadInputException(source + ": there is no such file");
    }
    if (weights.isPresent() && kind != Kind.LATHE) {
      throw new BadInputException(
          source + ": weights can be given to a .lathe model only; this one has its own");
    }
    return switch (kind) {
      case LATHE -> bind(LatheSources.read(source, weights, arena), given.shapes(), source);
      case ONNX -> renamed(OnnxImporter.importModel(source, arena, given), name(source));
      case IR -> bind(text(source), given.shapes(), source);
      case JAR -> bind(Artifact.read(source, arena).graph(), given.shapes(), source);
    };
  }

  private static Graph text(Path source) {
    try {
      if (Files.size(source) > LONGEST_TEXT) {
        throw new BadInputException(source + ": the file is too large to be textual IR");
      }
      return IrParser.parse(Files.readString(source));
    } catch (IrParseException e) {
      throw new BadInputException(source + ":" + e.getMessage(), e);
    } catch (CharacterCodingException e) {
      throw new BadInputException(source + ": this is no UTF-8 text", e);
    } catch (IOException e) {
      throw new UncheckedIOException(source + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** The name of a model: its file's, or its folder's where the file is just {@code model}. */
  public static String name(Path source) {
    String file = String.valueOf(source.toAbsolutePath().normalize().getFileName());
    int dot = file.lastIndexOf('.');
    String stem = dot > 0 ? file.substring(0, dot) : file;
    Path parent = source.toAbsolutePath().normalize().getParent();
    return stem.equals("model") && parent != null && parent.getFileName() != null
        ? parent.getFileName().toString()
        : stem;
  }

  private static Graph renamed(Graph graph, String name) {
    Graph result = new Graph(name);
    graph.parameters().forEach(result::parameter);
    graph.metadata().forEach(result::metadata);
    graph.functions().values().forEach(result::add);
    return result;
  }

  /** The graph with symbols of inputs bound as the given shapes say. */
  private static Graph bind(Graph graph, Map<String, Shape> shapes, Path source) {
    if (shapes.isEmpty()) {
      return graph;
    }
    Function forward = graph.forward();
    Map<String, Long> sizes = new TreeMap<>();
    for (Map.Entry<String, Shape> given : shapes.entrySet()) {
      TensorType declared;
      try {
        declared = forward.input(given.getKey()).type();
      } catch (IllegalArgumentException e) {
        throw new BadInputException(source + ": " + e.getMessage(), e);
      }
      Shape shape = given.getValue();
      if (!declared.isCompatibleWith(declared.withShape(shape))) {
        throw new BadInputException(
            source + ": input '" + given.getKey() + "' is " + declared + " and cannot be " + shape);
      }
      for (int axis = 0; axis < shape.rank(); axis++) {
        if (declared.dim(axis).isSymbol() && shape.dim(axis).isFixed()) {
          sizes.put(declared.dim(axis).symbolName(), shape.dim(axis).value());
        }
      }
    }
    return Specializer.specialize(graph, sizes);
  }

  /** The SHA-256 of a file in hexadecimal. */
  static String sha256(Path source) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(source), digest)) {
        byte[] buffer = new byte[1 << 16];
        while (in.read(buffer) >= 0) {
          // The stream itself digests what is read.
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    } catch (IOException e) {
      throw new UncheckedIOException(source + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
