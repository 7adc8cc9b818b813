package dev.starling.apiserver.http;

import dev.starling.apiserver.protobuf.ProtobufObjects;
import java.util.Optional;

/**
 * In which form an answer is written.
 *
 * @param encoding how it is written
 * @param version of the view's own type: {@code v1} or {@code v1beta1}
 */
record Form(Encoding encoding, View view, String version) {

    /** How trees become bytes. */
    enum Encoding {
        JSON(MediaType.JSON), YAML(MediaType.YAML), PROTOBUF(ProtobufObjects.MEDIA_TYPE),
        CBOR(MediaType.CBOR);

        private final String mediaType;

        Encoding(String mediaType) {
            this.mediaType = mediaType;
        }

        String mediaType() {
            return mediaType;
        }
    }

    /** What of an object is shown. */
    enum View {
        OBJECT, TABLE, METADATA, METADATA_LIST;

        /** The view that a media type's {@code as} names; nothing for one that is not known. */
        static Optional<View> named(String as, String group, String version) {
            if (as.isEmpty()) {
                return Optional.of(OBJECT);
            }
            if (!group.equals("meta.k8s.io") || !version.equals("v1") && !version.equals("v1beta1")) {
                return Optional.empty();
            }
            return switch (as) {
                case "Table" -> Optional.of(TABLE);
                case "PartialObjectMetadata" -> Optional.of(METADATA);
                case "PartialObjectMetadataList" -> Optional.of(METADATA_LIST);
                default -> Optional.empty();
            };
        }
    }

    boolean yaml() {
        return encoding == Encoding.YAML;
    }

    boolean protobuf() {
        return encoding == Encoding.PROTOBUF;
    }

    boolean cbor() {
        return encoding == Encoding.CBOR;
    }

    String mediaType() {
        return encoding.mediaType();
    }

    /** The type of an answer that is a row of watch events. */
    String streamType() {
        return protobuf() ? mediaType() + ";stream=watch" : cbor() ? MediaType.CBOR_SEQUENCE : MediaType.JSON;
    }
}
