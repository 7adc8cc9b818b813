package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonReader;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Good requests, spoiled by chance: each gets a success or a proper refusal, none a fault of the server, and another
 * client notices nothing. {@code -Dstarling.fuzz.seed=N} repeats what a failure names.
 */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
class FuzzTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    /** In a namespace of its own, because a spoiled deletion may well be that of all objects of a namespace. */
    private static final String NEIGHBOURS = "/api/v1/namespaces/neighbour/configmaps";
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
    private static final String JSON = "application/json";
    private static final String PROTOBUF = "application/vnd.kubernetes.protobuf";
    private static final String DEPLOYMENT = json("""
            {'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d','labels':{'a':'b'}},'spec':{'replicas':0,
            'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'}},'spec':{'containers':[
            {'name':'c','image':'i','ports':[{'containerPort':80}],'resources':{'limits':{'cpu':'100m',
            'memory':'1Gi'}}}]}}}}""");
    private static final String DEFINITION = json("""
            {'apiVersion':'apiextensions.k8s.io/v1','kind':'CustomResourceDefinition','metadata':{'name':'as.x.io'},
            'spec':{'group':'x.io','scope':'Namespaced','names':{'plural':'as','kind':'A'},'versions':[{'name':'v1',
            'served':true,'storage':true,'schema':{'openAPIV3Schema':{'type':'object','properties':{'spec':{
            'type':'object','x-kubernetes-validations':[{'rule':'self.a.all(x, x.matches(\\"^(a+)+$\\"))'}],
            'properties':{'a':{'type':'array','maxItems':9,'items':{'type':'string','maxLength':9,
            'pattern':'^(a|b)*$'}}}}}}}}]}}""");
    /** What upstream answers as well: what HTTP itself refuses, revisions to come, and bodies that do not come. */
    private static final Set<Integer> FAULTS_OF_OTHERS = Set.of(501, 504, 505);
    private static final List<String> ACCEPTS = List.of("*/*", JSON, PROTOBUF, "application/yaml", "text/html",
            "application/json;as=Table;v=v1;g=meta.k8s.io",
            "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io");
    private static final List<String> QUERIES = List.of("", "", "limit=1", "limit=1&continue=abc",
            "labelSelector=a%3Db",
            "fieldSelector=metadata.name%3Dx", "resourceVersion=1", "resourceVersion=1&resourceVersionMatch=Exact",
            "fieldManager=m", "fieldManager=m&force=true", "fieldValidation=Strict", "dryRun=All", "pretty=true",
            "gracePeriodSeconds=0", "propagationPolicy=Foreground");

    @TempDir
    private static Path folder;
    private static TestServer server;
    private static List<Sample> samples;

    /** A good request. */
    private record Sample(String method, String path, String type, String body) {
    }

    @BeforeAll
    static void start() throws Exception {
        server = new TestServer(folder, ServerSettings.DEFAULT.at("127.0.0.1", 0).within(
                ServerLimits.parse("{bodySeconds: 2, headSeconds: 2, connectionIdleSeconds: 60}")));
        try (var client = RawClient.admin(server)) {
            client.send("POST", MAPS, "Content-Type: " + JSON, json("{'metadata':{'name':'m'},'data':{'a':'b'}}"));
            client.send("POST", "/api/v1/namespaces", "Content-Type: " + JSON,
                    json("{'metadata':{'name':'neighbour'}}"));
            client.send("POST", NEIGHBOURS, "Content-Type: " + JSON, json("{'metadata':{'name':'neighbour'}}"));
            client.send("POST", DEPLOYMENTS, "Content-Type: " + JSON, DEPLOYMENT);
            samples = samples(client.send("GET", MAPS + "/m", "Accept: " + PROTOBUF, "").raw(),
                    client.send("GET", DEPLOYMENTS + "/d", "Accept: " + PROTOBUF, "").raw());
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String json(String text) {
        return text.replace('\'', '"').replace("\n", "");
    }

    private static List<Sample> samples(String map, String deployment) {
        return List.of(
                new Sample("POST", MAPS, JSON, json("{'metadata':{'generateName':'m-'},'data':{'a':'b'}}")),
                new Sample("POST", MAPS, "application/yaml", "metadata: &a\n  generateName: m-\ndata:\n  a: \"b\"\n"),
                new Sample("PUT", MAPS + "/m", PROTOBUF, map),
                new Sample("PUT", DEPLOYMENTS + "/d", PROTOBUF, deployment),
                new Sample("PUT", DEPLOYMENTS + "/d", JSON, DEPLOYMENT),
                new Sample("PATCH", MAPS + "/m", "application/json-patch+json", json("""
                        [{'op':'test','path':'/data/a','value':'b'},{'op':'copy','from':'/data',
                        'path':'/metadata/labels'},{'op':'move','from':'/data/a','path':'/data/c'}]""")),
                new Sample("PATCH", MAPS + "/m", "application/merge-patch+json",
                        json("{'data':{'a':null,'b':'c'},'metadata':{'labels':{'x':'y'}}}")),
                new Sample("PATCH", DEPLOYMENTS + "/d", "application/strategic-merge-patch+json", json("""
                        {'spec':{'template':{'spec':{'$setElementOrder/containers':[{'name':'c'},{'name':'e'}],
                        'containers':[{'name':'c','$patch':'replace'},{'name':'e','image':'i'}]}}}}""")),
                new Sample("PATCH", DEPLOYMENTS + "/d", "application/apply-patch+yaml", DEPLOYMENT),
                new Sample("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", JSON, DEFINITION),
                new Sample("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", JSON,
                        json("{'spec':{'resourceAttributes':{'verb':'get','resource':'pods'}}}")),
                new Sample("DELETE", MAPS + "/m", JSON,
                        json("{'propagationPolicy':'Orphan','preconditions':{'uid':'x'}}")),
                new Sample("GET", MAPS, "", ""), new Sample("GET", MAPS + "/m", "", ""),
                new Sample("GET", "/version", "", ""), new Sample("GET", "/apis", "", ""));
    }

    @Test
    void spoiledRequestsGetProperAnswers() throws Exception {
        run(Long.getLong("starling.fuzz.seed", 20_261_123), 1_500);
    }

    @Test
    @Tag("slow")
    void manyMoreSpoiledRequestsGetProperAnswers() throws Exception {
        long seed = Long.getLong("starling.fuzz.seed", new Random().nextLong());
        run(seed, 60_000);
    }

    private static void run(long seed, int cases) throws Exception {
        var mutations = new Mutations(new Random(seed));
        try (var neighbour = RawClient.admin(server)) {
            Optional<RawClient> client = Optional.empty();
            for (int i = 0; i < cases; i++) {
                var sample = mutations.one(samples);
                String head = head(sample, mutations);
                String body = mutations.chance(85) ? mutations.of(sample.body()) : sample.body();
                String text = head + "Content-Length: " + body.length() + "\r\n\r\n" + body;
                String which = "seed " + seed + " case " + i + ": " + text.substring(0, Math.min(2_000, text.length()));
                var used = client.isPresent() ? client.get() : RawClient.admin(server);
                client = answered(used, text, which) ? Optional.of(used) : Optional.empty();
                if (i % 100 == 0) {
                    greet(neighbour, which);
                }
            }
            if (client.isPresent()) {
                client.get().close();
            }
        }
    }

    private static String head(Sample sample, Mutations mutations) {
        String query = mutations.one(QUERIES);
        String path = sample.path() + (query.isEmpty() ? "" : "?" + query);
        String target = mutations.chance(25) ? mutations.of(path) : path;
        var headers = new StringBuilder("Accept: " + mutations.one(ACCEPTS) + "\r\n");
        if (!sample.type().isEmpty()) {
            headers.append("Content-Type: ").append(mutations.chance(5) ? mutations.one(ACCEPTS) : sample.type())
                    .append("\r\n");
        }
        String spoiled = mutations.chance(10)
                ? "X: " + Mutations.inLine(mutations.of(headers.toString())) + "\r\n" : "";
        return (mutations.chance(3) ? Mutations.inLine(mutations.of(sample.method())) : sample.method()) + " "
                + Mutations.inLine(target) + " HTTP/1.1\r\nHost: localhost\r\n" + headers + spoiled;
    }

    /** Sends one request; false if the server closed the connection, as it may after what is no HTTP. */
    private static boolean answered(RawClient client, String text, String which) throws IOException {
        RawClient.Reply reply;
        try {
            client.write(text);
            reply = client.readWhole();
        } catch (EOFException | SocketException closed) {
            client.close();
            return false;
        } catch (IOException | RuntimeException e) {
            throw new AssertionError(which, e);
        }
        judge(reply, which);
        if (reply.header("connection").equalsIgnoreCase("close")) {
            client.close();
            return false;
        }
        return true;
    }

    private static void judge(RawClient.Reply reply, String which) {
        assertTrue(reply.status() < 500 || FAULTS_OF_OTHERS.contains(reply.status()),
                () -> reply.status() + " " + reply.body() + "\n" + which);
        if (reply.status() < 400 || !reply.header("content-type").startsWith(JSON)) {
            return;
        }
        try {
            var status = JsonReader.readObject(reply.body().getBytes(StandardCharsets.UTF_8));
            assertEquals("Status", status.text("kind"), which);
            assertEquals("Failure", status.text("status"), which);
            assertEquals(reply.status(), status.at("code").number(0), which);
            assertTrue(!status.text("message").isEmpty(), which);
        } catch (JsonException e) {
            fail(which, e);
        }
    }

    private static void greet(RawClient neighbour, String which) throws IOException {
        long start = System.nanoTime();
        assertEquals("ok", neighbour.send("GET", "/readyz", "Accept: */*", "").body(), which);
        assertEquals(200, neighbour.send("PUT", NEIGHBOURS + "/neighbour", "Content-Type: " + JSON,
                json("{'metadata':{'name':'neighbour'}}")).status(), which);
        long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        assertTrue(ms < 5_000, () -> "the neighbour waited " + ms + " ms: " + which);
    }
}
