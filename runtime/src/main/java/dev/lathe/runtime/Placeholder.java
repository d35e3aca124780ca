package dev.lathe.runtime;

/** Keeps the package from being empty until its first class exists; delete it then. */
final class Placeholder {
  private Placeholder() {}
}
