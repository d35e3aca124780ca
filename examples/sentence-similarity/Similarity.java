import dev.lathe.runtime.Tensor;
import example.MiniLm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Prints how alike sentences are: the cosine of the angle between their embeddings.
 *
 * <p>{@code example.MiniLm} is the class that {@code lathe compile} made of the model. Its {@code
 * run} takes the model's inputs by name and order, and gives its outputs with accessors named after
 * them.
 */
public final class Similarity {
  private static final Pattern ENTRY = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"\\s*:\\s*(\\d+)");
  private static final Pattern WORD =
      Pattern.compile("[\\p{L}\\p{N}\\p{M}]+|[^\\s\\p{L}\\p{N}\\p{M}]");

  private final Map<String, Long> vocabulary;

  private Similarity(Map<String, Long> vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** Arguments: the tokenizer's JSON file, then the sentences. */
  public static void main(String[] args) throws IOException {
    Similarity similarity = new Similarity(readVocabulary(Path.of(args[0])));
    List<float[]> embeddings = new ArrayList<>();
    try (MiniLm model = MiniLm.load()) {
      for (int i = 1; i < args.length; i++) {
        embeddings.add(similarity.embed(model, args[i]));
      }
    }
    for (int i = 1; i < args.length; i++) {
      for (int j = i + 1; j < args.length; j++) {
        double cosine = dot(embeddings.get(i - 1), embeddings.get(j - 1));
        System.out.printf(Locale.ROOT, "%.3f  %s  |  %s%n", cosine, args[i], args[j]);
      }
    }
  }

  /** The mean of the last hidden states of all tokens, scaled to length one. */
  private float[] embed(MiniLm model, String sentence) {
    long[] ids = tokenize(sentence);
    long[] mask = new long[ids.length];
    java.util.Arrays.fill(mask, 1);
    try (Tensor inputIds = Tensor.of(ids, 1, ids.length);
        Tensor attentionMask = Tensor.of(mask, 1, ids.length);
        Tensor tokenTypeIds = Tensor.of(new long[ids.length], 1, ids.length)) {
      float[] hidden =
          model.run(inputIds, attentionMask, tokenTypeIds).lastHiddenState().toFloats();
      float[] mean = new float[hidden.length / ids.length];
      for (int i = 0; i < hidden.length; i++) {
        mean[i % mean.length] += hidden[i];
      }
      float length = (float) Math.sqrt(dot(mean, mean));
      for (int i = 0; i < mean.length; i++) {
        mean[i] /= length;
      }
      return mean;
    }
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /** WordPiece as BERT uses it: lower case, without accents, the longest known piece first. */
  private long[] tokenize(String sentence) {
    String plain =
        Normalizer.normalize(sentence.toLowerCase(Locale.ROOT), Normalizer.Form.NFD)
            .replaceAll("\\p{Mn}", "");
    List<Long> ids = new ArrayList<>(List.of(vocabulary.get("[CLS]")));
    Matcher words = WORD.matcher(plain);
    while (words.find()) {
      ids.addAll(pieces(words.group()));
    }
    ids.add(vocabulary.get("[SEP]"));
    return ids.stream().mapToLong(Long::longValue).toArray();
  }

  private List<Long> pieces(String word) {
    List<Long> pieces = new ArrayList<>();
    int start = 0;
    while (start < word.length()) {
      int end = word.length();
      Long id = null;
      while (end > start && id == null) {
        id = vocabulary.get((start == 0 ? "" : "##") + word.substring(start, end));
        end -= id == null ? 1 : 0;
      }
      if (id == null) {
        return List.of(vocabulary.get("[UNK]"));
      }
      pieces.add(id);
      start = end;
    }
    return pieces;
  }

  private static Map<String, Long> readVocabulary(Path file) throws IOException {
    String json = Files.readString(file, StandardCharsets.UTF_8);
    Map<String, Long> vocabulary = new HashMap<>();
    Matcher entries = ENTRY.matcher(json.substring(json.indexOf("\"vocab\"") + 7));
    while (entries.find()) {
      vocabulary.put(
          entries.group(1).replace("\\\"", "\"").replace("\\\\", "\\"),
          Long.valueOf(entries.group(2)));
    }
    return vocabulary;
  }
}
