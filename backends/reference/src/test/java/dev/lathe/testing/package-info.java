/**
 * One suite of small graphs for every runtime: a backend passes where it gives what the reference
 * backend gives.
 *
 * <p>A backend's test reads, with {@code lathe-backend-reference} of type {@code test-jar} in the
 * scope of tests:
 *
 * <pre>{@code
 * @ParameterizedTest
 * @MethodSource("dev.lathe.testing.OpCases#all")
 * void matchesTheReference(OpCase each) {
 *   CaseRunner.assertMatches(new MyBackend(), each);
 * }
 * }</pre>
 *
 * <p>What a backend cannot run it skips visibly, with a list of names beside this call. A new op
 * gets its cases in the class of its family.
 */
package dev.lathe.testing;
