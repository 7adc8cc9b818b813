package dev.starling.apiserver.schema;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import dev.starling.kube.object.ResourceType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The schemas of the built-in kinds, from the resources that the build generated. A group's resource is read when
 * one of its definitions is first asked for; descriptions are apart and only the API documents read them.
 * Thread-safe.
 */
public final class Schemas {
    private static final String FOLDER = "/META-INF/starling/schemas/";

    private final String fingerprint;
    private final JsonObject packages;
    private final JsonObject groups;
    private final Map<String, JsonObject> resources = new ConcurrentHashMap<>();
    private final Map<String, Schema> definitions = new ConcurrentHashMap<>();

    private Schemas(JsonObject index) {
        this.fingerprint = index.text("fingerprint");
        this.packages = index.object("packages");
        this.groups = index.object("groups");
    }

    /** The built-in kinds and the project's own. */
    public static Schemas builtIn() {
        return new Schemas(read("index.json"));
    }

    private static JsonObject read(String name) {
        try (InputStream in = Schemas.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException("the class path has no " + FOLDER + name);
            }
            return JsonReader.readObject(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Changes whenever any schema or description does. */
    public String fingerprint() {
        return fingerprint;
    }

    public Optional<Schema> find(ResourceType type) {
        return find(type.apiVersion(), type.kind());
    }

    /** The schema of a kind of {@code apps/v1} or {@code v1}; nothing for a kind that is not built in. */
    public Optional<Schema> find(String apiVersion, String kind) {
        return definitionName(apiVersion, kind).map(this::definition);
    }

    /** The OpenAPI name of a kind: {@code io.k8s.api.apps.v1.Deployment}. */
    public Optional<String> definitionName(String apiVersion, String kind) {
        return groups.object(apiVersion).find(kind).map(Json::text);
    }

    /** @throws IllegalArgumentException if there is no such definition */
    public Schema definition(String name) {
        Schema known = definitions.get(name);
        return known != null ? known : definitions.computeIfAbsent(name, this::parse);
    }

    private Schema parse(String name) {
        JsonObject json = resource(name, "").object(name);
        if (json.isEmpty()) {
            throw new IllegalArgumentException("no definition " + name);
        }
        return Schema.of(json, this::definition);
    }

    /** The descriptions of a definition's fields by name; the definition's own stands under the empty name. */
    public Map<String, String> texts(String name) {
        return resource(name, ".texts").object(name).texts();
    }

    /**
     * What the field numbers of a message of the protobuf form stand for: the name of a field, or, behind a plus sign,
     * the name of a message whose fields belong here. Empty for messages that nobody has described.
     */
    public JsonObject wireNumbers(String message) {
        int dot = message.lastIndexOf('.');
        String file = packages.text(dot < 0 ? "" : message.substring(0, dot));
        // Whether there is such a file is asked once: a body may hold a million messages.
        return file.isEmpty() ? JsonObject.EMPTY
                : resources.computeIfAbsent(file + ".wire.json", Schemas::readIfThere).object(message);
    }

    /** The project's own kinds have no protobuf form, and so no such file. */
    private static JsonObject readIfThere(String name) {
        return Schemas.class.getResource(FOLDER + name) == null ? JsonObject.EMPTY : read(name);
    }

    private JsonObject resource(String definition, String ending) {
        int dot = definition.lastIndexOf('.');
        String file = packages.text(dot < 0 ? "" : definition.substring(0, dot));
        if (file.isEmpty()) {
            throw new IllegalArgumentException("no definition " + definition);
        }
        return resources.computeIfAbsent(file + ending + ".json", Schemas::read);
    }
}
