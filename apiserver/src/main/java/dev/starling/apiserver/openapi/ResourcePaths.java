package dev.starling.apiserver.openapi;

import dev.starling.apiserver.registry.ServedResource;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes the paths and operations of served resources in one dialect. Used by one thread. */
final class ResourcePaths {
    private static final String STRATEGIC = "application/strategic-merge-patch+json";
    private static final List<String> PATCHES = List.of("application/json-patch+json",
            "application/merge-patch+json", STRATEGIC, "application/apply-patch+yaml");
    private static final List<String> PRODUCED = List.of("application/json");

    private final Dialect dialect;
    private final Components components;
    private final Map<String, JsonObject> paths = new TreeMap<>();

    ResourcePaths(Dialect dialect, Components components) {
        this.dialect = dialect;
        this.components = components;
    }

    /** What an operation is about: the kind that it speaks, where, and how its id ends. */
    private record Subject(String apiVersion, String kind, String idEnding, String tag) {
        String group() {
            int slash = apiVersion.indexOf('/');
            return slash < 0 ? "" : apiVersion.substring(0, slash);
        }

        String version() {
            return apiVersion.substring(apiVersion.indexOf('/') + 1);
        }
    }

    void add(ServedResource resource) {
        ResourceType type = resource.type();
        String scope = type.namespaced() ? "/namespaces/{namespace}/" : "/";
        String collection = type.rootPath() + scope + type.plural();
        String idEnding = groupName(type) + (type.namespaced() ? "Namespaced" : "") + type.kind();
        Subject subject = new Subject(type.apiVersion(), type.kind(), idEnding, tag(type));
        collection(collection, resource.verbs(), subject);
        if (type.namespaced() && resource.verbs().contains("list")) {
            Subject everywhere = new Subject(type.apiVersion(), type.kind(),
                    groupName(type) + type.kind() + "ForAllNamespaces", tag(type));
            collection(type.rootPath() + "/" + type.plural(), List.of("list"), everywhere);
        }
        item(collection + "/{name}", resource.verbs(), subject);
        for (ServedResource.Sub sub : resource.subresources()) {
            String apiVersion = sub.apiVersion().isEmpty() ? type.apiVersion() : sub.apiVersion();
            Subject below = new Subject(apiVersion, sub.kind(), idEnding + capital(sub.name()), tag(type));
            item(collection + "/{name}/" + sub.name(), sub.verbs(), below);
        }
    }

    JsonObject all() {
        JsonObject.Builder all = JsonObject.builder();
        paths.forEach(all::put);
        return all.build();
    }

    private void collection(String path, List<String> verbs, Subject subject) {
        JsonObject.Builder item = JsonObject.builder();
        if (verbs.contains("list")) {
            item.put("get", operation("list", subject, List.of("labelSelector", "fieldSelector", "limit", "continue",
                    "resourceVersion", "resourceVersionMatch", "timeoutSeconds", "watch", "allowWatchBookmarks",
                    "sendInitialEvents")));
        }
        if (verbs.contains("create")) {
            item.put("post", operation("post", subject, List.of("dryRun", "fieldManager", "fieldValidation")));
        }
        if (verbs.contains("deletecollection")) {
            item.put("delete", operation("deletecollection", subject, List.of("labelSelector", "fieldSelector",
                    "dryRun", "gracePeriodSeconds", "propagationPolicy")));
        }
        put(path, item);
    }

    private void item(String path, List<String> verbs, Subject subject) {
        JsonObject.Builder item = JsonObject.builder();
        if (verbs.contains("get")) {
            item.put("get", operation("get", subject, List.of()));
        }
        if (verbs.contains("update")) {
            item.put("put", operation("put", subject, List.of("dryRun", "fieldManager", "fieldValidation")));
        }
        if (verbs.contains("delete")) {
            item.put("delete", operation("delete", subject, List.of("dryRun", "gracePeriodSeconds",
                    "orphanDependents", "propagationPolicy")));
        }
        if (path.lastIndexOf('/') > path.lastIndexOf('}') && verbs.contains("create")) {
            item.put("post", operation("post", subject, List.of("dryRun", "fieldManager", "fieldValidation")));
        }
        if (verbs.contains("patch")) {
            item.put("patch", operation("patch", subject,
                    List.of("dryRun", "fieldManager", "fieldValidation", "force")));
        }
        put(path, item);
    }

    private void put(String path, JsonObject.Builder operations) {
        List<Json> parameters = new ArrayList<>();
        if (path.contains("{name}")) {
            parameters.add(pathParameter("name", "name of the object"));
        }
        if (path.contains("{namespace}")) {
            parameters.add(pathParameter("namespace", "namespace of the object"));
        }
        JsonObject item = operations.build();
        if (!item.isEmpty()) {
            paths.put(path, parameters.isEmpty() ? item : item.with("parameters", JsonArray.of(parameters)));
        }
    }

