package dev.starling.cli;

import dev.starling.kube.api.ApiException;
import dev.starling.kube.api.KubeApi;
import dev.starling.kube.http.ClusterAccess;
import dev.starling.kube.http.HttpApi;
import dev.starling.kube.http.Kubeconfig;
import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A server behind a kubeconfig. */
final class HttpServer implements Server {
    private final ClusterAccess access;
    private final HttpApi api;

    private HttpServer(ClusterAccess access) {
        this.access = access;
        this.api = new HttpApi(access);
    }

    /** As {@link Server.Directory} promises. */
    static Server open(String kubeconfig, Session session) {
        var asked = kubeconfig.isEmpty() ? Optional.<Path>empty() : Optional.of(Path.of(kubeconfig));
        var usual = session.usualKubeconfig();
        boolean named = asked.isPresent() || !session.environment().getOrDefault("KUBECONFIG", "").isEmpty();
        if (!named && !Files.exists(usual)) {
            throw new CliException("no server has run in " + session.dataFolder()
                    + ": start one with ./starling up, or name another one's file with --kubeconfig");
        }
        try {
            return new HttpServer(Kubeconfig.find(asked, session.environment(), List.of(usual)).access());
        } catch (Kubeconfig.KubeconfigException e) {
            throw new CliException(e.getMessage() + "; a server that is started with ./starling up writes one");
        }
    }

    @Override
    public KubeApi api() {
        return api;
    }

    @Override
    public String address() {
        return access.server().toString();
    }

    @Override
    public JsonObject read(String path) {
        try {
            return JsonReader.readObject(api.text(path).getBytes(StandardCharsets.UTF_8));
        } catch (JsonException e) {
            throw ApiException.internal("the server's answer is not a JSON object: " + e.getMessage());
        }
    }

    @Override
    public JsonObject send(String path, String mediaType, Path body) {
        try {
            return api.upload(path, mediaType, body);
        } catch (IOException e) {
            throw new CliException("sending " + body + " failed: " + e.getMessage());
        }
    }

    @Override
    public void receive(String path, OutputStream to) throws IOException {
        api.download(path, to);
    }

    @Override
    public void close() {
        api.close();
    }
}
