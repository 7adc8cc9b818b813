package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.kube.api.WriteOptions;
import dev.starling.kube.http.Kubeconfig;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.Kinds;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a resourceVersion means to get, list and watch. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ReadsTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String LIST_OPTIONS = "ListOptions.meta.k8s.io \"\" is invalid: ";
    private static final String MATCH = LIST_OPTIONS + "resourceVersionMatch: ";
    @TempDir
    private Path folder;
    private TestServer server;
    private HttpClient client;

    @BeforeEach
    void start() {
        server = TestServer.in(folder);
        client = HttpClient.newBuilder().sslContext(Kubeconfig.read(server.kubeconfig()).access().tls()).build();
    }

    @AfterEach
    void stop() {
        client.shutdownNow();
        server.close();
    }

    private HttpRequest request(String path, String accept) {
        return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path))
                .header("Accept", accept).build();
    }

    private JsonObject get(String path) throws Exception {
        return get(path, "application/json");
    }

    private JsonObject get(String path, String accept) throws Exception {
        var answer = client.send(request(path, accept), BodyHandlers.ofByteArray());
        return JsonReader.readObject(answer.body());
    }

    private KubeObject make(String name) {
        return server.registry().api().create(Kinds.CONFIG_MAPS.key("default", name),
                KubeObject.named(Kinds.CONFIG_MAPS, "default", name).with("v", "data", "k"), WriteOptions.DEFAULT);
    }

    private BufferedReader watch(String query) throws Exception {
        var answer = client.send(request(MAPS + "?watch=1&" + query, "application/json"),
                BodyHandlers.ofInputStream());
        assertEquals(200, answer.statusCode());
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }

    private static JsonObject event(BufferedReader watch) throws Exception {
        return JsonReader.readObject(watch.readLine().getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void nothingIsReadBeforeItsTime() throws Exception {
        var made = make("a");
        long newest = Long.parseLong(made.resourceVersion());
        assertEquals("a", get(MAPS + "/a?resourceVersion=" + newest).text("metadata", "name"));
        assertEquals("a", get(MAPS + "/a?resourceVersion=0").text("metadata", "name"));
        for (String path : new String[] {MAPS + "/a?", MAPS + "?", MAPS + "?limit=1&",
            MAPS + "?watch=1&", MAPS + "?resourceVersionMatch=Exact&", MAPS
                + "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&"}) {
            var refusal = get(path + "resourceVersion=" + (newest + 1_000_000));
            assertEquals(504, refusal.at("code").number(0), path);
            assertTrue(refusal.text("message").startsWith("Timeout: Too large resource version: "), path);
            assertEquals("ResourceVersionTooLarge",
                    refusal.array("details", "causes").at(0).object().text("reason"), path);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "resourceVersionMatch=Exact | Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided",
        "resourceVersionMatch=Exact&resourceVersion=0 | Forbidden: resourceVersionMatch \"exact\" is forbidden for "
            + "resourceVersion \"0\"",
        "resourceVersionMatch=Newest&resourceVersion=1 | Unsupported value: \"Newest\": supported values: \"Exact\", "
            + "\"NotOlderThan\", \"\"",
        "watch=1&resourceVersionMatch=NotOlderThan | Forbidden: resourceVersionMatch is forbidden for watch unless "
            + "sendInitialEvents is provided",
        "watch=1&sendInitialEvents=true | Forbidden: sendInitialEvents requires setting resourceVersionMatch to "
            + "NotOlderThan",
        "watch=1&sendInitialEvents=false | Forbidden: sendInitialEvents requires setting resourceVersionMatch to "
            + "NotOlderThan",
    })
    void wrongOptionsAreRefusedInUpstreamsWords(String query, String message) throws Exception {
        var refusal = get(MAPS + "?" + query);
        assertEquals(422, refusal.at("code").number(0));
        assertEquals(MATCH + message, refusal.text("message"));
    }

    @Test
    void listsSendNoInitialEvents() throws Exception {
        assertEquals(LIST_OPTIONS + "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list",
                get(MAPS + "?sendInitialEvents=true").text("message"));
    }

    @Test
    void severalFaultsAreToldTogether() throws Exception {
        assertEquals(LIST_OPTIONS + "[resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch "
                + "unless sendInitialEvents is provided, resourceVersionMatch: Unsupported value: \"Exact\": "
                + "supported values: \"NotOlderThan\"]", get(MAPS + "?watch=1&resourceVersionMatch=Exact")
                .text("message"));
    }

    @Test
    void aListGoesOnThoughItsRevisionIsForgotten() throws Exception {
        make("a");
        make("b");
        var first = get(MAPS + "?limit=1");
        var last = make("c");
        var store = server.registry().store();
        store.compact(Long.parseLong(last.resourceVersion()));
        var refusal = get(MAPS + "?limit=1&continue=" + first.text("metadata", "continue"));
        assertEquals(410, refusal.at("code").number(0));
        assertEquals("Expired", refusal.text("reason"));
        var rest = get(MAPS + "?limit=5&continue=" + refusal.text("metadata", "continue"));
        assertEquals("c", rest.array("items").objects().getLast().text("metadata", "name"));
        assertEquals(last.resourceVersion(), rest.text("metadata", "resourceVersion"));
        var gone = get(MAPS + "?resourceVersionMatch=Exact&resourceVersion=1");
        assertEquals("The resourceVersion for the provided list is too old.", gone.text("message"));
        assertEquals("specifying resource version is not allowed when using continue", get(MAPS
                + "?resourceVersion=5&continue=" + first.text("metadata", "continue")).text("message"));
    }

    @Test
    void aWatchThatWantsNothingFirstTellsOnlyWhatFollows() throws Exception {
        make("a");
        try (var watch = watch("sendInitialEvents=false&resourceVersionMatch=NotOlderThan")) {
            make("b");
            assertEquals("b", event(watch).text("object", "metadata", "name"));
        }
    }

    @Test
    void aStreamedListEndsInABookmarkForThoseWhoTakeThem() throws Exception {
        var made = make("a");
        String query = "fieldSelector=metadata.name=a&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
                + "&resourceVersion=" + made.resourceVersion();
        try (var watch = watch(query + "&allowWatchBookmarks=true")) {
            assertEquals("ADDED", event(watch).text("type"));
            var end = event(watch);
            assertEquals("BOOKMARK", end.text("type"));
            assertEquals("true", end.text("object", "metadata", "annotations", "k8s.io/initial-events-end"));
        }
        try (var watch = watch(query)) {
            assertEquals("ADDED", event(watch).text("type"));
            server.registry().api().delete(Kinds.CONFIG_MAPS.key("default", "a"));
            assertEquals("DELETED", event(watch).text("type"));
        }
    }

    @Test
    void metadataAloneIsOneThingOrAList() throws Exception {
        make("a");
        String one = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
        assertEquals("PartialObjectMetadata", get(MAPS + "/a", one).text("kind"));
        assertEquals("you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)",
                get(MAPS, one).text("message"));
        assertEquals("you requested PartialObjectMetadataList, but the requested object is not a list "
                + "(*core.ConfigMap)", get(MAPS + "/a", one.replace("Metadata;", "MetadataList;")).text("message"));
    }
}
