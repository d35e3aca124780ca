package dev.lathe.frontend.language;

import static dev.lathe.frontend.language.Poison.POISON;

import dev.lathe.frontend.ImportException;
import dev.lathe.frontend.onnx.OnnxImporter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a file and what it imports. Not safe for use by several threads. */
final class UnitLoader {
  /** A longer source is no model that somebody wrote. */
  private static final long LONGEST_BYTES = 16 << 20;

  private final Diagnostics diagnostics;
  private final Arena arena;
  private final Map<Path, Unit> units = new LinkedHashMap<>();
  private final Deque<Path> loading = new ArrayDeque<>();
  private final Map<Path, ImportedModel> models = new HashMap<>();

  /**
   * @param arena owns the data of imported models
   */
  UnitLoader(Diagnostics diagnostics, Arena arena) {
    this.diagnostics = diagnostics;
    this.arena = arena;
  }

  /**
   * The text of a file.
   *
   * @throws IOException if it cannot be read; the message says why
   */
  static Source read(Path file) throws IOException {
    if (Files.size(file) > LONGEST_BYTES) {
      throw new IOException("the file is too large for a model's source");
    }
    try {
      return Source.of(file.toString(), Files.readString(file));
    } catch (CharacterCodingException e) {
      throw new IOException("this is no UTF-8 text", e);
    }
  }

  /**
   * Reads a source.
   *
   * @param folder where its imports are looked for; null if it may have none
   */
  Unit load(Source source, @Nullable Path folder) {
    if (folder != null) {
      try {
        Path name = Path.of(source.name()).getFileName();
        loading.push(folder.resolve(String.valueOf(name)).normalize());
      } catch (InvalidPathException e) {
        // A source that is no file is not imported.
      }
    }
    Unit unit = new Unit(SyntaxReader.read(source, diagnostics));
    define(unit, folder);
    return unit;
  }

  private void define(Unit unit, @Nullable Path folder) {
    for (Syntax.Item item : unit.file().items()) {
      switch (item) {
        case Syntax.Import imported -> load(imported, unit, folder);
        case Syntax.Const constant -> define(unit, constant.name(), constant);
        case Syntax.Block block -> define(unit, block.name(), new Callable.OfBlock(unit, block));
        case Syntax.Model model -> define(unit, model.name(), new ModelOf(model));
        case Syntax.BadItem bad -> {
          if (bad.name() != null) {
            unit.members().putIfAbsent(bad.name().text(), POISON);
          }
        }
      }
    }
  }

  /** A model of a file, which is no callable of it. */
  record ModelOf(Syntax.Model model) {}

  private void define(Unit unit, Syntax.Name name, Object member) {
    Syntax.Name first = unit.definitions().putIfAbsent(name.text(), name);
    if (first != null) {
      diagnostics.error(
          name.span(),
          "'" + name.text() + "' is defined twice",
          "give one of them another name",
          new Diagnostic.Note(first.span(), "it is defined here first"));
      return;
    }
    unit.members().put(name.text(), member);
  }

  private void load(Syntax.Import imported, Unit unit, @Nullable Path folder) {
    String text = imported.path().text();
    Syntax.Name alias = imported.alias();
    if (alias != null) {
      unit.members().putIfAbsent(alias.text(), POISON);
    }
    boolean wasOpen = unit.isOpen();
    if (alias == null) {
      // Until the import is seen to succeed, any name may come from it.
      unit.setOpen(true);
    }
    Path file;
    try {
      file = folder == null ? null : folder.resolve(text).normalize();
    } catch (InvalidPathException e) {
      file = null;
    }
    if (file == null || !Files.isRegularFile(file)) {
      diagnostics.error(
          imported.path().span(),
          "there is no file '" + text + "'" + (folder == null ? "" : " in " + folder),
          "paths of imports are relative to the file that they stand in");
      return;
    }
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".lathe")) {
      source(imported, file, unit, wasOpen);
    } else if (lower.endsWith(".onnx")) {
      onnx(imported, file, unit);
    } else {
      diagnostics.error(
          imported.path().span(),
          "files of this kind cannot be imported",
          "import .lathe or .onnx");
    }
  }

  /** The imported sources, in the order in which they were found. */
  List<Unit> imported() {
    return List.copyOf(units.values());
  }

  /** True, and an error, if a file is imported by one that it imports. */
  private boolean isCircle(Syntax.Import imported, Path file, Unit unit) {
    if (!loading.contains(file)) {
      return false;
    }
    StringBuilder circle = new StringBuilder(String.valueOf(file.getFileName()));
    for (Path each : loading) {
      circle.insert(0, each.getFileName() + " → ");
      if (each.equals(file)) {
        break;
      }
    }
    diagnostics.error(
        imported.path().span(),
        "files import each other: " + circle,
        "put what both need into a file of its own");
    unit.setOpen(true);
    return true;
  }

  private void source(Syntax.Import imported, Path file, Unit unit, boolean wasOpen) {
    if (isCircle(imported, file, unit)) {
      return;
    }
    boolean isNew = !units.containsKey(file);
    Unit other = units.get(file);
    if (other == null) {
      try {
        other = new Unit(SyntaxReader.read(read(file), diagnostics));
      } catch (IOException e) {
        diagnostics.error(imported.path().span(), "cannot be read: " + e.getMessage(), "");
        return;
      }
    }
    units.put(file, other);
    if (isNew) {
      loading.push(file);
      define(other, file.getParent());
      loading.pop();
    }
    Syntax.Name alias = imported.alias();
    if (alias != null) {
      unit.members().remove(alias.text());
      define(unit, alias, other);
      return;
    }
    unit.setOpen(wasOpen || other.isOpen());
    other
        .members()
        .forEach(
            (name, member) -> {
              if (member instanceof Callable || member instanceof Syntax.Const) {
                Object shared =
                    member instanceof Syntax.Const constant
                        ? new ConstOf(units.get(file), constant)
                        : member;
                define(unit, new Syntax.Name(imported.path().span(), name), shared);
              }
            });
  }

  /** A constant of another file. */
  record ConstOf(Unit unit, Syntax.Const constant) {}

  private void onnx(Syntax.Import imported, Path file, Unit unit) {
    Syntax.Name alias = imported.alias();
    if (alias == null) {
      diagnostics.error(
          imported.span(),
          "an imported model needs a name",
          "write: import \"" + imported.path().text() + "\" as Backbone");
      return;
    }
    try {
      ImportedModel model = models.get(file);
      if (model == null) {
        model = new ImportedModel(alias.text(), OnnxImporter.importModel(file, arena));
        models.put(file, model);
      }
      unit.members().remove(alias.text());
      define(unit, alias, new Callable.OfImport(new ImportedModel(alias.text(), model.graph())));
    } catch (ImportException e) {
      diagnostics.error(imported.path().span(), String.valueOf(e.getMessage()), "");
    }
  }
}
