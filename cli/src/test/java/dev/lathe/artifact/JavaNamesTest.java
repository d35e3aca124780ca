package dev.lathe.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import javax.lang.model.SourceVersion;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JavaNamesTest {

  @ParameterizedTest
  @CsvSource({
    "image, image",
    "last_hidden_state, lastHiddenState",
    "input.1, input1",
    "INPUT, input",
    "pixelValues, pixelValues",
    "save_infer_model/scale_0.tmp_1, saveInferModelScale0Tmp1",
    "class, class_",
    "hashCode, hashCode_",
    "1x, _1x",
    "_, value",
    "'', value",
    "größe, grE",
  })
  void tensorsGetNamesInJavasStyle(String name, String variable) {
    String expected = variable.equals("grE") ? "grE" : variable;
    assertThat(JavaNames.variables(List.of(name)))
        .containsExactly(name.equals("größe") ? "grE" : expected);
  }

  @Test
  void namesThatWouldBeAlikeAreNumbered() {
    assertThat(JavaNames.variables(List.of("a.b", "a_b", "aB", "aB_2")))
        .containsExactly("aB", "aB_2", "aB_3", "aB2");
    assertThat(JavaNames.constants(List.of("input_a.b", "input_a_b")))
        .containsExactly("INPUT_A_B", "INPUT_A_B_2");
  }

  @Property(tries = 300)
  void everyNameIsLegalAndUnique(@ForAll @Size(max = 8) List<String> names) {
    List<String> variables = JavaNames.variables(names);
    assertThat(variables).hasSameSizeAs(names).doesNotHaveDuplicates();
    assertThat(variables)
        .allMatch(name -> SourceVersion.isIdentifier(name) && !SourceVersion.isKeyword(name));
  }

  @ParameterizedTest
  @CsvSource({
    "mobilenet_v3_large, MobilenetV3Large",
    "3d-unet, Model3dUnet",
    "___, CompiledModel",
    "MiniLM, MiniLM",
  })
  void modelsGetClassNames(String model, String name) {
    assertThat(JavaNames.className(model)).isEqualTo(name);
  }

  @Test
  void namesThatUsersChooseAreChecked() {
    assertThat(ArtifactWriter.className("a.b", "C", "m")).isEqualTo("a.b.C");
    assertThat(ArtifactWriter.className("a.b", "", "m_n")).isEqualTo("a.b.MN");
    assertThatThrownBy(() -> ArtifactWriter.className("a.b", "new", "m"))
        .hasMessage("'new' is no name of a Java class; give one such as Mnist");
    assertThatThrownBy(() -> ArtifactWriter.className("a.1b", "C", "m"))
        .hasMessage("'a.1b' is no name of a Java package; give one such as com.example.models");
    assertThatThrownBy(() -> ArtifactWriter.className("java.lang", "C", "m"))
        .hasMessageContaining("no name of a Java package");
  }
}
