package dev.lathe.frontend.onnx.proto;

import java.util.List;
import java.util.OptionalLong;

/**
 * An operator set that a model or a function is written in.
 *
 * @param domain the domain, {@code ""} for ONNX's own operators
 * @param version the version of the set
 */
public record OperatorSetId(String domain, long version) {

  /** Turns {@code "ai.onnx"}, the long name of ONNX's own domain, into {@code ""}. */
  public OperatorSetId {
    domain = canonical(domain);
  }

  /** The one spelling of a domain: {@code ""} for {@code "ai.onnx"}, any other as it is. */
  public static String canonical(String domain) {
    return domain.equals("ai.onnx") ? "" : domain;
  }

  static OptionalLong version(List<OperatorSetId> imports, String domain) {
    String wanted = canonical(domain);
    return imports.stream()
        .filter(set -> set.domain().equals(wanted))
        .mapToLong(OperatorSetId::version)
        .findFirst();
  }
}
