package dev.starling.apiserver.registry;

import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import dev.starling.kube.object.Times;
import dev.starling.kube.patch.FieldSet;
import java.time.Instant;

/** One entry of {@code metadata.managedFields}: who owns which fields, by which operation. */
record ManagedEntry(JsonObject json) {
    private static final String APPLY = "Apply";
    private static final String UPDATE = "Update";

    /**
     * Who owns. An applier is one whatever the version that it speaks; updates in two versions are two owners.
     *
     * @param apiVersion empty for appliers
     */
    record Owner(String manager, boolean applies, String apiVersion, String subresource)
            implements Comparable<Owner> {

        static Owner updating(String manager, String apiVersion, String subresource) {
            return new Owner(manager, false, apiVersion, subresource);
        }

        static Owner applying(String manager, String subresource) {
            return new Owner(manager, true, "", subresource);
        }

        /** As conflicts name it: {@code "kubectl-edit" using apps/v1}. */
        String shown() {
            String name = new JsonString(manager).toString();
            String through = subresource.isEmpty() ? name : name + " with subresource \"" + subresource + "\"";
            return applies ? through : through + " using " + apiVersion;
        }

        @Override
        public int compareTo(Owner other) {
            return key().compareTo(other.key());
        }

        private String key() {
            return manager + "\n" + (applies ? APPLY : UPDATE) + "\n" + apiVersion + "\n" + subresource;
        }
    }

    /** @param apiVersion in which the fields are named */
    static ManagedEntry of(Owner owner, String apiVersion, FieldSet fields) {
        return new ManagedEntry(JsonObject.builder().putText("manager", owner.manager())
                .put("operation", owner.applies() ? APPLY : UPDATE).put("apiVersion", apiVersion)
                .put("fieldsType", "FieldsV1").put("fieldsV1", fields.paths())
                .putText("subresource", owner.subresource()).build());
    }

    /**
     * An entry as a client sent it.
     *
     * @throws IllegalArgumentException if it is none
     */
    static ManagedEntry parse(Json sent) {
        var json = sent.object();
        String operation = json.text("operation");
        if (!operation.equals(APPLY) && !operation.equals(UPDATE) || !json.text("fieldsType").equals("FieldsV1")) {
            throw new IllegalArgumentException("not an entry of managed fields: " + sent);
        }
        boolean applies = operation.equals(APPLY);
        String version = json.text("apiVersion");
        var owner = new Owner(json.text("manager"), applies, applies ? "" : version, json.text("subresource"));
        var entry = of(owner, version, FieldSet.parse(json.object("fieldsV1")));
        return Times.parse(json.text("time")).map(entry::at).orElse(entry);
    }

    Owner owner() {
        return new Owner(json.text("manager"), applies(), applies() ? "" : apiVersion(), json.text("subresource"));
    }

    boolean applies() {
        return json.text("operation").equals(APPLY);
    }

    String apiVersion() {
        return json.text("apiVersion");
    }

    /** To the second; empty where it is not known. */
    String time() {
        return json.text("time");
    }

    FieldSet fields() {
        return new FieldSet(json.object("fieldsV1"));
    }

    ManagedEntry with(FieldSet fields) {
        return fields.paths() == json.at("fieldsV1") ? this : new ManagedEntry(json.with("fieldsV1", fields.paths()));
    }

    /** The entry with its time, which stands before the fields. */
    ManagedEntry at(Instant time) {
        String text = Times.seconds(time);
        return text.equals(time()) ? this : at(text);
    }

    private ManagedEntry at(String text) {
        var builder = JsonObject.builder();
        json.forEach((name, value) -> {
            if (name.equals("fieldsType")) {
                builder.put("time", text);
            }
            if (!name.equals("time")) {
                builder.put(name, value);
            }
        });
        return new ManagedEntry(builder.build());
    }

    /** Whether two entries say the same, if perhaps of different times. */
    boolean equalsButForTime(ManagedEntry other) {
        return json == other.json || json.without("time").equals(other.json.without("time"));
    }
}
