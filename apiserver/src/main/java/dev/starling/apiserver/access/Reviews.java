package dev.starling.apiserver.access;

import dev.starling.apiserver.registry.Caller;
import dev.starling.apiserver.registry.KindSchema;
import dev.starling.apiserver.registry.Request;
import dev.starling.apiserver.registry.Review;
import dev.starling.apiserver.registry.ServedResource;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.Json;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.KubeObject;
import dev.starling.kube.object.ObjectKey;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The questions that anyone may be allowed to ask: who is this, and what may they? */
public final class Reviews {

    private Reviews() {
    }

    /** @param schemas cuts off what a question does not know */
    public static List<Review> of(Access access, Function<ResourceType, KindSchema> schemas) {
        return Stream.concat(IdentityReviews.of(access.authenticator()), AccessReviews.of(access))
                .map(question -> (Review) new Checked(question, schemas.apply(question.type()))).toList();
    }

    /** One kind of question. */
    interface Question {

        ResourceType type();

        /** The answer: the {@code status} beside the question, or a refusal. */
        JsonObject status(Caller asker, String namespace, JsonObject spec);
    }

    private record Checked(Question question, KindSchema schema) implements Review {

        @Override
        public ServedResource served() {
            return Review.served(question.type());
        }

        @Override
        public KubeObject answer(Request request, ObjectKey key, KubeObject asked) {
            var type = question.type();
            var tree = asked.tree().has("kind") ? asked.tree()
                    : asked.tree().with("kind", Json.of(type.kind()));
            var known = schema.prune(tree).object();
            var spec = known.object("spec");
            var status = question.status(request.caller(), key.namespace(), spec);
            var answer = JsonObject.builder().put("apiVersion", type.apiVersion()).put("kind", type.kind())
                    .put("metadata", known.object("metadata"));
            if (known.has("spec")) {
                answer.put("spec", spec);
            }
            return KubeObject.of(answer.put("status", status).build());
        }
    }

    /** A user as {@code authentication.k8s.io} describes one. */
    static JsonObject user(Caller caller) {
        var user = JsonObject.builder().put("username", caller.name()).putText("uid", caller.uid())
                .put("groups", caller.groups());
        if (!caller.extra().isEmpty()) {
            user.put("extra", Json.of(caller.extra()));
        }
        return user.build();
    }

    static Map<String, List<String>> extra(JsonObject extra) {
        return extra.entries().stream().collect(Collectors.toUnmodifiableMap(Map.Entry::getKey,
                entry -> entry.getValue().array().texts()));
    }

    static ApiException invalid(ResourceType type, ApiException.Cause cause) {
        return ApiException.invalid(type.group(), type.kind(), "", List.of(cause));
    }
}