    private JsonObject operation(String action, Subject subject, List<String> parameters) {
        List<Json> all = new ArrayList<>(parameters.stream().map(this::queryParameter).toList());
        JsonObject.Builder operation = JsonObject.builder()
                .put("tags", List.of(subject.tag()))
                .put("description", description(action, subject))
                .put("operationId", verb(action) + subject.idEnding());
        if (dialect == Dialect.V2) {
            operation.put("consumes", action.equals("patch") ? patches(subject) : List.of("*/*"));
            operation.put("produces", PRODUCED);
        }
        if (action.equals("post") || action.equals("put") || action.equals("patch")) {
            body(action, subject, operation, all);
        }
        return operation.put("parameters", JsonArray.of(all))
                .put("responses", responses(action, subject))
                .put("x-kubernetes-action", action)
                .put("x-kubernetes-group-version-kind", JsonObject.of("group", subject.group(),
                        "kind", subject.kind(), "version", subject.version()))
                .build();
    }

    private void body(String action, Subject subject, JsonObject.Builder operation, List<Json> parameters) {
        boolean patch = action.equals("patch");
        JsonObject schema = patch ? components.definition(Components.META + "Patch")
                : components.kind(subject.apiVersion(), subject.kind());
        if (dialect == Dialect.V2) {
            parameters.add(JsonObject.of("in", "body", "name", "body", "required", true, "schema", schema));
            return;
        }
        JsonObject.Builder content = JsonObject.builder();
        (patch ? patches(subject) : List.of("*/*")).forEach(form -> content.put(form, JsonObject.of("schema", schema)));
        operation.put("requestBody", JsonObject.of("content", content.build(), "required", true));
    }

    /** kubectl chooses the kind of its patches by this. */
    private List<String> patches(Subject subject) {
        return components.isCustom(subject.apiVersion(), subject.kind())
                ? PATCHES.stream().filter(form -> !form.equals(STRATEGIC)).toList() : PATCHES;
    }

    private JsonObject responses(String action, Subject subject) {
        JsonObject schema = switch (action) {
            case "list" -> components.kind(subject.apiVersion(), subject.kind() + "List");
            case "delete", "deletecollection" -> components.definition(Components.META + "Status");
            default -> components.kind(subject.apiVersion(), subject.kind());
        };
        JsonObject answer = dialect == Dialect.V2 ? JsonObject.of("description", "OK", "schema", schema)
                : JsonObject.of("description", "OK", "content",
                        JsonObject.of("application/json", JsonObject.of("schema", schema)));
        JsonObject responses = JsonObject.of("200", answer);
        return action.equals("post") || action.equals("put") || action.equals("patch")
                ? responses.with("201", answer.with("description", Json.of("Created"))) : responses;
    }

    private Json queryParameter(String name) {
        String type = switch (name) {
            case "limit", "timeoutSeconds", "gracePeriodSeconds" -> "integer";
            case "watch", "allowWatchBookmarks", "sendInitialEvents", "force", "orphanDependents" -> "boolean";
            default -> "string";
        };
        return typed(JsonObject.of("name", name, "in", "query"), type);
    }

    private Json pathParameter(String name, String description) {
        return typed(JsonObject.of("name", name, "in", "path", "description", description, "required", true),
                "string");
    }

    private JsonObject typed(JsonObject parameter, String type) {
        return dialect == Dialect.V2 ? parameter.with("type", Json.of(type))
                : parameter.with("schema", JsonObject.of("type", type));
    }

    private static String description(String action, Subject subject) {
        return switch (action) {
            case "list" -> "list or watch objects of kind " + subject.kind();
            case "post" -> "create a " + subject.kind();
            case "get" -> "read the specified " + subject.kind();
            case "put" -> "replace the specified " + subject.kind();
            case "patch" -> "partially update the specified " + subject.kind();
            case "delete" -> "delete a " + subject.kind();
            default -> "delete collection of " + subject.kind();
        };
    }

    private static String verb(String action) {
        return switch (action) {
            case "post" -> "create";
            case "get" -> "read";
            case "put" -> "replace";
            case "deletecollection" -> "deleteCollection";
            default -> action;
        };
    }

    private static String groupName(ResourceType type) {
        String group = type.group().isEmpty() ? "core" : type.group().replaceFirst("\\.k8s\\.io$", "");
        StringBuilder name = new StringBuilder();
        for (String part : group.split("\\.")) {
            name.append(capital(part));
        }
        return name + capital(type.version());
    }

    private static String tag(ResourceType type) {
        String group = type.group().isEmpty() ? "core" : type.group().replaceFirst("\\.k8s\\.io$", "");
        return group.replace('.', '_') + "_" + type.version();
    }

    private static String capital(String word) {
        return Character.toUpperCase(word.charAt(0)) + word.substring(1);
    }
}
