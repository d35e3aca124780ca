package dev.lathe.frontend.language;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.lathe.frontend.layers.Functions;
import dev.lathe.frontend.layers.Initializers;
import dev.lathe.frontend.layers.Layers;
import dev.lathe.frontend.layers.Penalties;
import dev.lathe.grammar.language.LatheLexer;
import dev.lathe.ir.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.Vocabulary;
import org.junit.jupiter.api.Test;

/**
 * The grammar for editors knows what the compiler knows. With {@code -Dgolden.bless=true} its lists
 * of types, layers and functions are written.
 */
class EditorGrammarTest {
  private static final Path FOLDER = Path.of("../docs/editors");
  private static final Path FILE = FOLDER.resolve("lathe.tmLanguage.json");

  /** The patterns of the grammar by the scope that they give. */
  private static Map<String, String> matches(String text) throws IOException {
    Map<String, String> matches = new HashMap<>();
    collect(JSON.std.anyFrom(text), matches);
    return matches;
  }

  private static void collect(Object node, Map<String, String> into) {
    if (node instanceof Map<?, ?> map) {
      if (map.get("match") instanceof String match && map.get("name") instanceof String name) {
        into.merge(name, match, (a, b) -> a + "|" + b);
      }
      map.values().forEach(each -> collect(each, into));
    } else if (node instanceof Collection<?> list) {
      list.forEach(each -> collect(each, into));
    }
  }

  private static String alternatives(Collection<String> names) {
    return String.join("|", new TreeSet<>(names));
  }

  @Test
  void itsListsAreThoseOfTheCompiler() throws IOException {
    Map<String, String> expected = new LinkedHashMap<>();
    Set<String> elements =
        Arrays.stream(ElementType.values()).map(ElementType::toString).collect(Collectors.toSet());
    expected.put("storage.type.element.lathe", "\\b(?:" + alternatives(elements) + ")\\b");
    expected.put(
        "storage.type.value.lathe", "(?<=:)\\s*(?:" + alternatives(Types.COMPILE_TIME) + ")\\b");
    Set<String> layers = Layers.all().keySet();
    expected.put("support.class.layer.lathe", "\\b(?:" + alternatives(layers) + ")\\b");
    Set<String> functions = new HashSet<>(Functions.all().keySet());
    functions.removeAll(layers);
    expected.put("support.function.tensor.lathe", "\\b(?:" + alternatives(functions) + ")\\b");
    Set<String> others = new HashSet<>(Builtins.all().keySet());
    others.addAll(Initializers.signatures().keySet());
    others.addAll(Penalties.signatures().keySet());
    others.removeAll(functions);
    others.removeAll(layers);
    expected.put(
        "support.function.builtin.lathe", "\\b(?:" + alternatives(others) + ")\\b(?=\\s*\\()");
    String text = Files.readString(FILE);
    if (Boolean.getBoolean("golden.bless")) {
      Map<String, String> old = matches(text);
      for (Map.Entry<String, String> each : expected.entrySet()) {
        text = text.replace(quoted(old.get(each.getKey())), quoted(each.getValue()));
      }
      Files.writeString(FILE, text);
    }
    assertThat(matches(text)).as("docs/editors/README.md says how").containsAllEntriesOf(expected);
  }

  private static String quoted(String match) {
    return "\"match\": \"" + match.replace("\\", "\\\\") + "\"";
  }

  @Test
  void itsWordsAreTheKeywordsOfTheLexer() throws IOException {
    Map<String, String> matches = matches(Files.readString(FILE));
    Set<String> written = new TreeSet<>();
    for (String scope :
        List.of(
            "keyword.declaration.lathe",
            "keyword.control.lathe",
            "keyword.operator.word.lathe",
            "constant.language.lathe")) {
      String words = matches.get(scope).replaceFirst("^\\\\b\\(\\?:(.*)\\)\\\\b$", "$1");
      written.addAll(List.of(words.split("\\|")));
    }
    Pattern operator = Pattern.compile(matches.get("keyword.operator.lathe"));
    Vocabulary vocabulary = LatheLexer.VOCABULARY;
    Set<String> keywords = new TreeSet<>();
    for (int type = 1; type <= vocabulary.getMaxTokenType(); type++) {
      String literal = vocabulary.getLiteralName(type);
      if (literal == null) {
        continue;
      }
      String word = literal.substring(1, literal.length() - 1);
      if (Character.isLetter(word.charAt(0))) {
        keywords.add(word);
      } else if (!"()[]{},:.".contains(word)) {
        assertThat(word).matches(operator);
      }
    }
    assertThat(written).isEqualTo(keywords);
  }

  @Test
  void itsPatternsMatchWhatTheLexerReads() throws IOException {
    Map<String, String> matches = matches(Files.readString(FILE));
    Pattern number = Pattern.compile(matches.get("constant.numeric.lathe"));
    Pattern comment = Pattern.compile(matches.get("comment.line.double-slash.lathe"));
    Pattern argument = Pattern.compile(matches.get("variable.parameter.lathe"));
    int found = 0;
    try (Stream<Path> files = Files.list(Path.of("../examples"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".lathe")).toList()) {
        Source source = UnitLoader.read(file);
        for (Token token : SyntaxReader.tokens(source)) {
          switch (token.getType()) {
            case LatheLexer.INTEGER, LatheLexer.FLOAT -> {
              assertThat(token.getText()).matches(number);
              found++;
            }
            case LatheLexer.COMMENT -> assertThat(token.getText()).matches(comment);
            default -> {}
          }
        }
      }
    }
    assertThat(found).isGreaterThan(100);
    assertThat(argument.matcher("dense(x, units: 3)").results().map(each -> each.group()))
        .containsExactly("units");
    assertThat(argument.matcher("x[a:b, :n, p : q]").find()).isFalse();
  }

  @Test
  void theExtensionNamesFilesThatAreThere() throws IOException {
    String extension = Files.readString(FOLDER.resolve("package.json"));
    assertThat(extension)
        .contains("\"./lathe.tmLanguage.json\"")
        .contains("\"./language-configuration.json\"")
        .contains("\"source.lathe\"");
    assertThat(Files.readString(FILE)).contains("\"scopeName\": \"source.lathe\"");
    assertThat(JSON.std.mapFrom(extension)).containsKey("contributes");
    assertThat(JSON.std.mapFrom(Files.readString(FOLDER.resolve("language-configuration.json"))))
        .containsKey("brackets");
  }
}
