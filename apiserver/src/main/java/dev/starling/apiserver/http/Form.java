package dev.starling.apiserver.http;

import java.util.Optional;

/**
 * In which form an answer is written.
 *
 * @param yaml YAML instead of JSON
 * @param version of the view's own type: {@code v1} or {@code v1beta1}
 */
record Form(boolean yaml, View view, String version) {
    static final Form JSON = new Form(false, View.OBJECT, "");

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

    Form plain() {
        return new Form(yaml, View.OBJECT, "");
    }

    String mediaType() {
        return yaml ? MediaType.YAML : MediaType.JSON;
    }
}
