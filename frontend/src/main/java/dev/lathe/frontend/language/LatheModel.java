package dev.lathe.frontend.language;

import dev.lathe.frontend.layers.InitialValues;
import dev.lathe.frontend.layers.ParameterDeclaration;
import dev.lathe.ir.ConstantData;
import dev.lathe.ir.Graph;
import java.lang.foreign.Arena;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A model that was read from the Lathe language: its graph, whose weights have no elements yet, and
 * how they begin.
 *
 * @param graph typed and verified, without the weights' elements
 * @param parameters the weights by path, in the order in which the layers declared them
 */
public record LatheModel(Graph graph, Map<String, ParameterDeclaration> parameters) {
  public LatheModel {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
  }

  /**
   * Gives the weights their elements, each those that are given for its path, else those that its
   * initialiser makes.
   *
   * @param given of the declared types
   * @param arena owns the memory of those that are made
   * @return the graph
   * @throws IllegalArgumentException if given elements are of another type than declared
   */
  public Graph withWeights(Map<String, ConstantData> given, Arena arena) {
    parameters.forEach(
        (path, declared) -> {
          ConstantData data = given.get(path);
          if (data == null) {
            data = InitialValues.make(declared.initializer(), path, declared.type(), arena);
          } else if (!data.type().equals(declared.type())) {
            throw new IllegalArgumentException(
                path + " is " + declared.type() + " and cannot be " + data.type());
          }
          graph.parameter(path, data);
        });
    return graph;
  }
}
