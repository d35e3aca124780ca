package dev.lathe.runtime.internal;

import dev.lathe.runtime.Npy;
import dev.lathe.runtime.Tensor;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tensors of a run in files, as the commands read and write them. */
public final class TensorFiles {
  private TensorFiles() {}

  /**
   * Writes {@code NAME.npy} for each tensor; {@code /} and {@code :} in a name become {@code _}.
   *
   * @param folder made if missing
   * @return the files by the names of the tensors
   * @throws IOException if a file cannot be written, or two tensors would share one
   */
  public static Map<String, Path> write(Path folder, Map<String, Tensor> tensors)
      throws IOException {
    Map<String, Path> files = new LinkedHashMap<>();
    for (String name : tensors.keySet()) {
      Path file = file(folder, name);
      if (files.containsValue(file)) {
        throw new IOException("two outputs would be written to " + file);
      }
      files.put(name, file);
    }
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(folder + ": this is a file; name a folder for the outputs", e);
    }
    for (Map.Entry<String, Path> file : files.entrySet()) {
      Tensor tensor = tensors.get(file.getKey());
      if (tensor != null) {
        Npy.write(file.getValue(), tensor);
      }
    }
    return files;
  }

  private static Path file(Path folder, String name) throws IOException {
    try {
      return folder.resolve(name.replace('/', '_').replace(':', '_') + ".npy");
    } catch (InvalidPathException e) {
      throw new IOException("output '" + name + "' has a name that no file can have", e);
    }
  }
}
