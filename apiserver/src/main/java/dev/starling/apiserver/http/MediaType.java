package dev.starling.apiserver.http;

/** The media types that the server writes. */
final class MediaType {
    static final String JSON = "application/json";
    static final String YAML = "application/yaml";
    static final String CBOR = "application/cbor";
    static final String CBOR_SEQUENCE = "application/cbor-seq";
    static final String TEXT = "text/plain; charset=utf-8";

    private MediaType() {
    }
}
