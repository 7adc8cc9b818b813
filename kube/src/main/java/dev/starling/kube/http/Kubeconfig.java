package dev.starling.kube.http;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.yaml.Yaml;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The clusters, users and contexts of one or more kubeconfig files. The first file that names something wins, as
 * client-go merges them.
 */
public final class Kubeconfig {
    private final List<Source> sources;

    private Kubeconfig(List<Source> sources) {
        this.sources = List.copyOf(sources);
    }

    /** One file; names of files in it are relative to its folder. */
    private record Source(Path file, JsonObject tree) {

        Optional<JsonObject> named(String list, String field, String name) {
            return tree.array(list).objects().stream().filter(entry -> entry.text("name").equals(name))
                    .map(entry -> entry.object(field)).findFirst();
        }

        /** Text that stands in the file itself as base64, or in a file that it names. */
        String inlineOrFile(JsonObject entry, String field) {
            String inline = entry.text(field + "-data");
            if (!inline.isEmpty()) {
                return decoded(inline, field);
            }
            String path = entry.text(field);
            return path.isEmpty() ? "" : Kubeconfig.text(file.toAbsolutePath().resolveSibling(path));
        }

        private String decoded(String inline, String field) {
            try {
                return new String(Base64.getMimeDecoder().decode(inline), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                throw new KubeconfigException(file + ": " + field + "-data is not base64");
            }
        }
    }

    /** Why a kubeconfig cannot be used, in one line. */
    public static final class KubeconfigException extends RuntimeException {
        KubeconfigException(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Finds the kubeconfig: the file that was asked for, else those that {@code KUBECONFIG} lists, else the first of
     * the defaults that exists.
     *
     * @throws KubeconfigException if there is none, or one cannot be read
     */
    public static Kubeconfig find(Optional<Path> asked, Map<String, String> environment, List<Path> defaults) {
        if (asked.isPresent()) {
            return read(asked.get());
        }
        var listed = new ArrayList<Path>();
        for (String part : environment.getOrDefault("KUBECONFIG", "").split(":")) {
            if (!part.isEmpty()) {
                listed.add(Path.of(part));
            }
        }
        if (listed.isEmpty()) {
            return read(defaults.stream().filter(Files::exists).findFirst().orElseThrow(() ->
                    new KubeconfigException("no kubeconfig: start a server with `starling up`, or name one with "
                            + "--kubeconfig or KUBECONFIG")));
        }
        var present = listed.stream().filter(Files::exists).map(Kubeconfig::source).toList();
        if (present.isEmpty()) {
            throw new KubeconfigException("no kubeconfig at " + listed.getFirst() + ", which KUBECONFIG names");
        }
        return new Kubeconfig(present);
    }

    /** @throws KubeconfigException if the file cannot be read */
    public static Kubeconfig read(Path file) {
        return new Kubeconfig(List.of(source(file)));
    }

    private static Source source(Path file) {
        try {
            var documents = Yaml.documents(text(file));
            if (documents.size() == 1 && documents.getFirst() instanceof JsonObject tree) {
                return new Source(file, tree);
            }
            throw new KubeconfigException(file + " is not a kubeconfig");
        } catch (Yaml.YamlException e) {
            throw new KubeconfigException(file + " is not a kubeconfig: " + e.getMessage());
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new KubeconfigException("there is no file " + file);
        } catch (IOException e) {
            throw new KubeconfigException(file + " cannot be read: " + e.getMessage());
        }
    }

    public String currentContext() {
        return sources.stream().map(source -> source.tree().text("current-context"))
                .filter(name -> !name.isEmpty()).findFirst().orElse("");
    }

    /** How to reach the cluster of the current context. */
    public ClusterAccess access() {
        return access(currentContext());
    }

    /** @throws KubeconfigException if the context, its cluster or its server is missing */
    public ClusterAccess access(String context) {
        var chosen = find("contexts", "context", context);
        var cluster = find("clusters", "cluster", chosen.entry().text("cluster"));
        var user = chosen.entry().text("user").isEmpty() ? new Found(chosen.source(), JsonObject.EMPTY)
                : find("users", "user", chosen.entry().text("user"));
        String server = cluster.entry().text("server");
        if (!server.startsWith("https://") && !server.startsWith("http://")) {
            throw new KubeconfigException(cluster.source().file() + ": cluster \"" + chosen.entry().text("cluster")
                    + "\" names no server");
        }
        return new ClusterAccess(URI.create(server), cluster.text("certificate-authority"),
                user.text("client-certificate"), user.text("client-key"), user.token(),
                cluster.entry().flag("insecure-skip-tls-verify"), chosen.entry().text("namespace"));
    }

    /** An entry, and where it was found. */
    private record Found(Source source, JsonObject entry) {

        String text(String field) {
            return source.inlineOrFile(entry, field);
        }

        String token() {
            String token = entry.text("token");
            String file = entry.text("tokenFile");
            return token.isEmpty() && !file.isEmpty()
                    ? Kubeconfig.text(source.file().toAbsolutePath().resolveSibling(file)).trim() : token;
        }
    }

    private Found find(String list, String field, String name) {
        for (var source : sources) {
            var entry = source.named(list, field, name);
            if (entry.isPresent()) {
                return new Found(source, entry.get());
            }
        }
        throw new KubeconfigException(sources.getFirst().file() + ": " + field + " \"" + name + "\" does not exist");
    }

    /** The text of a kubeconfig with one cluster, one user and one context, all of the same name. */
    public static String write(String name, ClusterAccess access) {
        var cluster = JsonObject.builder().put("server", access.server().toString())
                .putText("certificate-authority-data", base64(access.authorityPem()));
        if (access.insecure()) {
            cluster.put("insecure-skip-tls-verify", true);
        }
        var user = JsonObject.builder().putText("client-certificate-data", base64(access.certificatePem()))
                .putText("client-key-data", base64(access.keyPem())).putText("token", access.token());
        var context = JsonObject.builder().put("cluster", name).put("user", name)
                .putText("namespace", access.namespace());
        Json tree = JsonObject.of("apiVersion", "v1", "kind", "Config",
                "clusters", List.of(JsonObject.of("name", name, "cluster", cluster.build())),
                "users", List.of(JsonObject.of("name", name, "user", user.build())),
                "contexts", List.of(JsonObject.of("name", name, "context", context.build())),
                "current-context", name);
        return Yaml.write(tree);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
