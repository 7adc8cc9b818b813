package dev.starling.apiserver.http;

import dev.starling.apiserver.protobuf.ProtobufAnswers;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A list in the protobuf form, which tells its length before its items. What is encoded to learn the length is kept up
 * to a bound; what is beyond is encoded again when it is written, so that many long lists at once take little memory.
 */
final class ProtobufList {
    private static final long KEPT_BYTES = 1 << 20;
    private static final int SMALL_BYTES = 1 << 14;

    private final ProtobufAnswers protobuf;
    private final ResourceType type;
    private final List<KubeObject> objects;
    private final List<byte[]> kept = new ArrayList<>();
    private final byte[] head;
    private final long length;

    ProtobufList(ProtobufAnswers protobuf, ResourceType type, JsonObject metadata, List<KubeObject> objects) {
        this.protobuf = protobuf;
        this.type = type;
        this.objects = objects;
        long bytes = 0;
        for (var object : objects) {
            byte[] item = protobuf.item(type, object);
            bytes += item.length;
            if (bytes <= KEPT_BYTES) {
                kept.add(item);
            }
        }
        head = protobuf.listHead(type, metadata, bytes);
        length = bytes;
    }

    Pieces pieces() {
        var items = IntStream.range(0, objects.size()).mapToObj(i ->
                i < kept.size() ? kept.get(i) : protobuf.item(type, objects.get(i)));
        return new Pieces(Stream.concat(Stream.of(head), items), length <= SMALL_BYTES);
    }
}
