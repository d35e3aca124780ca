/**
 * The ONNX file as it stands: small immutable records, one a message of the ONNX protobuf schema,
 * and the reader that makes them from a mapped file.
 *
 * <p>Only the wire format comes from a library; the messages are written by hand from the field
 * numbers of the schema ({@code onnx.proto}, IR version 3 to 13), and fields that inference does
 * not need (doc strings, training information, annotations) are skipped unread. Tensor data stays
 * where it is: {@link dev.lathe.frontend.onnx.proto.TensorProto#data()} is a slice of the mapping
 * wherever the file holds the bytes as they are used.
 *
 * <p>Nothing here trusts the file. Every length is checked against the bytes that are really there
 * before anything is allocated by it, and whatever is wrong becomes a {@link
 * dev.lathe.frontend.ImportException}.
 */
@NullMarked
package dev.lathe.frontend.onnx.proto;

import org.jspecify.annotations.NullMarked;
