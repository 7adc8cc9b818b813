package dev.starling.apiserver.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.starling.apiserver.access.Certificates;
import dev.starling.apiserver.aggregation.ExtensionTrust;
import dev.starling.apiserver.aggregation.LocalServices;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.http.Kubeconfig;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.Kinds;
import dev.starling.kube.object.KubeObject;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What makes this server one among aggregated ones: proxies that are believed, and what it tells of itself. */
class FrontProxyTest {
    @TempDir
    private static Path folder;
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.in(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static JsonObject whoAmI(SSLContext tls) throws Exception {
        try (var client = HttpClient.newBuilder().sslContext(tls).build()) {
            var request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port()
                            + "/apis/authentication.k8s.io/v1/selfsubjectreviews"))
                    .header("Content-Type", "application/json").header("X-Remote-User", "jane")
                    .header("X-Remote-Group", "system:masters").header("X-Remote-Extra-Acme.com%2fproject", "x")
                    .POST(BodyPublishers.ofString("{\"kind\":\"SelfSubjectReview\",\"apiVersion\":"
                            + "\"authentication.k8s.io/v1\"}")).build();
            return JsonReader.readObject(client.send(request, BodyHandlers.ofString()).body()
                    .getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Trusts any server; the test is about who the client is. */
    private static SSLContext showing(KeyManager[] keys) throws Exception {
        var context = SSLContext.getInstance("TLS");
        context.init(keys, new TrustManager[] {new AnyServer()}, new SecureRandom());
        return context;
    }

    private static final class AnyServer extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    @Test
    void aProxyIsBelievedWhomItSpeaksFor() throws Exception {
        var user = whoAmI(showing(server.certificates().frontProxy(InstantSource.system())))
                .object("status", "userInfo");
        assertEquals("jane [system:masters, system:authenticated]", user.text("username") + " "
                + user.array("groups").texts());
        assertEquals("{\"acme.com/project\":[\"x\"]}", user.at("extra").toString());
    }

    @Test
    void nobodyElseSpeaksForOthers() throws Exception {
        var user = whoAmI(Kubeconfig.read(server.kubeconfig()).access().tls()).object("status", "userInfo");
        assertEquals("kubernetes-admin", user.text("username"));
        var stranger = Certificates.open(folder.resolve("stranger"),
                List.of(), InstantSource.system());
        assertEquals(401, whoAmI(showing(stranger.frontProxy(InstantSource.system()))).at("code").number(0));
    }

    @Test
    void aggregatedServersLearnWhomToBelieve() {
        var trust = new ExtensionTrust(server.registry().api(), server.certificates().extensionTrust());
        trust.step(Instant.EPOCH);
        trust.step(Instant.EPOCH);
        var map = server.registry().api().get(Kinds.CONFIG_MAPS.key("kube-system",
                "extension-apiserver-authentication")).tree();
        assertEquals("[\"front-proxy-client\"]", map.text("data", "requestheader-allowed-names"));
        assertTrue(map.text("data", "requestheader-client-ca-file").startsWith("-----BEGIN CERTIFICATE"));
        assertFalse(map.text("data", "requestheader-client-ca-file").equals(map.text("data", "client-ca-file")));
    }

    @Test
    void whatTheServerServesItselfIsListedAndGoesWithItsVersion() {
        var api = server.registry().api();
        var local = new LocalServices(server.registry().registry().catalog(), api);
        local.step(Instant.EPOCH);
        var apps = api.get(Kinds.API_SERVICES.key("v1.apps"));
        var condition = apps.status().array("conditions").objects().getFirst();
        assertEquals("Available=True Local", condition.text("type") + "=" + condition.text("status") + " "
                + condition.text("reason"));
        assertEquals(17_800, apps.spec().at("groupPriorityMinimum").number(0));
        assertEquals("", api.get(Kinds.API_SERVICES.key("v1.")).spec().text("group"));
        api.create(Kinds.API_SERVICES.key("v7.apps"), KubeObject.named(Kinds.API_SERVICES, "", "v7.apps")
                .with("true", "metadata", "labels", "kube-aggregator.kubernetes.io/automanaged")
                .with(JsonObject.of("group", "apps", "version", "v7", "groupPriorityMinimum", 1, "versionPriority", 1),
                        "spec"));
        local.step(Instant.EPOCH.plusSeconds(31));
        assertThrows(ApiException.class, () -> api.get(Kinds.API_SERVICES.key("v7.apps")));
    }
}
