package dev.lathe.frontend.onnx;

/** Keeps the package from being empty until its first class exists; delete it then. */
final class Placeholder {
  private Placeholder() {}
}
