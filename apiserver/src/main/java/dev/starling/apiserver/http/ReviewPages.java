package dev.starling.apiserver.http;

import dev.starling.apiserver.access.Attributes;
import dev.starling.apiserver.access.Authorizer;
import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.ServedResource;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Answers callers who ask who they are and what they may: {@code kubectl auth whoami} and {@code can-i}. */
final class ReviewPages {
    private static final ResourceType WHO = new ResourceType("authentication.k8s.io", "v1", "selfsubjectreviews",
            "SelfSubjectReview", false);
    private static final ResourceType MAY = new ResourceType("authorization.k8s.io", "v1",
            "selfsubjectaccessreviews", "SelfSubjectAccessReview", false);
    /** What discovery names beside the registry's resources. */
    static final List<ServedResource> SERVED = List.of(served(WHO), served(MAY));

    private final Authorizer authorizer = new Authorizer();

    private static ServedResource served(ResourceType type) {
        return new ServedResource(type, type.kind().toLowerCase(Locale.ROOT), List.of("create"), List.of(), List.of(),
                List.of(), false);
    }

    Optional<ServedResource> find(ApiPath path) {
        return SERVED.stream().filter(served -> served.type().group().equals(path.group())
                && served.type().version().equals(path.version())
                && served.type().plural().equals(path.resource())).findFirst();
    }

    /** The review that was asked for, with its answer in {@code status}. */
    JsonObject answer(ResourceType type, JsonObject asked, Caller caller) {
        var review = JsonObject.builder().put("apiVersion", type.apiVersion()).put("kind", type.kind())
                .put("metadata", JsonObject.EMPTY);
        if (type.equals(WHO)) {
            return review.put("status", JsonObject.of("userInfo", user(caller))).build();
        }
        var spec = asked.object("spec");
        boolean allowed = authorizer.allows(caller, attributes(spec));
        return review.put("spec", spec).put("status", JsonObject.of("allowed", allowed)).build();
    }

    private static JsonObject user(Caller caller) {
        var user = JsonObject.builder().put("username", caller.name()).putText("uid", caller.uid())
                .put("groups", caller.groups());
        if (!caller.extra().isEmpty()) {
            user.put("extra", Json.of(caller.extra()));
        }
        return user.build();
    }

    private static Attributes attributes(JsonObject spec) {
        var wanted = spec.object("resourceAttributes");
        var path = spec.object("nonResourceAttributes");
        return wanted.isEmpty() ? new Attributes(path.text("verb"), "", "", "", "", "", path.text("path"))
                : new Attributes(wanted.text("verb"), wanted.text("group"), wanted.text("resource"),
                        wanted.text("subresource"), wanted.text("namespace"), wanted.text("name"), "");
    }
}
