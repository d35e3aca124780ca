package dev.lathe.backend.onednn.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Recipes lead to the primitive that was asked for. */
class RecipeTest {
  /** The recipe of a primitive, written and read. */
  static Recipe recipe(Operation operation, Attributes attributes) {
    RecipeWriter writer = new RecipeWriter();
    BinaryOutput out = new BinaryOutput();
    writer.write(out, operation, attributes);
    return Recipe.read(new BinaryInput(out.toBytes()), writer.descriptors());
  }

  private static MemoryDescriptor f32(long... dims) {
    return MemoryDescriptor.dense(DataType.F32, dims);
  }

  /** An operation and attributes. */
  record Question(Operation operation, Attributes attributes) {}

  /** Arguments of every kind: descriptors, lists of them, numbers, floats, handles and null. */
  static List<Question> questions() {
    Window window = new Window(List.of(1L, 1L), List.of(0L, 0L), List.of(1L, 1L), List.of(1L, 1L));
    MemoryDescriptor image = f32(1, 8, 5, 5);
    Operation convolution =
        new Operation.Convolution(
            image, MemoryDescriptor.any(DataType.F32, 16, 8, 3, 3), null, f32(1, 16, 5, 5), window);
    Attributes scaled = Attributes.NONE.withScales(Argument.SRC, 0);
    return List.of(
        new Question(convolution, Attributes.NONE),
        new Question(
            convolution,
            Attributes.NONE
                .plus(new PostOp.Sum(1, 0))
                .plus(new PostOp.Eltwise(EltwiseAlgorithm.RELU, 0.25f, 0))
                .plus(new PostOp.Binary(BinaryAlgorithm.MUL, f32(1, 16, 1, 1)))),
        new Question(
            new Operation.Concat(List.of(image, f32(1, 3, 5, 5)), f32(1, 11, 5, 5), 1),
            Attributes.NONE),
        new Question(
            new Operation.Sum(List.of(image, image), List.of(0.5f, 2f), image), Attributes.NONE),
        new Question(
            new Operation.Resampling(true, image, f32(1, 8, 10, 10), List.of(2f, 2f)),
            Attributes.NONE),
        new Question(
            new Operation.Reorder(image, MemoryDescriptor.dense(DataType.S8, 1, 8, 5, 5)), scaled));
  }

  @ParameterizedTest
  @MethodSource("questions")
  void leadsToTheSameKernel(Question question) {
    try (Fixture on = new Fixture();
        PrimitiveDescriptor asked =
            PrimitiveDescriptor.of(on.engine, question.operation(), question.attributes())
                .orElseThrow();
        PrimitiveFactory factory = new PrimitiveFactory(on.engine);
        Primitive primitive =
            factory.create(
                recipe(question.operation(), question.attributes()), asked.implementation())) {
      assertThat(primitive.handle()).isNotZero();
    }
  }

  @Test
  void saysWhatItIsFor() {
    Operation relu = new Operation.Eltwise(EltwiseAlgorithm.RELU, f32(4), f32(4), 0, 0);
    assertThat(recipe(relu, Attributes.NONE)).hasToString(relu.toString());
  }

  @Test
  void whatTheLibraryRefusesIsSaid() {
    Operation wrong = new Operation.Eltwise(EltwiseAlgorithm.RELU, f32(4), f32(5), 0, 0);
    try (Fixture on = new Fixture();
        PrimitiveFactory factory = new PrimitiveFactory(on.engine)) {
      Recipe recipe = recipe(wrong, Attributes.NONE);
      assertThatThrownBy(() -> factory.create(recipe, "any"))
          .isInstanceOf(OneDnnException.class)
          .hasMessageContaining("asking for " + wrong);
    }
  }

  @Test
  void aDamagedRecipeIsRefused() {
    Operation relu = new Operation.Eltwise(EltwiseAlgorithm.RELU, f32(4), f32(4), 0, 0);
    RecipeWriter writer = new RecipeWriter();
    BinaryOutput out = new BinaryOutput();
    writer.write(out, relu, Attributes.NONE);
    try (Fixture on = new Fixture();
        PrimitiveFactory factory = new PrimitiveFactory(on.engine)) {
      // Its descriptors are missing.
      Recipe recipe = Recipe.read(new BinaryInput(out.toBytes()), List.of());
      assertThatThrownBy(() -> factory.create(recipe, "any"))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }
}
