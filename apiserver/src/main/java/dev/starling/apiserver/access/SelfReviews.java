package dev.starling.apiserver.access;

import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.Request;
import dev.starling.apiserver.registry.Review;
import dev.starling.apiserver.registry.ServedResource;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.util.List;

/** Answers callers who ask who they are and what they may: {@code kubectl auth whoami} and {@code can-i}. */
public final class SelfReviews {

    private SelfReviews() {
    }

    public static List<Review> of(Authorizer authorizer) {
        return List.of(new Who(), new May(authorizer));
    }

    private record Who() implements Review {
        private static final ResourceType TYPE = new ResourceType("authentication.k8s.io", "v1",
                "selfsubjectreviews", "SelfSubjectReview", false);

        @Override
        public ServedResource served() {
            return Review.served(TYPE);
        }

        @Override
        public KubeObject answer(Request request, ObjectKey key, KubeObject asked) {
            return review(TYPE, JsonObject.EMPTY, JsonObject.of("userInfo", user(request.caller())));
        }
    }

    private record May(Authorizer authorizer) implements Review {
        private static final ResourceType TYPE = new ResourceType("authorization.k8s.io", "v1",
                "selfsubjectaccessreviews", "SelfSubjectAccessReview", false);

        @Override
        public ServedResource served() {
            return Review.served(TYPE);
        }

        @Override
        public KubeObject answer(Request request, ObjectKey key, KubeObject asked) {
            boolean allowed = authorizer.allows(request.caller(), attributes(asked.spec()));
            return review(TYPE, JsonObject.of("spec", asked.spec()), JsonObject.of("allowed", allowed));
        }
    }

    private static KubeObject review(ResourceType type, JsonObject asked, JsonObject status) {
        return KubeObject.of(JsonObject.builder().put("apiVersion", type.apiVersion()).put("kind", type.kind())
                .put("metadata", JsonObject.EMPTY).putAll(asked).put("status", status).build());
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
