package dev.starling.apiserver.http;

import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonWriter;
import dev.starling.kube.object.KubeObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A long answer in small pieces, each made when it is written, so that an answer in flight holds little.
 *
 * @param small whether the whole is so small that it is joined and sent at once
 */
record Pieces(Stream<byte[]> parts, boolean small) {
    private static final byte[] COMMA = {','};
    private static final byte[] LIST_END = "]}\n".getBytes(StandardCharsets.US_ASCII);
    private static final int SMALL_ITEMS = 4;

    static byte[] joined(Pieces pieces) {
        var all = new ByteArrayOutputStream(1 << 10);
        pieces.parts().forEach(all::writeBytes);
        return all.toByteArray();
    }

    /** A list whose head ends where the items begin. */
    static Pieces jsonList(JsonObject head, List<KubeObject> objects, Function<KubeObject, byte[]> encode) {
        String opening = JsonWriter.text(head);
        byte[] front = (opening.substring(0, opening.length() - 1) + ",\"items\":[").getBytes(StandardCharsets.UTF_8);
        var items = IntStream.range(0, objects.size()).boxed().flatMap(i -> i == 0
                ? Stream.of(encode.apply(objects.get(i))) : Stream.of(COMMA, encode.apply(objects.get(i))));
        return new Pieces(Stream.concat(Stream.concat(Stream.of(front), items), Stream.of(LIST_END)),
                objects.size() <= SMALL_ITEMS);
    }
}
