package dev.starling.apiserver.validation;

import dev.starling.apiserver.schema.FieldError;
import dev.starling.apiserver.schema.FieldPath;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.json.JsonString;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The volumes of a pod and where its containers mount them. */
final class VolumeValidation {
    private static final int LAST_MODE = 0777;
    private static final int LONGEST_DRIVER = 63;

    private VolumeValidation() {
    }

    /** Answers the names of the volumes. */
    static Set<String> check(JsonObject spec, FieldPath path, Findings findings) {
        Set<String> names = new HashSet<>();
        Findings.each(spec, path, "volumes", (volume, here) -> {
            findings.formatted(volume, here, "name", Formats::label);
            String name = volume.text("name");
            if (!name.isEmpty() && !names.add(name)) {
                findings.duplicate(here.child("name"), new JsonString(name));
            }
            source(volume, here, findings);
        });
        return names;
    }

    private static void source(JsonObject volume, FieldPath path, Findings findings) {
        List<String> sources = volume.names().stream().filter(field -> !field.equals("name")).toList();
        if (sources.isEmpty()) {
            findings.required(path, "must specify a volume type");
            return;
        }
        sources.stream().skip(1).forEach(source ->
                findings.forbidden(path.child(source), "may not specify more than 1 volume type"));
        JsonObject source = volume.object(sources.getFirst());
        FieldPath here = path.child(sources.getFirst());
        switch (sources.getFirst()) {
            case "configMap" -> files(source, "name", here, findings);
            case "secret" -> files(source, "secretName", here, findings);
            case "hostPath" -> {
                if (findings.present(source, here, "path")) {
                    backsteps(source.text("path"), here.child("path"), findings);
                }
            }
            case "persistentVolumeClaim" -> findings.present(source, here, "claimName");
            case "projected" -> projected(source, here, findings);
            case "nfs" -> {
                findings.present(source, here, "server");
                findings.present(source, here, "path");
            }
            case "csi" -> csi(source, here, findings);
            case "downwardAPI" -> mode(source.at("defaultMode"), here.child("defaultMode"), findings);
            default -> { }
        }
    }

    private static void csi(JsonObject source, FieldPath path, Findings findings) {
        String driver = source.text("driver");
        if (findings.present(source, path, "driver")) {
            if (driver.length() > LONGEST_DRIVER) {
                findings.add(FieldError.tooLong(path.child("driver"), LONGEST_DRIVER));
            }
            Formats.subdomain(driver.toLowerCase(Locale.ROOT)).forEach(message ->
                    findings.invalid(path.child("driver"), driver, message));
        }
        if (source.has("nodePublishSecretRef")) {
            findings.present(source.object("nodePublishSecretRef"), path.child("nodePublishSecretRef"), "name");
        }
    }

    private static void files(JsonObject source, String name, FieldPath path, Findings findings) {
        findings.present(source, path, name);
        mode(source.at("defaultMode"), path.child("defaultMode"), findings);
        items(source, path, findings);
    }

    private static void items(JsonObject source, FieldPath path, Findings findings) {
        Findings.each(source, path, "items", (item, here) -> {
            findings.present(item, here, "key");
            if (findings.present(item, here, "path")) {
                relative(item.text("path"), here.child("path"), findings);
            }
            mode(item.at("mode"), here.child("mode"), findings);
        });
    }

    private static void projected(JsonObject source, FieldPath path, Findings findings) {
        mode(source.at("defaultMode"), path.child("defaultMode"), findings);
        Findings.each(source, path, "sources", (one, here) -> {
            if (one.has("configMap")) {
                findings.present(one.object("configMap"), here.child("configMap"), "name");
                items(one.object("configMap"), here.child("configMap"), findings);
            }
            if (one.has("secret")) {
                findings.present(one.object("secret"), here.child("secret"), "name");
                items(one.object("secret"), here.child("secret"), findings);
            }
            if (one.has("serviceAccountToken")) {
                token(one.object("serviceAccountToken"), here.child("serviceAccountToken"), findings);
            }
            if (one.size() > 1) {
                findings.forbidden(here, "may not specify more than 1 volume type");
            }
        });
    }

    private static void token(JsonObject token, FieldPath path, Findings findings) {
        findings.present(token, path, "path");
        Json seconds = token.at("expirationSeconds");
        if (seconds.number(3_600) < 600) {
            findings.invalid(path.child("expirationSeconds"), seconds,
                    "may not specify a duration less than 10 minutes");
        }
    }

    private static void mode(Json mode, FieldPath path, Findings findings) {
        long value = mode.number(0);
        if (value < 0 || value > LAST_MODE) {
            findings.invalid(path, mode, "must be a number between 0 and 0777 (octal), both inclusive");
        }
    }

    private static void relative(String text, FieldPath path, Findings findings) {
        if (text.startsWith("/")) {
            findings.invalid(path, text, "must be a relative path");
        }
        backsteps(text, path, findings);
    }

    private static void backsteps(String text, FieldPath path, Findings findings) {
        if (List.of(text.split("/", -1)).contains("..")) {
            findings.invalid(path, text, "must not contain '..'");
        }
    }

    static void mounts(JsonObject container, Set<String> volumes, FieldPath path, Findings findings) {
        Set<String> places = new HashSet<>();
        Findings.each(container, path, "volumeMounts", (mount, here) -> {
            String name = mount.text("name");
            if (findings.present(mount, here, "name") && !volumes.contains(name)) {
                findings.add(FieldError.notFound(here.child("name"),
                        new JsonString(name)));
            }
            String place = mount.text("mountPath");
            if (findings.present(mount, here, "mountPath") && !places.add(place)) {
                findings.invalid(here.child("mountPath"), place, "must be unique");
            }
            if (!mount.text("subPath").isEmpty()) {
                relative(mount.text("subPath"), here.child("subPath"), findings);
            }
        });
    }
}
