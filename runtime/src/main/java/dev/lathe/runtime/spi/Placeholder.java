package dev.lathe.runtime.spi;

/** Keeps the package from being empty until its first class exists; delete it then. */
final class Placeholder {
  private Placeholder() {}
}
