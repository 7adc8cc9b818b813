package dev.starling.apiserver.openapi;

import dev.starling.apiserver.registry.KindSchema;
import dev.starling.kube.object.ResourceType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The schemas of kinds that are not built in, by version and kind. */
public final class Documents {
    /** Of a server with built-in kinds alone. */
    public static final Documents NONE = new Documents(Map.of());

    private final Map<String, KindSchema.Document> documents;

    private Documents(Map<String, KindSchema.Document> documents) {
        this.documents = Map.copyOf(documents);
    }

    /** The documents of some types, those that have one. */
    public static Documents of(List<ResourceType> types,
            Function<ResourceType, Optional<KindSchema.Document>> documents) {
        Map<String, KindSchema.Document> found = new HashMap<>();
        types.forEach(type -> documents.apply(type).ifPresent(document -> found.put(key(type.apiVersion(),
                type.kind()), document)));
        return new Documents(found);
    }

    private static String key(String apiVersion, String kind) {
        return apiVersion + "/" + kind;
    }

    Optional<KindSchema.Document> find(String apiVersion, String kind) {
        return Optional.ofNullable(documents.get(key(apiVersion, kind)));
    }

    String fingerprint(ResourceType type) {
        return find(type.apiVersion(), type.kind()).map(KindSchema.Document::fingerprint).orElse("");
    }
}
