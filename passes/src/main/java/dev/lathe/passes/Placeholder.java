package dev.lathe.passes;

/** Keeps the package from being empty until its first class exists; delete it then. */
final class Placeholder {
  private Placeholder() {}
}
