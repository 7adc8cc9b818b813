package dev.starling.apiserver.openapi;

import dev.starling.apiserver.registry.ServedResource;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * {@code /openapi/v3}: an index of one document per group and version, and the documents, each made when it is first
 * asked for. A document's hash is known without making it. Thread-safe.
 */
public final class OpenApiV3 {
    /** Must change when the form of the documents does: clients keep a document for a year by its hash. */
    private static final String FORM = "1";

    private final Schemas schemas;
    private final Documents custom;
    private final Map<String, List<ServedResource>> groups = new TreeMap<>();
    private final Map<String, byte[]> documents = new ConcurrentHashMap<>();
    private final Map<String, byte[]> others;
    private final byte[] index;
    private final String indexHash;

    public OpenApiV3(Schemas schemas, List<ServedResource> served) {
        this(schemas, served, Documents.NONE, Map.of());
    }

    /**
     * @param custom the schemas of those that are not built in
     * @param others the documents of other servers, by their paths
     */
    public OpenApiV3(Schemas schemas, List<ServedResource> served, Documents custom, Map<String, byte[]> others) {
        this.others = Map.copyOf(others);
        this.custom = custom;
        this.schemas = schemas;
        served.forEach(resource -> groups.computeIfAbsent(resource.type().rootPath().substring(1),
                path -> new ArrayList<>()).add(resource));
        JsonObject.Builder paths = JsonObject.builder();
        Stream.concat(groups.keySet().stream(), others.keySet().stream().filter(path -> !groups.containsKey(path)))
                .forEach(path -> paths.put(path, JsonObject.of("serverRelativeURL", url(path))));
        this.index = JsonWriter.bytes(JsonObject.of("paths", paths.build()));
        this.indexHash = digest(new String(index, StandardCharsets.UTF_8));
    }

    /** Where a document lies, with its hash. */
    public String url(String groupPath) {
        return "/openapi/v3/" + groupPath + "?hash=" + hash(groupPath);
    }

    /** Changes when any document does. */
    public String indexHash() {
        return indexHash;
    }

    /** The index as JSON. Callers never change it. */
    public byte[] index() {
        return index;
    }

    /** The document of {@code api/v1} or {@code apis/apps/v1} as JSON. Callers never change it. */
    public Optional<byte[]> document(String groupPath) {
        return groups.containsKey(groupPath)
                ? Optional.of(documents.computeIfAbsent(groupPath, this::make))
                : Optional.ofNullable(others.get(groupPath));
    }

    /** What a document's URL and ETag carry: it changes when the document does. Empty if there is no document. */
    public String hash(String groupPath) {
        List<ServedResource> served = groups.get(groupPath);
        if (served == null) {
            byte[] other = others.getOrDefault(groupPath, new byte[0]);
            return other.length == 0 ? "" : digest(new String(other, StandardCharsets.UTF_8));
        }
        return digest(FORM + schemas.fingerprint() + served
                + served.stream().map(resource -> custom.fingerprint(resource.type())).toList());
    }

    static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().withUpperCase().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private byte[] make(String groupPath) {
        Components components = new Components(schemas, Dialect.V3, custom);
        ResourcePaths paths = new ResourcePaths(Dialect.V3, components);
        groups.getOrDefault(groupPath, List.of()).forEach(paths::add);
        return JsonWriter.bytes(JsonObject.of("openapi", "3.0.0",
                "info", JsonObject.of("title", "Kubernetes", "version", "unversioned"),
                "paths", paths.all(), "components", JsonObject.of("schemas", components.all())));
    }
}
