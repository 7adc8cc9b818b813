package dev.starling.apiserver.protobuf;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.kubernetes.client.proto.Runtime.TypeMeta;
import io.kubernetes.client.proto.Runtime.Unknown;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Bodies as clients write them. */
final class Envelope {
    private Envelope() {
    }

    static byte[] of(String apiVersion, String kind, byte[] message) {
        byte[] unknown = Unknown.newBuilder().setTypeMeta(TypeMeta.newBuilder().setApiVersion(apiVersion).setKind(kind))
                .setRaw(ByteString.copyFrom(message)).setContentEncoding("").setContentType("").build().toByteArray();
        byte[] magic = {'k', '8', 's', 0};
        byte[] body = java.util.Arrays.copyOf(magic, magic.length + unknown.length);
        System.arraycopy(unknown, 0, body, magic.length, unknown.length);
        return body;
    }

    /** A message with one field that holds bytes. */
    static byte[] field(int number, byte[] value) {
        var bytes = new ByteArrayOutputStream();
        var out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeByteArray(number, value);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
