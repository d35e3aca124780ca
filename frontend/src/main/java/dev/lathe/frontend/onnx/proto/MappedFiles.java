package dev.lathe.frontend.onnx.proto;

import static dev.lathe.frontend.ImportException.quote;

import dev.lathe.frontend.FileMapping;
import dev.lathe.frontend.ImportException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Maps a model's file and the external data files beside it, each once, read-only, for as long as
 * the arena lives.
 */
final class MappedFiles {

  private final Path folder;
  private final Arena arena;
  private final Map<Path, MemorySegment> mapped = new HashMap<>();

  /**
   * Files for a model.
   *
   * @param model the model's file, whose folder external data must lie in
   * @param arena what the mappings live in
   */
  MappedFiles(Path model, Arena arena) {
    Path parent = model.toAbsolutePath().getParent();
    this.folder = parent == null ? model.toAbsolutePath() : parent;
    this.arena = arena;
  }

  /**
   * A range of an external data file.
   *
   * @param at makes exceptions that name the tensor
   * @param location path of the file, relative to the model's folder
   * @param offset where the range begins, in bytes, not negative
   * @param length bytes of the range, not negative
   * @throws ImportException when the path leaves the folder or the file is missing or too short
   */
  MemorySegment external(WireReader at, String location, long offset, long length) {
    Path file = inside(at, location);
    MemorySegment data = mapped.get(file);
    if (data == null) {
      data = FileMapping.map(file, arena, at.where() + ": external data file " + quote(location));
      mapped.put(file, data);
    }
    if (offset > data.byteSize() || length > data.byteSize() - offset) {
      throw at.fail(
          "external data file "
              + quote(location)
              + " has "
              + data.byteSize()
              + " bytes but the tensor is said to lie at "
              + offset
              + " with "
              + length
              + " bytes",
          "fetch the data file again: it is incomplete or belongs to another model");
    }
    return data.asSlice(offset, length);
  }

  private Path inside(WireReader at, String location) {
    Path relative;
    try {
      relative = Path.of(location);
    } catch (InvalidPathException e) {
      throw refused(at, location, "is no valid path");
    }
    boolean rooted =
        location.startsWith("/") || location.startsWith("\\") || location.matches("[A-Za-z]:.*");
    if (rooted || relative.isAbsolute()) {
      throw refused(at, location, "is absolute");
    }
    for (String step : location.split("[/\\\\]", -1)) {
      if (step.equals("..")) {
        throw refused(at, location, "leads out of the model's folder");
      }
    }
    try {
      Path real = folder.resolve(relative).toRealPath();
      if (!real.startsWith(folder.toRealPath())) {
        throw refused(at, location, "is a link that leads out of the model's folder");
      }
      return real;
    } catch (NoSuchFileException e) {
      throw at.fail(
          "there is no external data file " + quote(location) + " in the model's folder",
          "put the file beside the model: its weights are in it");
    } catch (IOException e) {
      throw at.fail(
          "external data file " + quote(location) + " cannot be read: " + e.getMessage(), "");
    }
  }

  private static ImportException refused(WireReader at, String location, String why) {
    return at.fail(
        "the location of external data, " + quote(location) + ", " + why,
        "external data must lie in the model's folder; copy it there and correct the location");
  }
}
