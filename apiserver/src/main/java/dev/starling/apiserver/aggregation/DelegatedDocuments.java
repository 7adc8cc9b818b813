package dev.starling.apiserver.aggregation;

import dev.starling.apiserver.openapi.OpenApiUpgrade;
import dev.starling.kube.http.BoundedAnswer;
import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.json.JsonWriter;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * What delegates document in OpenAPI, each of its own version: read every minute, and served from memory. A delegate
 * that cannot be asked keeps what it said before. Thread-safe.
 */
public final class DelegatedDocuments {
    private static final System.Logger LOG = System.getLogger(DelegatedDocuments.class.getName());
    private static final Duration FRESH = Duration.ofMinutes(1);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    /** Of one document; as a tree it takes ten times as much for a while. */
    private static final int MOST_BYTES = 8 << 20;
    /** Of all that is kept. */
    private static final int ALL_BYTES = 32 << 20;

    private static final byte[] NOTHING = {};
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    private final Map<String, Said> said = new ConcurrentHashMap<>(); // by the names of APIServices
    private final ReentrantLock reading = new ReentrantLock();

    /**
     * What one delegate said.
     *
     * @param path as the index of version 3 names it: {@code apis/example.com/v1}
     * @param third the document of version 3; empty if there is none
     * @param second what version 2 adds to this server's own, as text because trees are large; empty if nothing
     * @param fingerprint of both, reckoned once: whoever asks for a document asks whether these changed
     */
    private record Said(Instant when, String path, byte[] third, byte[] second, String fingerprint) {

        Said(Instant when, String path, byte[] third, byte[] second) {
            this(when, path, third, second, Arrays.hashCode(second) + "." + Arrays.hashCode(third));
        }

        int size() {
            return third.length + second.length;
        }
    }

    /** Asks a delegate that is well, if that is due. */
    void refresh(Delegate delegate, URI address, Instant now) {
        var known = said.get(delegate.object().name());
        if (known != null && now.isBefore(known.when().plus(FRESH))) {
            return;
        }
        String path = "apis/" + delegate.group() + "/" + delegate.version();
        var told = asked(delegate, URI.create(address + "/openapi/v2"));
        byte[] second = alone(() -> told.tree().map(all -> own(all, path)))
                .orElse(known == null ? NOTHING : known.second());
        byte[] third = third(delegate, address, path, second).orElse(known == null ? NOTHING : known.third());
        keep(delegate.object().name(), new Said(now, path, third, second));
    }

    /** A server that does not know version 3 at all is documented by what it says in version 2. */
    private Optional<byte[]> third(Delegate delegate, URI address, String path, byte[] second) {
        var told = asked(delegate, URI.create(address + "/openapi/v3/" + path));
        boolean unknown = told.code() == NOT_FOUND
                && asked(delegate, URI.create(address + "/openapi/v3")).code() == NOT_FOUND;
        return alone(() -> unknown && second.length > 0
                ? Optional.of(JsonWriter.bytes(OpenApiUpgrade.of(object(second))))
                : told.tree().map(all -> told.body()));
    }

    /** Servers are asked side by side, but a document as a tree takes ten times as much as its text. */
    private Optional<byte[]> alone(Supplier<Optional<byte[]>> work) {
        reading.lock();
        try {
            return work.get();
        } finally {
            reading.unlock();
        }
    }

    private synchronized void keep(String name, Said next) {
        int others = said.entrySet().stream().filter(each -> !each.getKey().equals(name))
                .mapToInt(each -> each.getValue().size()).sum();
        boolean fits = others + next.size() <= ALL_BYTES;
        if (!fits) {
            LOG.log(Level.WARNING, "the documents of an aggregated server are not served: those of all are too large"
                    + " name=" + name + " bytes=" + next.size() + " others=" + others);
        }
        said.put(name, fits ? next : new Said(next.when(), next.path(), NOTHING, NOTHING));
    }

    /** The paths below its version, and the types. */
    private static byte[] own(JsonObject document, String path) {
        var paths = JsonObject.builder();
        document.object("paths").forEach((each, item) -> {
            if (each.startsWith("/" + path + "/")) {
                paths.put(each, item);
            }
        });
        return JsonWriter.bytes(JsonObject.of("info", document.object("info"), "paths", paths.build(), "definitions",
                document.object("definitions")));
    }

    /**
     * What was answered.
     *
     * @param code 0 if nothing was
     */
    private record Told(int code, byte[] body) {

        /** Nothing if it is no document. */
        Optional<JsonObject> tree() {
            return code == OK ? Optional.of(object(body)).filter(tree -> !tree.isEmpty()) : Optional.empty();
        }
    }

    private static Told asked(Delegate delegate, URI uri) {
        var request = HttpRequest.newBuilder(uri).timeout(ANSWER).header("Accept", "application/json")
                .header("X-Remote-User", "system:aggregator").header("X-Remote-Group", "system:masters")
                .header(Delegate.VIA, delegate.mark()).build();
        try {
            var answer = BoundedAnswer.of(delegate.client(), request, ANSWER, MOST_BYTES);
            return new Told(answer.statusCode(), answer.body());
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "an aggregated server does not document itself at " + uri, e);
            return new Told(0, NOTHING);
        }
    }

    private static JsonObject object(byte[] bytes) {
        try {
            return JsonReader.read(bytes) instanceof JsonObject object ? object : JsonObject.EMPTY;
        } catch (JsonException e) {
            return JsonObject.EMPTY;
        }
    }

    void keepOnly(Set<String> names) {
        said.keySet().retainAll(names);
    }

    /** The documents of version 3 by their paths. */
    public Map<String, byte[]> third() {
        var all = new TreeMap<String, byte[]>();
        said.values().stream().filter(each -> each.third().length > 0)
                .forEach(each -> all.put(each.path(), each.third()));
        return all;
    }

    /** A document of version 2 with what delegates add: the paths below their versions, and types of other names. */
    public JsonObject added(JsonObject own) {
        var document = own;
        for (var each : new TreeMap<>(said).values()) {
            var more = object(each.second());
            var paths = JsonObject.builder().putAll(document.object("paths")).putAll(more.object("paths"));
            var types = JsonObject.builder().putAll(more.object("definitions"))
                    .putAll(document.object("definitions"));
            document = document.with("paths", paths.build()).with("definitions", types.build());
        }
        return document;
    }

    /** Changes whenever {@link #added} adds something else. */
    public String fingerprint() {
        var text = new StringBuilder();
        new TreeMap<>(said).forEach((name, each) -> text.append(name).append(each.fingerprint()));
        return text.toString();
    }
}
