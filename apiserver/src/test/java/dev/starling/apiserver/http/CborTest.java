package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.starling.apiserver.cbor.CborException;
import dev.starling.apiserver.cbor.CborReader;
import dev.starling.apiserver.cbor.CborWriter;
import dev.starling.kube.http.Kubeconfig;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** CBOR as an encoding of bodies, answers and watches, where it is switched on. */
@Timeout(60)
class CborTest {
    @TempDir
    private Path folder;

    private static Json json(String text) {
        return JsonReader.read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Json read(String hex) {
        return CborReader.read(HexFormat.of().parseHex(hex));
    }

    @Test
    void treesSurviveTheWay() {
        var tree = json("{\"a\":[1,-1,23,24,255,256,65536,4294967296,-9223372036854775808,9223372036854775807,1.5],"
                + "\"\u00fc\":{\"t\":true,\"f\":false,\"n\":null,\"e\":{}},\"l\":[]}");
        assertEquals(tree, CborReader.read(CborWriter.bytes(tree)));
        assertArrayEquals(HexFormat.of().parseHex("d9d9f7a141614162"), CborWriter.bytes(json("{\"a\":\"b\"}")));
    }

    @Test
    void whatOthersWriteIsUnderstood() {
        assertEquals(json("{\"a\":[\"bc\",1.5,\"AQI=\"]}"), read("bf61619f7f61626163fff93e00d642010" + "2ffff"));
        for (String wrong : List.of("", "a1", "a14161", "a2416101416102", "a10101", "ff", "1bffffffffffffffff",
                "5b7fffffffffffffff", "f97c00", "f7f7", "63ff0000", "9f", "1c")) {
            assertThrows(CborException.class, () -> read(wrong), wrong);
        }
        assertThrows(CborException.class, () -> read("81".repeat(100) + "01"));
    }

    private static HttpResponse<byte[]> send(HttpClient client, String request, byte[] body, String type)
            throws Exception {
        String[] words = request.split(" ");
        return client.send(HttpRequest.newBuilder(URI.create(words[1])).method(words[0],
                BodyPublishers.ofByteArray(body)).header("Content-Type", type).header("Accept", "application/cbor")
                .build(), BodyHandlers.ofByteArray());
    }

    private static String maps(TestServer server) {
        return "https://127.0.0.1:" + server.port() + "/api/v1/namespaces/default/configmaps";
    }

    @Test
    void objectsListsAndWatchesAreWrittenSo() throws Exception {
        try (var server = new TestServer(folder, ServerSettings.DEFAULT.at("127.0.0.1", 0).speakingCbor(true));
                var client = client(server)) {
            var map = json("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"m\"},\"data\":"
                    + "{\"a\":\"b\"}}");
            var made = send(client, "POST " + maps(server), CborWriter.bytes(map), "application/cbor");
            assertEquals("201 application/cbor", made.statusCode() + " "
                    + made.headers().firstValue("Content-Type").orElse(""));
            assertEquals("b", CborReader.read(made.body()).object().text("data", "a"));
            var applied = send(client, "PATCH " + maps(server) + "/m?fieldManager=x&force=true",
                    CborWriter.bytes(map.object().withAt(json("\"c\""), "data", "a")), "application/apply-patch+cbor");
            assertEquals("c", CborReader.read(applied.body()).object().text("data", "a"));
            var list = CborReader.read(send(client, "GET " + maps(server), new byte[0], "application/cbor").body())
                    .object();
            assertEquals("ConfigMapList m", list.text("kind") + " " + list.array("items").objects().stream()
                    .map(item -> item.text("metadata", "name")).filter("m"::equals).findFirst().orElse(""));
            var watch = send(client, "GET " + maps(server) + "?watch=1&timeoutSeconds=1&fieldSelector=metadata.name=m",
                    new byte[0], "application/cbor");
            assertEquals("application/cbor-seq", watch.headers().firstValue("Content-Type").orElse(""));
            JsonObject event = CborReader.read(watch.body()).object();
            assertEquals("ADDED c", event.text("type") + " " + event.text("object", "data", "a"));
        }
    }

    private static HttpClient client(TestServer server) throws Exception {
        return HttpClient.newBuilder().sslContext(Kubeconfig.read(server.kubeconfig()).access().tls()).build();
    }

    @Test
    void aServerThatIsNotToldToDoesNotSpeakIt() throws Exception {
        try (var server = TestServer.in(folder); var client = client(server)) {
            assertEquals(406, send(client, "GET " + maps(server), new byte[0], "application/cbor").statusCode());
            assertEquals(415, client.send(HttpRequest.newBuilder(
                    URI.create(maps(server))).POST(BodyPublishers.ofByteArray(
                    CborWriter.bytes(JsonObject.EMPTY))).header("Content-Type", "application/cbor").build(),
                    BodyHandlers.discarding()).statusCode());
        }
    }
}
