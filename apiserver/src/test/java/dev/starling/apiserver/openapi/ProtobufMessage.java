package dev.starling.apiserver.openapi;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A message read without its description: the values of each field number, as bytes. */
record ProtobufMessage(Map<Integer, List<byte[]>> fields) {

    static ProtobufMessage read(byte[] bytes) {
        Map<Integer, List<byte[]>> fields = new TreeMap<>();
        CodedInputStream in = CodedInputStream.newInstance(bytes);
        try {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                boolean number = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT;
                byte[] value = number ? Long.toString(in.readUInt64()).getBytes(StandardCharsets.UTF_8)
                        : in.readByteArray();
                fields.computeIfAbsent(WireFormat.getTagFieldNumber(tag), key -> new ArrayList<>()).add(value);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ProtobufMessage(fields);
    }

    List<ProtobufMessage> messages(int... path) {
        List<ProtobufMessage> found = List.of(this);
        for (int number : path) {
            found = found.stream().flatMap(one -> one.fields.getOrDefault(number, List.of()).stream())
                    .map(ProtobufMessage::read).toList();
        }
        return found;
    }

    String text(int number) {
        List<byte[]> values = fields.getOrDefault(number, List.of());
        return values.isEmpty() ? "" : new String(values.getFirst(), StandardCharsets.UTF_8);
    }

    /** The value of a named message by its name. */
    ProtobufMessage named(String name, int... path) {
        return messages(path).stream().filter(one -> one.text(1).equals(name)).findFirst()
                .orElseThrow(() -> new AssertionError("nothing named " + name)).messages(2).getFirst();
    }
}
