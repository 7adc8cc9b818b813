package dev.starling.apiserver.access;

import dev.starling.apiserver.access.Reviews.Question;
import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.JsonArray;
import dev.starling.kube.json.JsonObject;
import dev.starling.kube.object.ResourceType;
import java.util.List;
import java.util.stream.Stream;

/** Who somebody is: {@code kubectl auth whoami}, and what a token proves. */
final class IdentityReviews {
    private static final String GROUP = "authentication.k8s.io";

    private IdentityReviews() {
    }

    static Stream<Question> of(Authenticator authenticator) {
        return Stream.of(new Who(), new Token(authenticator));
    }

    private record Who() implements Question {

        @Override
        public ResourceType type() {
            return new ResourceType(GROUP, "v1", "selfsubjectreviews", "SelfSubjectReview", false);
        }

        @Override
        public JsonObject status(Caller asker, String namespace, JsonObject spec) {
            return JsonObject.of("userInfo", Reviews.user(asker));
        }
    }

    private record Token(Authenticator authenticator) implements Question {

        @Override
        public ResourceType type() {
            return new ResourceType(GROUP, "v1", "tokenreviews", "TokenReview", false);
        }

        @Override
        public JsonObject status(Caller asker, String namespace, JsonObject spec) {
            String token = spec.text("token");
            if (token.isEmpty()) {
                throw ApiException.badRequest("token is required for TokenReview in authentication");
            }
            var asked = spec.array("audiences").texts();
            var proven = authenticator.review(token, asked.isEmpty() ? List.of(Tokens.ISSUER) : asked);
            return proven.map(found -> JsonObject.of("authenticated", true, "user", Reviews.user(found.user()),
                            "audiences", JsonArray.strings(found.audiences())))
                    .orElseGet(() -> JsonObject.of("user", JsonObject.EMPTY, "error", "invalid bearer token"));
        }
    }
}
