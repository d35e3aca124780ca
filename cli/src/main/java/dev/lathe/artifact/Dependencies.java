package dev.lathe.artifact;

import java.util.List;

/** What a compiled jar needs on the class path beside itself. */
final class Dependencies {
  private static final String GROUP = "dev.lathe";

  /** Whatever these need in turn, such as the IR and natives, their own POMs say. */
  private static final List<String> ARTIFACTS = List.of("lathe-runtime", "lathe-backend-onednn");

  private Dependencies() {}

  /** {@code group:artifact:version} of each. */
  static List<String> coordinates() {
    return ARTIFACTS.stream().map(name -> GROUP + ":" + name + ":" + Build.version()).toList();
  }

  /** A POM of a compiled jar. */
  static String pom(String group, String artifact) {
    StringBuilder dependencies = new StringBuilder();
    for (String name : ARTIFACTS) {
      dependencies.append(
          """
              <dependency>
                <groupId>%s</groupId>
                <artifactId>%s</artifactId>
                <version>%s</version>
              </dependency>
          """
              .formatted(GROUP, name, Build.version()));
    }
    return """
    <?xml version="1.0" encoding="UTF-8"?>
    <project xmlns="http://maven.apache.org/POM/4.0.0">
      <modelVersion>4.0.0</modelVersion>
      <groupId>%s</groupId>
      <artifactId>%s</artifactId>
      <version>1.0.0</version>
      <dependencies>
    %s  </dependencies>
    </project>
    """
        .formatted(group, artifact, dependencies);
  }
}
