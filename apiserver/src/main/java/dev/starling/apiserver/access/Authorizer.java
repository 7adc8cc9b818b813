package dev.starling.apiserver.access;

import dev.starling.apiserver.registry.Caller;
import dev.starling.kube.api.ApiException;
import dev.starling.kube.json.JsonObject;
import java.util.Set;

/**
 * Whether a user may. A fixed rule set until roles exist: administrators and the product's own components may do
 * everything; everyone who is known may discover the API and review himself; nobody else may do anything.
 */
public final class Authorizer {
    private static final String OWN = "system:starling:";
    private static final Set<String> OPEN_PATHS = Set.of("/livez", "/readyz", "/healthz", "/version");
    private static final Set<String> KNOWN_PATHS = Set.of("/", "/api", "/apis", "/openapi", "/openid",
            "/.well-known");
    private static final Set<String> SELF_REVIEWS =
            Set.of("selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews");

    public boolean allows(Caller user, Attributes wanted) {
        if (user.groups().contains(Callers.MASTERS)
                || user.name().startsWith(OWN) && user.groups().contains(Callers.AUTHENTICATED)) {
            return true;
        }
        if (!wanted.forResource()) {
            boolean reads = wanted.verb().equals("get") || wanted.verb().equals("head");
            return reads && (under(OPEN_PATHS, wanted.path())
                    || !Callers.anonymous(user) && under(KNOWN_PATHS, wanted.path()));
        }
        return !Callers.anonymous(user) && wanted.verb().equals("create") && SELF_REVIEWS.contains(wanted.resource());
    }

    private static boolean under(Set<String> roots, String path) {
        int slash = path.indexOf('/', 1);
        return roots.contains(slash < 0 ? path : path.substring(0, slash));
    }

    /** The refusal, worded as Kubernetes words it. */
    public ApiException refusal(Caller user, Attributes wanted) {
        String who = "User \"" + user.name() + "\" cannot " + wanted.verb();
        if (!wanted.forResource()) {
            return new ApiException(ApiException.Reason.FORBIDDEN,
                    "forbidden: " + who + " path \"" + wanted.path() + "\"", JsonObject.EMPTY);
        }
        String where = wanted.namespace().isEmpty() ? " at the cluster scope"
                : " in the namespace \"" + wanted.namespace() + "\"";
        String qualified = wanted.group().isEmpty() ? wanted.resource() : wanted.resource() + "." + wanted.group();
        return ApiException.forbidden(qualified, wanted.name(), who + " resource \"" + wanted.fullResource()
                + "\" in API group \"" + wanted.group() + "\"" + where);
    }
}
