package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.JsonException;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** ConfigMaps and Secrets. */
final class ConfigValidation {
    private static final int SIZE_LIMIT = 1 << 20;
    private static final String FROZEN = "field is immutable when `immutable` is set";
    private static final FieldPath DATA = FieldPath.of("data");

    private ConfigValidation() {
    }

    static void checkConfigMap(JsonObject object, Findings findings) {
        long size = 0;
        for (var entry : object.object("data").entries()) {
            findings.format(DATA.key(entry.getKey()), entry.getKey(), Formats::configKey);
            if (object.object("binaryData").has(entry.getKey())) {
                findings.invalid(DATA.key(entry.getKey()), entry.getKey(), "duplicate of key present in binaryData");
            }
            size += entry.getValue().text().getBytes(StandardCharsets.UTF_8).length;
        }
        for (var entry : object.object("binaryData").entries()) {
            findings.format(FieldPath.of("binaryData").key(entry.getKey()), entry.getKey(), Formats::configKey);
            size += decoded(entry.getValue().text()).length;
        }
        if (size > SIZE_LIMIT) {
            findings.add(FieldError.tooLong(FieldPath.ROOT, SIZE_LIMIT));
        }
    }

    static void checkSecret(JsonObject object, Findings findings) {
        JsonObject contents = object.object("data");
        long size = 0;
        for (var entry : contents.entries()) {
            findings.format(DATA.key(entry.getKey()), entry.getKey(), Formats::configKey);
            size += decoded(entry.getValue().text()).length;
        }
        if (size > SIZE_LIMIT) {
            findings.add(FieldError.tooLong(DATA, SIZE_LIMIT));
        }
        switch (object.text("type")) {
            case "kubernetes.io/service-account-token" -> {
                FieldPath annotation = FieldPath.of("metadata").child("annotations")
                        .key("kubernetes.io/service-account.name");
                if (object.text("metadata", "annotations", "kubernetes.io/service-account.name").isEmpty()) {
                    findings.required(annotation, "");
                }
            }
            case "kubernetes.io/dockercfg" -> jsonKey(contents, ".dockercfg", findings);
            case "kubernetes.io/dockerconfigjson" -> jsonKey(contents, ".dockerconfigjson", findings);
            case "kubernetes.io/basic-auth" -> {
                if (!contents.has("username") && !contents.has("password")) {
                    keys(contents, List.of("username", "password"), findings);
                }
            }
            case "kubernetes.io/ssh-auth" -> keys(contents, List.of("ssh-privatekey"), findings);
            case "kubernetes.io/tls" -> keys(contents, List.of("tls.crt", "tls.key"), findings);
            default -> { }
        }
    }

    private static void keys(JsonObject contents, List<String> keys, Findings findings) {
        keys.stream().filter(key -> !contents.has(key)).forEach(key -> findings.required(DATA.key(key), ""));
    }

    private static void jsonKey(JsonObject contents, String key, Findings findings) {
        if (!contents.has(key)) {
            findings.required(DATA.key(key), "");
            return;
        }
        try {
            JsonReader.readObject(decoded(contents.text(key)));
        } catch (JsonException e) {
            findings.invalid(DATA.key(key), "<secret contents redacted>", e.getMessage());
        }
    }

    private static byte[] decoded(String text) {
        return Base64.getMimeDecoder().decode(text);
    }

    static void checkUpdate(JsonObject before, JsonObject after, Findings findings) {
        if (before.text("kind").equals("Secret")) {
            findings.immutable(FieldPath.of("type"), before.at("type"), after.at("type"));
        }
        if (!before.flag("immutable")) {
            return;
        }
        if (!after.flag("immutable")) {
            findings.forbidden(FieldPath.of("immutable"), FROZEN);
        }
        for (String field : List.of("data", "binaryData")) {
            if (!before.object(field).equals(after.object(field))) {
                findings.forbidden(FieldPath.of(field), FROZEN);
            }
        }
    }
}
