package dev.starling.apiserver.openapi;

import dev.starling.apiserver.registry.ServedResource;
import dev.starling.apiserver.schema.Schemas;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonWriter;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * {@code /openapi/v2}: one document of everything, as JSON and in the protobuf form that older clients ask for. Made
 * when it is first asked for. Thread-safe: two threads that race make equal bytes.
 */
public final class OpenApiV2 {
    /** Must change when the form of the document does: clients keep it by its hash. */
    private static final String FORM = "3";
    /** The media type of the protobuf form. */
    public static final String PROTOBUF = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

    private final Schemas schemas;
    private final Documents custom;
    private final List<ServedResource> served;
    private final UnaryOperator<JsonObject> others;
    private volatile Optional<byte[]> json = Optional.empty();
    private volatile Optional<byte[]> protobuf = Optional.empty();

    public OpenApiV2(Schemas schemas, List<ServedResource> served) {
        this(schemas, served, Documents.NONE, UnaryOperator.identity());
    }

    /**
     * @param custom the schemas of those that are not built in
     * @param others adds what other servers serve in this one's place
     */
    public OpenApiV2(Schemas schemas, List<ServedResource> served, Documents custom,
            UnaryOperator<JsonObject> others) {
        this.others = others;
        this.custom = custom;
        this.schemas = schemas;
        this.served = List.copyOf(served);
    }

    /** The document as JSON. Callers never change it. */
    public byte[] json() {
        return json.orElseGet(() -> {
            byte[] made = JsonWriter.bytes(document());
            json = Optional.of(made);
            return made;
        });
    }

    /** The document as {@code openapi_v2.Document}. Callers never change it. */
    public byte[] protobuf() {
        return protobuf.orElseGet(() -> {
            byte[] made = ProtobufDocument.encode(document());
            protobuf = Optional.of(made);
            return made;
        });
    }

    /** For the ETag: it changes when the document does. */
    public String hash() {
        return OpenApiV3.digest(FORM + schemas.fingerprint() + served
                + served.stream().map(resource -> custom.fingerprint(resource.type())).toList());
    }

    private JsonObject document() {
        Components components = new Components(schemas, Dialect.V2, custom);
        ResourcePaths paths = new ResourcePaths(Dialect.V2, components);
        served.forEach(paths::add);
        return others.apply(JsonObject.of("swagger", "2.0",
                "info", JsonObject.of("title", "Kubernetes", "version", "unversioned"),
                "paths", paths.all(), "definitions", components.all()));
    }
}
